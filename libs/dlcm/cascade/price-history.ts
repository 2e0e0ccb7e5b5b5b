import { log } from '#libs/numeric/index';

/**
 * Market prices at the end of every tick, and the logarithms of their ratios to the snapshot's: row k is tick k, row 0
 * and every earlier row the snapshot. Ratios, so that another unit of an asset changes no bit of them.
 */
export interface PriceHistory {
  readonly assets: number;
  readonly spot: Float64Array;
  prices: Float64Array;
  logs: Float64Array;
  /** Number of the last tick recorded. */
  last: number;
}

/** A history that holds the snapshot's prices only. */
export function priceHistory(spot: Float64Array): PriceHistory {
  const { length } = spot;
  return { assets: length, spot, prices: spot.slice(), logs: new Float64Array(length), last: 0 };
}

/** Records the market at the end of the next tick. */
export function recordTick(history: PriceHistory, market: Float64Array): void {
  const row = (history.last + 1) * history.assets;
  if (row + history.assets > history.prices.length) {
    history.prices = grown(history.prices, 2 * row + history.assets);
    history.logs = grown(history.logs, 2 * row + history.assets);
  }
  for (let i = 0; i < history.assets; i += 1) {
    history.prices[row + i] = market[i]!;
    history.logs[row + i] = log(market[i]! / history.spot[i]!);
  }
  history.last += 1;
}

/** Row of tick k, the snapshot's for k below 0. */
export function rowOf(history: PriceHistory, k: number): number {
  return Math.max(0, k) * history.assets;
}

function grown(values: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}
