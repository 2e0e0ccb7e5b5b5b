import { baseInCurve, quoteInCurve } from './curve.js';
import { freshVenues, type Venues } from './venue.js';

/** USD prices of a venue's two tokens. */
export interface PairPrices {
  readonly baseUsd: number;
  readonly quoteUsd: number;
}

/** USD value the liquidity providers of venue `v` own: in-curve tokens, fees taken and tokens withdrawn. */
export function providerValueUsd(venues: Venues, v: number, prices: PairPrices): number {
  const base = baseInCurve(venues, v) + venues.feeBase[v]! + venues.withdrawnBase[v]!;
  const quote = quoteInCurve(venues, v) + venues.feeQuote[v]! + venues.withdrawnQuote[v]!;
  return base * prices.baseUsd + quote * prices.quoteUsd;
}

/**
 * Impermanent loss of venue `v` in USD: value of the snapshot's reserves had they been held, less the value the
 * providers own now, both at the present prices (MODEL 6.1). Negative when fees exceed the loss; the loss basis
 * takes max(0, .).
 */
export function impermanentLossUsd(venues: Venues, v: number, prices: PairPrices): number {
  const start = freshVenues(venues.curves);
  const held = baseInCurve(start, v) * prices.baseUsd + quoteInCurve(start, v) * prices.quoteUsd;
  return held - providerValueUsd(venues, v, prices);
}

/**
 * Impermanent loss of a constant product pool as a share of the held value, 1 - 2 sqrt(r) / (1 + r), for the price
 * ratio r = p1 / p0 (Pintail 2019, "Uniswap: a good deal for liquidity providers?"). Never negative.
 */
export function impermanentLossV2(priceRatio: number): number {
  const root = Math.sqrt(priceRatio);
  return ((1 - root) * (1 - root)) / (1 + priceRatio);
}
