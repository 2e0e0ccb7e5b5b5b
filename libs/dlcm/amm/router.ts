import { exp, log } from '#libs/numeric/index';
import { VenueArgumentError } from './error.js';
import { baseTo, quoteTo } from './curve.js';
import { bestAsk, bestBid, buyCapacityTo, linearDepth, sellCapacityTo } from './price.js';
import { PRICE_CEILING, PRICE_FLOOR, type Venues } from './venue.js';

/** Smallest first step of the price search, and the width (relative, a few doubles) at which bisection takes over. */
const FIRST_STEP = 1e-3;
/** A step that doubling brings to the spacing of doubles at once, even where the order is next to nothing. */
const SMALLEST_STEP = 1e-18;
const NARROW = 2e-15;
const FALSI_STEPS = 40;
/** The search runs in ln(p / S0), so that another unit of the token changes no bit of it. */
const LOG_FLOOR = log(PRICE_FLOOR);
const LOG_CEILING = log(PRICE_CEILING);

/**
 * What an order did. `FILLED`: all of it. `LIMIT`: stopped at its limit price. `ZERO`: a sale went down to 1e-4
 * of the snapshot price. `ABSORBED_UP`: a purchase went up to 1e4 times the snapshot price.
 */
export type FillStatus = 'FILLED' | 'LIMIT' | 'ZERO' | 'ABSORBED_UP';

export interface Fill {
  readonly status: FillStatus;
  /** Base executed, signed like the order: negative sold, positive bought. Fees on a sale are included. */
  readonly base: number;
  /** Quote received by a seller or paid by a buyer (fees included), never negative. */
  readonly quote: number;
  /** quote / |base|; the net marginal price when nothing was executed. */
  readonly averagePrice: number;
  /** Part of the order not executed, signed like the order. */
  readonly unexecuted: number;
  /** Net-of-fee marginal price all traded venues share after the order. */
  readonly netPrice: number;
}

/** A side of the market: how a net-of-fee price maps to a venue's own price, and which way prices move. */
interface Side {
  readonly sign: -1 | 1;
  readonly venuePrice: (netPrice: number, fee: number) => number;
  readonly capacityTo: (venues: Venues, netPrice: number) => number;
  /** Net price of the first unit. */
  readonly best: (venues: Venues) => number;
}

const SELL: Side = {
  sign: -1,
  venuePrice: (netPrice, fee) => netPrice / (1 - fee),
  capacityTo: sellCapacityTo,
  best: bestBid,
};
const BUY: Side = {
  sign: 1,
  venuePrice: (netPrice, fee) => netPrice * (1 - fee),
  capacityTo: buyCapacityTo,
  best: bestAsk,
};

/**
 * Executes a market order against all venues so that their net-of-fee marginal prices end equal (MODEL 4.4 a):
 * (1 - fee) p for sales, p / (1 - fee) for purchases. Changes the state of `venues`.
 *
 * The common price is found by bisection on ln p over [ln(1e-4 S0), ln(1e4 S0)], halving until the midpoint
 * equals an endpoint; the endpoint that does not overfill is taken (MODEL 0.6). The rounding remainder of that
 * last step (below 1e-15 of the pool) settles at the final price outside the curve, so that tokens are conserved.
 *
 * @param quantity base units, negative sells, positive buys
 * @throws VenueArgumentError when the quantity is not finite
 */
export function routeMarketOrder(venues: Venues, quantity: number): Fill {
  const side = sideOf(quantity);
  const end = side.sign < 0 ? venues.curves.floorPrice : venues.curves.ceilingPrice;
  return execute({ venues, quantity, side, end, stopped: side.sign < 0 ? 'ZERO' : 'ABSORBED_UP' });
}

/**
 * Executes an order only while the net-of-fee marginal price stays at or better than `limit` (quote per base):
 * not below it for a sale, not above it for a purchase (MODEL 4.4 b). Changes the state of `venues`.
 *
 * @throws VenueArgumentError when the quantity is not finite or the limit not a positive price
 */
export function routeLimitOrder(venues: Venues, quantity: number, limit: number): Fill {
  const side = sideOf(quantity);
  const { floorPrice, ceilingPrice } = venues.curves;
  const bound = side.sign < 0 ? floorPrice : ceilingPrice;
  const inside = side.sign < 0 ? limit > bound : limit < bound;
  if (!inside) return routeMarketOrder(venues, quantity);
  return execute({ venues, quantity, side, end: limit, stopped: 'LIMIT' });
}

interface Order {
  readonly venues: Venues;
  readonly quantity: number;
  readonly side: Side;
  /** Net-of-fee price at which the order stops. */
  readonly end: number;
  readonly stopped: FillStatus;
}

function sideOf(quantity: number): Side {
  if (!(Math.abs(quantity) < Infinity)) throw new VenueArgumentError('quantity', quantity, 'a finite number');
  return quantity < 0 ? SELL : BUY;
}

function execute(order: Order): Fill {
  const { venues, quantity, side, end } = order;
  const wanted = Math.abs(quantity);
  const capacity = side.capacityTo(venues, end);
  if (wanted === 0) return settle(order, { netPrice: side.best(venues), wanted: 0 });
  if (capacity < wanted) return settle(order, { netPrice: end, wanted: capacity });
  return settle(order, { netPrice: priceThatFills(venues, side, wanted), wanted });
}

/**
 * Common net price at which `wanted` is just not overfilled: the last of two neighbouring doubles of ln p between which
 * the capacity crosses it (MODEL 0.6). Bisection starts from a bracket that regula falsi has narrowed; it ends where
 * bisection of the whole range would, since capacity is monotone in the price.
 */
function priceThatFills(venues: Venues, side: Side, wanted: number): number {
  const question: Question = { venues, side, wanted };
  const bracket = nearBracket(question);
  let { safe, over } = narrowed(question, bracket);
  for (;;) {
    const mid = (safe + over) / 2;
    if (mid === safe || mid === over) return priceAt(venues, safe);
    if (excess(question, mid) <= 0) safe = mid;
    else over = mid;
  }
}

interface Question {
  readonly venues: Venues;
  readonly side: Side;
  readonly wanted: number;
}

/** ln(p / S0) that does not overfill, one that does, and the capacity beyond `wanted` at both. */
interface LogBracket {
  safe: number;
  over: number;
  excessSafe: number;
  excessOver: number;
}

function excess({ venues, side, wanted }: Question, logPrice: number): number {
  return side.capacityTo(venues, priceAt(venues, logPrice)) - wanted;
}

function priceAt(venues: Venues, logPrice: number): number {
  return venues.curves.referencePrice * exp(logPrice);
}

/** Walks from the best price in doubling steps, the first a little beyond what the linear depth suggests. */
function nearBracket(question: Question): LogBracket {
  const { venues, side, wanted } = question;
  const selling = side.sign < 0;
  const start = log(side.best(venues) / venues.curves.referencePrice);
  const bracket: LogBracket = {
    safe: start,
    over: selling ? LOG_FLOOR : LOG_CEILING,
    excessSafe: 0,
    excessOver: 0,
  };
  bracket.excessSafe = excess(question, start);
  if (bracket.excessSafe > 0) {
    bracket.safe = selling ? LOG_CEILING : LOG_FLOOR;
    bracket.excessSafe = -wanted;
  }
  const guess = (1.5 * wanted) / Math.max(linearDepth(venues), wanted * FIRST_STEP);
  let step = Math.min(1, Math.max(SMALLEST_STEP, guess));
  for (;;) {
    const probe = start + side.sign * step;
    if (selling ? probe <= LOG_FLOOR : probe >= LOG_CEILING) break;
    const beyond = excess(question, probe);
    if (beyond > 0) return { ...bracket, over: probe, excessOver: beyond };
    bracket.safe = probe;
    bracket.excessSafe = beyond;
    step *= 2;
  }
  bracket.excessOver = excess(question, bracket.over);
  return bracket;
}

/** Regula falsi with the Illinois rule until the bracket is a few doubles wide or stops shrinking. */
function narrowed(question: Question, start: LogBracket): LogBracket {
  const { safe, over } = start;
  const b: LogBracket = { ...start, safe, over };
  let side = 0;
  for (let i = 0; i < FALSI_STEPS && Math.abs(b.over - b.safe) > NARROW * Math.abs(b.safe); i += 1) {
    const at = b.safe + (b.over - b.safe) * (b.excessSafe / (b.excessSafe - b.excessOver));
    if (!(at > Math.min(b.safe, b.over) && at < Math.max(b.safe, b.over))) break;
    const value = excess(question, at);
    if (value <= 0) {
      b.safe = at;
      b.excessSafe = value;
      if (side < 0) b.excessOver /= 2;
      side = -1;
    } else {
      b.over = at;
      b.excessOver = value;
      if (side > 0) b.excessSafe /= 2;
      side = 1;
    }
  }
  return b;
}

/** Moves every venue to the common net price and books amounts and fees. */
function settle(order: Order, to: { netPrice: number; wanted: number }): Fill {
  const { venues, quantity, side } = order;
  let base = 0;
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    const moved = moveVenue(venues, v, { side, netPrice: to.netPrice });
    base += moved.base;
    quote += moved.quote;
  }
  const remainder = to.wanted - base;
  quote += remainder * to.netPrice;
  venues.feeBase[0]! -= side.sign * remainder;
  venues.feeQuote[0]! += side.sign * remainder * to.netPrice;
  const unexecuted = quantity - side.sign * to.wanted;
  return {
    status: unexecuted === 0 ? 'FILLED' : order.stopped,
    base: to.wanted === 0 ? 0 : side.sign * to.wanted,
    quote,
    averagePrice: to.wanted > 0 ? quote / to.wanted : to.netPrice,
    unexecuted,
    netPrice: to.netPrice,
  };
}

function moveVenue(
  venues: Venues,
  v: number,
  to: { side: Side; netPrice: number },
): { base: number; quote: number } {
  const fee = venues.curves.fee[v]!;
  const here = venues.sqrtPrice[v]!;
  const price = to.side.venuePrice(to.netPrice, fee);
  const target = Math.sqrt(price);
  if (to.side.sign < 0 ? target >= here : target <= here) return { base: 0, quote: 0 };
  const inCurve = { base: baseTo(venues, v, target), quote: quoteTo(venues, v, target) };
  venues.price[v] = price;
  venues.sqrtPrice[v] = target;
  if (to.side.sign > 0) {
    const paid = inCurve.quote / (1 - fee);
    venues.feeQuote[v]! += paid - inCurve.quote;
    return { base: inCurve.base, quote: paid };
  }
  const sold = inCurve.base / (1 - fee);
  venues.feeBase[v]! += sold - inCurve.base;
  return { base: sold, quote: inCurve.quote };
}
