import { baseInCurve, baseTo, quoteInCurve, quoteTo, rootHolding } from './curve.js';
import { VenueArgumentError } from './error.js';
import { requirePrice, type Venues } from './venue.js';

/** Flow on an order book below this share of all its depth counts as none: it is the rounding of a trade that came back. */
const NOTHING = 1e-8;

/** Tokens an outside party received from the pools; negative amounts were paid in. */
export interface TokenFlow {
  readonly base: number;
  readonly quote: number;
}

/**
 * Arbitrage moves every venue along its own curve to `price` (quote per base), fee-free (MODEL 5 stage 1); the
 * liquidity providers bear the loss. Changes the state of `venues`.
 *
 * @returns what the arbitrageur received from the pools
 * @throws VenueArgumentError for a price that is not positive
 */
export function recentre(venues: Venues, price: number): TokenFlow {
  requirePrice('price', price);
  const target = Math.sqrt(price);
  let base = 0;
  let quote = 0;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    if (venues.curves.kind[v] === 'orderBook') {
      requote(venues, v, { price, target });
      continue;
    }
    const direction = target > venues.sqrtPrice[v]! ? 1 : -1;
    base += direction * baseTo(venues, v, target);
    quote -= direction * quoteTo(venues, v, target);
    venues.price[v] = price;
    venues.sqrtPrice[v] = target;
  }
  return { base, quote };
}

/**
 * The makers of an order book post again what was taken, as far as they refill, and move all their prices so that the
 * book stands at `price` with the rest of the flow on it. Nothing trades; what they bring in or take away is booked.
 */
function requote(venues: Venues, v: number, to: { readonly price: number; readonly target: number }): void {
  const before = { base: baseInCurve(venues, v), quote: quoteInCurve(venues, v) };
  venues.scale[v] = to.target / refilledRoot(venues, v, before.base);
  venues.price[v] = to.price;
  venues.sqrtPrice[v] = to.target;
  venues.withdrawnBase[v]! += before.base - baseInCurve(venues, v);
  venues.withdrawnQuote[v]! += before.quote - quoteInCurve(venues, v);
}

/** Root on the book's own scale once its makers have refilled a share of the flow that stands on it. */
function refilledRoot(venues: Venues, v: number, base: number): number {
  const { initialPrice, refill } = venues.curves;
  const middle = Math.sqrt(initialPrice[v]!);
  const atRest = venues.depth * restingBase(venues, v);
  const standing = base - atRest;
  if (Math.abs(standing) <= NOTHING * venues.depth * wholeBase(venues, v)) return middle;
  if (refill[v] === 0) return venues.sqrtPrice[v]! / venues.scale[v]!;
  return rootHolding(venues, v, atRest + standing * (1 - refill[v]!));
}

/** All the base the book can hold: asks and bids filled. */
function wholeBase({ curves }: Venues, v: number): number {
  const row = curves.first[v]!;
  const inRow = curves.liquidity[row]! * (1 / curves.sqrtLower[row]! - 1 / curves.sqrtUpper[row]!);
  return row === curves.first[v + 1]! ? 0 : curves.baseAbove[row]! + inRow;
}

/** Base in the book of the snapshot: the sizes of its asks. */
function restingBase({ curves }: Venues, v: number): number {
  const middle = Math.sqrt(curves.initialPrice[v]!);
  let row = curves.first[v]!;
  while (row < curves.first[v + 1]! && curves.sqrtUpper[row]! <= middle) row += 1;
  if (row === curves.first[v + 1]!) return 0;
  return (
    curves.baseAbove[row]! +
    curves.liquidity[row]! * (1 / curves.sqrtLower[row]! - 1 / curves.sqrtUpper[row]!)
  );
}

/**
 * Liquidity flight: sets the share of the snapshot's liquidity that is still there. Providers withdraw both
 * tokens in proportion; the price does not move. Changes the state of `venues`.
 *
 * @param depth share of the snapshot's liquidity, above 0 and at most the present share
 * @throws VenueArgumentError for a depth outside that interval
 */
export function withdrawDepth(venues: Venues, depth: number): void {
  if (!(depth > 0 && depth <= venues.depth)) {
    throw new VenueArgumentError('depth', depth, `a share above 0 and at most ${venues.depth}`);
  }
  const share = 1 - depth / venues.depth;
  for (let v = 0; v < venues.sqrtPrice.length; v += 1) {
    venues.withdrawnBase[v]! += share * baseInCurve(venues, v);
    venues.withdrawnQuote[v]! += share * quoteInCurve(venues, v);
  }
  venues.depth = depth;
}
