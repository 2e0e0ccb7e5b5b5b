import type { Pool } from '#libs/market/index';
import { activeLiquidity, baseTo, quoteBelowRoot, quoteTo } from './curve.js';
import { requirePrice, type Venues } from './venue.js';

/**
 * The asset's one fee-exclusive market price in quote units: sqrt(m) = sum L sqrt(p) / sum L over the constant product and
 * concentrated venues with active liquidity; without any such venue, over the others by their depth at 1 % (MODEL 4.4,
 * 0.4). If every venue stands inside an empty range all count alike.
 */
export function marginalPrice(venues: Venues): number {
  const shared = venues.price[0]!;
  return venues.price.every((price) => price === shared) ? shared : weightedPrice(venues);
}

function weightedPrice(venues: Venues): number {
  const count = venues.sqrtPrice.length;
  const weightOf = venues.curves.kind.some(isRanged) ? rangedLiquidity : depthAround;
  let weighted = 0;
  let weight = 0;
  let plain = 0;
  for (let v = 0; v < count; v += 1) {
    const active = weightOf(venues, v);
    weighted += active * venues.sqrtPrice[v]!;
    weight += active;
    plain += venues.sqrtPrice[v]!;
  }
  const root = weight > 0 ? weighted / weight : plain / count;
  return root * root;
}

const isRanged = (kind: Pool['kind']): boolean => kind === 'constantProduct' || kind === 'concentrated';

const rangedLiquidity = (venues: Venues, v: number): number =>
  isRanged(venues.curves.kind[v]!) ? activeLiquidity(venues, v) : 0;

const ROOT_BELOW = Math.sqrt(0.99);
const ROOT_ABOVE = Math.sqrt(1.01);

/** Base that trades within 1 % of the price of venue `v`, both ways together. */
function depthAround(venues: Venues, v: number): number {
  const root = venues.sqrtPrice[v]!;
  return baseTo(venues, v, root * ROOT_BELOW) + baseTo(venues, v, root * ROOT_ABOVE);
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
  requirePrice('limit', limit);
  let base = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const keep = 1 - venues.curves.fee[v]!;
    const target = Math.sqrt(limit / keep);
    if (target < venues.sqrtPrice[v]!) base += baseTo(venues, v, target) / keep;
  }
  return base;
}

/** Quote received when every venue is sold down to the net-of-fee price `limit`. */
export function sellProceedsTo(venues: Venues, limit: number): number {
  requirePrice('limit', limit);
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const target = Math.sqrt(limit / (1 - venues.curves.fee[v]!));
    if (target < venues.sqrtPrice[v]!) quote += quoteTo(venues, v, target);
  }
  return quote;
}

/** Base units that can be bought while the price p / (1 - fee) of every venue stays <= `limit`. */
export function buyCapacityTo(venues: Venues, limit: number): number {
  requirePrice('limit', limit);
  let base = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const target = Math.sqrt(limit * (1 - venues.curves.fee[v]!));
    if (target > venues.sqrtPrice[v]!) base += baseTo(venues, v, target);
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
  let flow = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const here = venues.sqrtPrice[v]!;
    if (falling && target < here) flow -= baseTo(venues, v, target) / (1 - venues.curves.fee[v]!);
    if (!falling && target > here) flow += baseTo(venues, v, target);
  }
  return flow;
}

/** Quote still inside the curves below `price`: what sellers could receive beyond it. */
export function quoteLeftBelow(venues: Venues, price: number): number {
  requirePrice('price', price);
  const root = Math.sqrt(price);
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    quote += quoteBelowRoot(venues, v, Math.min(root, venues.sqrtPrice[v]!));
  }
  return quote;
}

/**
 * Base units that would move the price by 100 % at the present slope: sum of L / (2 sqrt(p)), for a constant product
 * pool half its base reserve (MODEL 5, local stability). Of an order book, 50 times what trades within 1 % on either side.
 */
export function linearDepth(venues: Venues): number {
  let units = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    units +=
      venues.curves.kind[v] === 'orderBook'
        ? 50 * depthAround(venues, v)
        : activeLiquidity(venues, v) / (2 * venues.sqrtPrice[v]!);
  }
  return units;
}
