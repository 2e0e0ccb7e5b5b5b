import { activeLiquidity, amountsBetween, type CurveAmounts } from './curve.js';
import { requirePrice, type Venues } from './venue.js';

/** Relative square-root price below which no quote is looked for. */
const SMALLEST_ROOT = 1e-9;

/**
 * The asset's one fee-exclusive market price in quote units: sqrt(m) = sum L sqrt(p) / sum L over the venues with
 * active liquidity (MODEL 4.4). If every venue stands inside an empty range all count alike.
 */
export function marginalPrice(venues: Venues): number {
  const shared = venues.price[0]!;
  return venues.price.every((price) => price === shared) ? shared : weightedPrice(venues);
}

function weightedPrice(venues: Venues): number {
  const count = venues.sqrtPrice.length;
  let weighted = 0;
  let weight = 0;
  let plain = 0;
  for (let v = 0; v < count; v += 1) {
    const active = activeLiquidity(venues, v);
    weighted += active * venues.sqrtPrice[v]!;
    weight += active;
    plain += venues.sqrtPrice[v]!;
  }
  const root = weight > 0 ? weighted / weight : plain / count;
  return root * root;
}

/** Best price net of fees at which one more unit of base can be sold, max over venues of (1 - fee) p. */
export function bestBid(venues: Venues): number {
  let best = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    best = Math.max(best, (1 - venues.curves.fee[v]!) * venues.price[v]!);
  }
  return best;
}

/** Best price fees included at which one more unit of base can be bought, min over venues of p / (1 - fee). */
export function bestAsk(venues: Venues): number {
  let best = Infinity;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    best = Math.min(best, venues.price[v]! / (1 - venues.curves.fee[v]!));
  }
  return best;
}

/** Base units (fee included) that can be sold while the net-of-fee price (1 - fee) p of every venue stays >= `limit`. */
export function sellCapacityTo(venues: Venues, limit: number): number {
  return sellAmountsTo(venues, limit).base;
}

/** Base sold (fee included) and quote received when every venue is sold down to the net-of-fee price `limit`. */
export function sellAmountsTo(venues: Venues, limit: number): CurveAmounts {
  requirePrice('limit', limit);
  let base = 0;
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const keep = 1 - venues.curves.fee[v]!;
    const span = { sqrtLow: Math.sqrt(limit / keep), sqrtHigh: venues.sqrtPrice[v]! };
    const inCurve = amountsBetween(venues, v, span);
    base += inCurve.base / keep;
    quote += inCurve.quote;
  }
  return { base, quote };
}

/** Base units that can be bought while the price p / (1 - fee) of every venue stays <= `limit`. */
export function buyCapacityTo(venues: Venues, limit: number): number {
  requirePrice('limit', limit);
  let base = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const sqrtHigh = Math.sqrt(limit * (1 - venues.curves.fee[v]!));
    base += amountsBetween(venues, v, { sqrtLow: venues.sqrtPrice[v]!, sqrtHigh }).base;
  }
  return base;
}

/**
 * Signed base quantity that brings the fee-exclusive price of the venues to `price`: negative sells (fee
 * included), positive buys. A venue already beyond the target contributes nothing (MODEL 0.21).
 */
export function flowToPrice(venues: Venues, price: number): number {
  requirePrice('price', price);
  const target = Math.sqrt(price);
  const falling = price < marginalPrice(venues);
  let base = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const here = venues.sqrtPrice[v]!;
    base += falling
      ? amountsBetween(venues, v, { sqrtLow: target, sqrtHigh: here }).base / (1 - venues.curves.fee[v]!)
      : amountsBetween(venues, v, { sqrtLow: here, sqrtHigh: target }).base;
  }
  return falling ? -base : base;
}

/** Quote still inside the curves below `price`: what sellers could receive beyond it. */
export function quoteLeftBelow(venues: Venues, price: number): number {
  requirePrice('price', price);
  const root = Math.sqrt(price);
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const sqrtHigh = Math.min(root, venues.sqrtPrice[v]!);
    quote += amountsBetween(venues, v, { sqrtLow: SMALLEST_ROOT * root, sqrtHigh }).quote;
  }
  return quote;
}

/**
 * Base units that would move the price by 100 % at the present slope: sum of L / (2 sqrt(p)), for a constant product
 * pool half its base reserve (MODEL 5, local stability).
 */
export function linearDepth(venues: Venues): number {
  let units = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    units += activeLiquidity(venues, v) / (2 * venues.sqrtPrice[v]!);
  }
  return units;
}
