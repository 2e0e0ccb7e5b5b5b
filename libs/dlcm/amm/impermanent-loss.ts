import { VenueArgumentError } from './error.js';
import { baseInCurve, quoteInCurve } from './curve.js';
import { freshVenues, requirePrice, type Venues } from './venue.js';

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

/**
 * Impermanent loss of one concentrated position as a share of the held value at the new price, fees excluded: with
 * roots clamped to the range, L units hold 1/sqrt(p) - 1/sqrt(u) base and sqrt(p) - sqrt(l) quote (Uniswap v3 white
 * paper, section 6). Never negative; the full range gives the constant product value.
 *
 * @throws VenueArgumentError unless 0 < priceLower < priceUpper and both prices are positive
 * @example impermanentLossV3({ priceLower: 1000, priceUpper: 4000, priceBefore: 2000, priceAfter: 1500 })
 */
export function impermanentLossV3(position: {
  readonly priceLower: number;
  readonly priceUpper: number;
  readonly priceBefore: number;
  readonly priceAfter: number;
}): number {
  const { priceLower, priceUpper, priceBefore, priceAfter } = position;
  requirePrice('priceLower', priceLower);
  requirePrice('priceBefore', priceBefore);
  requirePrice('priceAfter', priceAfter);
  if (!(priceUpper > priceLower))
    throw new VenueArgumentError('priceUpper', priceUpper, 'a price above priceLower');
  const [low, high] = [Math.sqrt(priceLower), Math.sqrt(priceUpper)];
  const root = (price: number): number => Math.max(low, Math.min(high, Math.sqrt(price)));
  const value = (at: number): number => priceAfter * (1 / at - 1 / high) + (at - low);
  const held = value(root(priceBefore));
  return Math.max(0, (held - value(root(priceAfter))) / held);
}
