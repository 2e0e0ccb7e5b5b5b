import type { Venues } from './venue.js';

/** Tokens that cross a venue's curve between two prices, fees excluded, both amounts positive. */
export interface CurveAmounts {
  readonly base: number;
  readonly quote: number;
}

const NOTHING: CurveAmounts = { base: 0, quote: 0 };

/**
 * Base and quote that move along venue `v` between two square-root prices (Uniswap v3 white paper, section 6:
 * base = L (1/sqrtLow - 1/sqrtHigh), quote = L (sqrtHigh - sqrtLow), summed over the ranges between).
 *
 * Both amounts of a range come from the same difference, so their ratio (the average price) stays exact for
 * tiny moves. An empty range is crossed at no volume.
 */
export function amountsBetween(
  venues: Venues,
  v: number,
  span: { sqrtLow: number; sqrtHigh: number },
): CurveAmounts {
  const { sqrtLow, sqrtHigh } = span;
  if (!(sqrtHigh > sqrtLow)) return NOTHING;
  const { first, sqrtUpper, baseAbove } = venues.curves;
  const end = first[v + 1]!;
  const low = rowAt(venues, v, sqrtLow);
  const high = rowAt(venues, v, sqrtHigh);
  if (low === end) return NOTHING;
  if (low === high) return rangeAmounts(venues, low, span);
  const head = rangeAmounts(venues, low, { sqrtLow, sqrtHigh: sqrtUpper[low]! });
  const tail = high === end ? NOTHING : rangeAmounts(venues, high, span);
  const last = high - 1;
  return {
    base: head.base + venues.depth * (baseAbove[low]! - baseAbove[last]!) + tail.base,
    quote: head.quote + venues.depth * (quoteThrough(venues, last) - quoteThrough(venues, low)) + tail.quote,
  };
}

/** Base inside the curve of venue `v` at its present price. */
export function baseInCurve(venues: Venues, v: number): number {
  const { first, sqrtLower, sqrtUpper, liquidity, baseAbove } = venues.curves;
  const sqrtPrice = venues.sqrtPrice[v]!;
  const row = rowAt(venues, v, sqrtPrice);
  if (row === first[v + 1]!) return 0;
  const from = Math.max(sqrtPrice, sqrtLower[row]!);
  return venues.depth * (baseAbove[row]! + liquidity[row]! * (1 / from - 1 / sqrtUpper[row]!));
}

/** Quote inside the curve of venue `v` at its present price. */
export function quoteInCurve(venues: Venues, v: number): number {
  const { first, sqrtLower, liquidity, quoteBelow } = venues.curves;
  const sqrtPrice = venues.sqrtPrice[v]!;
  const row = rowAt(venues, v, sqrtPrice);
  if (row === first[v + 1]!) return row === first[v]! ? 0 : venues.depth * quoteThrough(venues, row - 1);
  const to = Math.max(sqrtPrice, sqrtLower[row]!);
  return venues.depth * (quoteBelow[row]! + liquidity[row]! * (to - sqrtLower[row]!));
}

/** Liquidity L active at the present price of venue `v`; 0 inside an empty range. */
export function activeLiquidity(venues: Venues, v: number): number {
  const { first, sqrtLower, liquidity } = venues.curves;
  const sqrtPrice = venues.sqrtPrice[v]!;
  const row = rowAt(venues, v, sqrtPrice);
  if (row === first[v + 1]! || sqrtPrice < sqrtLower[row]!) return 0;
  return venues.depth * liquidity[row]!;
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

function rangeAmounts(
  venues: Venues,
  row: number,
  span: { sqrtLow: number; sqrtHigh: number },
): CurveAmounts {
  const low = Math.max(span.sqrtLow, venues.curves.sqrtLower[row]!);
  const high = Math.max(span.sqrtHigh, venues.curves.sqrtLower[row]!);
  const quote = venues.depth * venues.curves.liquidity[row]! * (high - low);
  return { base: quote / (low * high), quote };
}

function quoteThrough(venues: Venues, row: number): number {
  const { sqrtLower, sqrtUpper, liquidity, quoteBelow } = venues.curves;
  return quoteBelow[row]! + liquidity[row]! * (sqrtUpper[row]! - sqrtLower[row]!);
}
