import type { Venues } from './venue.js';

/**
 * Base that crosses venue `v` between its present price and a square-root price, fees excluded, never negative
 * (Uniswap v3 white paper, section 6: base = L (1/sqrtLow - 1/sqrtHigh), summed over the ranges between).
 *
 * Base and quote of a range come from the same difference of roots, so their ratio (the average price) stays exact for
 * tiny moves. An empty range is crossed at no volume.
 */
export function baseTo(venues: Venues, v: number, sqrtTarget: number): number {
  const { first, sqrtUpper, baseAbove } = venues.curves;
  const scale = venues.scale[v]!;
  const sqrtLow = Math.min(venues.sqrtPrice[v]!, sqrtTarget) / scale;
  const sqrtHigh = Math.max(venues.sqrtPrice[v]!, sqrtTarget) / scale;
  const end = first[v + 1]!;
  const low = rowAt(venues, v, sqrtLow);
  if (low === end || sqrtLow === sqrtHigh) return 0;
  if (sqrtUpper[low]! > sqrtHigh) return baseIn(venues, low, [sqrtLow, sqrtHigh]);
  const high = rowAt(venues, v, sqrtHigh);
  const tail = high === end ? 0 : baseIn(venues, high, [sqrtLow, sqrtHigh]);
  const between = venues.depth * (baseAbove[low]! - baseAbove[high - 1]!);
  return baseIn(venues, low, [sqrtLow, sqrtUpper[low]!]) + between + tail;
}

/** Quote that crosses venue `v` between its present price and a square-root price: L (sqrtHigh - sqrtLow) summed. */
export function quoteTo(venues: Venues, v: number, sqrtTarget: number): number {
  const scale = venues.scale[v]!;
  const sqrtLow = Math.min(venues.sqrtPrice[v]!, sqrtTarget) / scale;
  const sqrtHigh = Math.max(venues.sqrtPrice[v]!, sqrtTarget) / scale;
  return scale * scale * quoteBetween(venues, v, [sqrtLow, sqrtHigh]);
}

function quoteBetween(venues: Venues, v: number, [sqrtLow, sqrtHigh]: Span): number {
  const { first, sqrtUpper } = venues.curves;
  const end = first[v + 1]!;
  const low = rowAt(venues, v, sqrtLow);
  if (low === end || sqrtLow === sqrtHigh) return 0;
  if (sqrtUpper[low]! > sqrtHigh) return quoteIn(venues, low, [sqrtLow, sqrtHigh]);
  const high = rowAt(venues, v, sqrtHigh);
  const tail = high === end ? 0 : quoteIn(venues, high, [sqrtLow, sqrtHigh]);
  const between = venues.depth * (quoteThrough(venues, high - 1) - quoteThrough(venues, low));
  return quoteIn(venues, low, [sqrtLow, sqrtUpper[low]!]) + between + tail;
}

/** Base inside the curve of venue `v` at its present price. */
export function baseInCurve(venues: Venues, v: number): number {
  const { first, sqrtLower, sqrtUpper, liquidity, baseAbove } = venues.curves;
  const sqrtPrice = venues.sqrtPrice[v]! / venues.scale[v]!;
  const row = rowAt(venues, v, sqrtPrice);
  if (row === first[v + 1]!) return 0;
  const from = Math.max(sqrtPrice, sqrtLower[row]!);
  return venues.depth * (baseAbove[row]! + liquidity[row]! * (1 / from - 1 / sqrtUpper[row]!));
}

/** Quote inside the curve of venue `v` at its present price. */
export function quoteInCurve(venues: Venues, v: number): number {
  return quoteBelowRoot(venues, v, venues.sqrtPrice[v]!);
}

/** Quote the curve of venue `v` would hold at a square-root price: what sales beyond that price can still take out. */
export function quoteBelowRoot(venues: Venues, v: number, sqrtPrice: number): number {
  const { first, sqrtLower, liquidity, quoteBelow } = venues.curves;
  const scale = venues.scale[v]!;
  const quoteUnit = venues.depth * scale * scale;
  const root = sqrtPrice / scale;
  const row = rowAt(venues, v, root);
  if (row === first[v + 1]!) return row === first[v]! ? 0 : quoteUnit * quoteThrough(venues, row - 1);
  const to = Math.max(root, sqrtLower[row]!);
  return quoteUnit * (quoteBelow[row]! + liquidity[row]! * (to - sqrtLower[row]!));
}

/**
 * Square-root price at which the curve of venue `v` would hold this much base: the inverse of `baseInCurve`, on the curve's
 * own scale. Beyond what the curve can hold it is the end of the last range.
 */
export function rootHolding(venues: Venues, v: number, base: number): number {
  const { first, sqrtLower, sqrtUpper, liquidity, baseAbove } = venues.curves;
  const wanted = base / venues.depth;
  let row = first[v]!;
  while (row < first[v + 1]! - 1 && baseAbove[row]! > wanted) row += 1;
  const inRow = Math.max(0, wanted - baseAbove[row]!);
  if (liquidity[row] === 0) return sqrtUpper[row]!;
  return Math.max(sqrtLower[row]!, 1 / (1 / sqrtUpper[row]! + inRow / liquidity[row]!));
}

/** Liquidity L active at the present price of venue `v`; 0 inside an empty range. */
export function activeLiquidity(venues: Venues, v: number): number {
  const { first, sqrtLower, liquidity } = venues.curves;
  const scale = venues.scale[v]!;
  const sqrtPrice = venues.sqrtPrice[v]! / scale;
  const row = rowAt(venues, v, sqrtPrice);
  if (row === first[v + 1]! || sqrtPrice < sqrtLower[row]!) return 0;
  return venues.depth * scale * liquidity[row]!;
}

/** First row of venue `v` whose upper bound lies above the price; one past its last row if none does. */
function rowAt(venues: Venues, v: number, sqrtPrice: number): number {
  const { first, sqrtUpper } = venues.curves;
  let low = first[v]!;
  let high = first[v + 1]!;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (sqrtUpper[mid]! > sqrtPrice) high = mid;
    else low = mid + 1;
  }
  return low;
}

type Span = readonly [sqrtLow: number, sqrtHigh: number];

function quoteIn(venues: Venues, row: number, [sqrtLow, sqrtHigh]: Span): number {
  const { sqrtLower, liquidity } = venues.curves;
  const low = Math.max(sqrtLow, sqrtLower[row]!);
  const high = Math.max(sqrtHigh, sqrtLower[row]!);
  return venues.depth * liquidity[row]! * (high - low);
}

function baseIn(venues: Venues, row: number, [sqrtLow, sqrtHigh]: Span): number {
  const { sqrtLower, liquidity } = venues.curves;
  const low = Math.max(sqrtLow, sqrtLower[row]!);
  const high = Math.max(sqrtHigh, sqrtLower[row]!);
  return (venues.depth * liquidity[row]! * (high - low)) / (low * high);
}

function quoteThrough(venues: Venues, row: number): number {
  const { sqrtLower, sqrtUpper, liquidity, quoteBelow } = venues.curves;
  return quoteBelow[row]! + liquidity[row]! * (sqrtUpper[row]! - sqrtLower[row]!);
}
