import { baseInCurve, baseTo, quoteInCurve, quoteTo } from './curve.js';
import { VenueArgumentError } from './error.js';
import { requirePrice, type Venues } from './venue.js';

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
    const direction = target > venues.sqrtPrice[v]! ? 1 : -1;
    base += direction * baseTo(venues, v, target);
    quote -= direction * quoteTo(venues, v, target);
    venues.price[v] = price;
    venues.sqrtPrice[v] = target;
  }
  return { base, quote };
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
