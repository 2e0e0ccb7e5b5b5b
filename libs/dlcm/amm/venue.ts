import type { Pool } from '#libs/market/index';
import { bookRanges } from './book-ranges.js';
import { NoLiquidityError, VenueArgumentError, VenueError } from './error.js';
import { stableCurve, stableRanges } from './stable-ranges.js';

/** Lowest and highest price a market order may reach, as multiples of the snapshot price (MODEL 0.6, 0.18). */
export const PRICE_FLOOR = 1e-4;
export const PRICE_CEILING = 1e4;

/**
 * The immutable curves of one asset's venues, in pool id order.
 *
 * Every venue is a list of ranges of constant liquidity L (square root of base x quote, whole tokens): a
 * concentrated pool as it is, a constant product pool as the single range (0, infinity) with L = sqrt(x y).
 * Ranges of venue v are rows `first[v]` to `first[v + 1] - 1`, ascending in price.
 */
export interface VenueCurves {
  readonly base: string;
  readonly quote: string;
  /** Snapshot price of the base in quote units; fixes floor and ceiling of the router. */
  readonly referencePrice: number;
  readonly floorPrice: number;
  readonly ceilingPrice: number;
  readonly ids: readonly string[];
  readonly owners: readonly (string | null)[];
  /** Fee as a fraction of the input. */
  readonly fee: Float64Array;
  readonly first: Int32Array;
  readonly sqrtLower: Float64Array;
  readonly sqrtUpper: Float64Array;
  readonly liquidity: Float64Array;
  /** Base held by the ranges above this row, each filled with base alone. */
  readonly baseAbove: Float64Array;
  /** Quote held by the ranges below this row, each filled with quote alone. */
  readonly quoteBelow: Float64Array;
  readonly initialPrice: Float64Array;
  readonly kind: readonly Pool['kind'][];
  /** Share of the consumed depth that an order book's makers post again each tick; 0 for other venues. */
  readonly refill: Float64Array;
}

/**
 * The venues of one asset during a run: shared curves plus a small mutable state.
 *
 * The state of a venue is its fee-exclusive price (and the square root of it); its in-curve reserves follow.
 * Unlike the in-curve base alone it also says where the price stands inside an empty range. Fees lie outside
 * the curve (MODEL 4.1).
 */
export interface Venues {
  readonly curves: VenueCurves;
  readonly price: Float64Array;
  readonly sqrtPrice: Float64Array;
  /** Square root of the factor by which the makers of an order book have moved all their prices; 1 for other venues. */
  readonly scale: Float64Array;
  /** Share of the snapshot's liquidity still there; 1 at the start (liquidity flight lowers it). */
  depth: number;
  readonly feeBase: Float64Array;
  readonly feeQuote: Float64Array;
  /** Tokens taken out by liquidity providers when `depth` fell. */
  readonly withdrawnBase: Float64Array;
  readonly withdrawnQuote: Float64Array;
}

/** A stretch of constant liquidity, and the base it holds when filled with base alone. */
export interface LiquidityRow {
  readonly sqrtLower: number;
  readonly sqrtUpper: number;
  readonly liquidity: number;
  readonly base: number;
}

/**
 * Builds the venues of one asset from all its pools (one base, one quote asset).
 *
 * Constant product and concentrated pools are ranges as they stand; a StableSwap pool is cut into narrow ones
 * (`stable-ranges.ts`), every level of an order book is one (`book-ranges.ts`).
 *
 * @param pools in any order
 * @param referencePrice snapshot price of the base in units of the quote
 * @throws NoLiquidityError without a pool; VenueError for a pool of another pair or kind, or with numbers out
 *   of range; VenueArgumentError for a price that is not positive
 * @example venuesOf([{ kind: 'constantProduct', id: 'a', base: 'ETH', quote: 'USDC', ... }], 3000)
 */
export function venuesOf(pools: readonly Pool[], referencePrice: number): Venues {
  requirePrice('referencePrice', referencePrice);
  const sorted = [...pools].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const head = sorted[0];
  if (head === undefined) throw new NoLiquidityError(null);
  for (const pool of sorted) requireSamePair(pool, head);
  const ranges = sorted.map((pool) => rangesOf(pool, referencePrice));
  const rows = ranges.flat();
  if (!rows.some((row) => row.liquidity > 0)) throw new NoLiquidityError(head.base);
  const first = new Int32Array(sorted.length + 1);
  ranges.forEach((list, v) => (first[v + 1] = first[v]! + list.length));
  const curves: VenueCurves = {
    base: head.base,
    quote: head.quote,
    referencePrice,
    floorPrice: PRICE_FLOOR * referencePrice,
    ceilingPrice: PRICE_CEILING * referencePrice,
    ids: sorted.map((pool) => pool.id),
    owners: sorted.map((pool) => pool.owner),
    fee: Float64Array.from(sorted, (pool) => pool.fee),
    first,
    sqrtLower: Float64Array.from(rows, (row) => row.sqrtLower),
    sqrtUpper: Float64Array.from(rows, (row) => row.sqrtUpper),
    liquidity: Float64Array.from(rows, (row) => row.liquidity),
    baseAbove: Float64Array.from(ranges.flatMap(baseAboveEach)),
    quoteBelow: Float64Array.from(ranges.flatMap(quoteBelowEach)),
    initialPrice: Float64Array.from(sorted, priceOf),
    kind: sorted.map((pool) => pool.kind),
    refill: Float64Array.from(sorted, (pool) => (pool.kind === 'orderBook' ? pool.refillPerTick : 0)),
  };
  return freshVenues(curves);
}

/** Venues in the snapshot's state over existing curves: what a new run starts from. */
export function freshVenues(curves: VenueCurves): Venues {
  const count = curves.ids.length;
  return {
    curves,
    price: Float64Array.from(curves.initialPrice),
    sqrtPrice: Float64Array.from(curves.initialPrice, (price) => Math.sqrt(price)),
    scale: new Float64Array(count).fill(1),
    depth: 1,
    feeBase: new Float64Array(count),
    feeQuote: new Float64Array(count),
    withdrawnBase: new Float64Array(count),
    withdrawnQuote: new Float64Array(count),
  };
}

/** The state of some of the venues, over their own curves: what each part keeps when a market falls apart. */
export function splitVenues(whole: Venues, curves: VenueCurves): Venues {
  const from = curves.ids.map((id) => whole.curves.ids.indexOf(id));
  const pick = (column: Float64Array): Float64Array => Float64Array.from(from, (v) => column[v]!);
  return {
    curves,
    price: pick(whole.price),
    sqrtPrice: pick(whole.sqrtPrice),
    scale: pick(whole.scale),
    depth: whole.depth,
    feeBase: pick(whole.feeBase),
    feeQuote: pick(whole.feeQuote),
    withdrawnBase: pick(whole.withdrawnBase),
    withdrawnQuote: pick(whole.withdrawnQuote),
  };
}

/** An independent copy of the state; the curves are shared. */
export function copyVenues(venues: Venues): Venues {
  return {
    curves: venues.curves,
    price: Float64Array.from(venues.price),
    sqrtPrice: Float64Array.from(venues.sqrtPrice),
    scale: Float64Array.from(venues.scale),
    depth: venues.depth,
    feeBase: Float64Array.from(venues.feeBase),
    feeQuote: Float64Array.from(venues.feeQuote),
    withdrawnBase: Float64Array.from(venues.withdrawnBase),
    withdrawnQuote: Float64Array.from(venues.withdrawnQuote),
  };
}

/** @throws VenueArgumentError unless the price is finite and positive */
export function requirePrice(argument: string, price: number): void {
  if (!(price > 0) || price === Infinity)
    throw new VenueArgumentError(argument, price, 'a finite price above 0');
}

function requireSamePair(pool: Pool, head: Pool): void {
  if (pool.base !== head.base) throw new VenueError(pool.id, 'base', pool.base, head.base);
  if (pool.quote !== head.quote) {
    throw new VenueError(pool.id, 'quote', pool.quote, `${head.quote}, the one quote asset of ${head.base}`);
  }
  if (!(pool.fee >= 0 && pool.fee < 1))
    throw new VenueError(pool.id, 'fee', `${pool.fee}`, 'a share in [0, 1)');
}

function rangesOf(pool: Pool, referencePrice: number): readonly LiquidityRow[] {
  if (pool.kind === 'stableSwap') return stableRanges(pool, referencePrice);
  if (pool.kind === 'orderBook') return bookRanges(pool);
  if (pool.kind === 'constantProduct') {
    requirePositive(pool, 'reserveBase', pool.reserveBase);
    requirePositive(pool, 'reserveQuote', pool.reserveQuote);
    const liquidity = Math.sqrt(pool.reserveBase) * Math.sqrt(pool.reserveQuote);
    return [{ sqrtLower: 0, sqrtUpper: Infinity, liquidity, base: Infinity }];
  }
  requirePositive(pool, 'price', pool.price);
  let below = 0;
  return pool.ranges.map((range) => {
    if (!(range.priceLower >= below && range.priceUpper > range.priceLower)) {
      throw new VenueError(
        pool.id,
        'ranges',
        `[${range.priceLower}, ${range.priceUpper}]`,
        'disjoint ascending ranges',
      );
    }
    if (!(range.liquidity >= 0) || range.liquidity === Infinity) {
      throw new VenueError(pool.id, 'liquidity', `${range.liquidity}`, 'a finite number of at least 0');
    }
    below = range.priceUpper;
    const [sqrtLower, sqrtUpper] = [Math.sqrt(range.priceLower), Math.sqrt(range.priceUpper)];
    const { liquidity } = range;
    return { sqrtLower, sqrtUpper, liquidity, base: liquidity * (1 / sqrtLower - 1 / sqrtUpper) };
  });
}

/** @throws VenueError unless the number of the pool is finite and above 0 */
export function requirePositive(pool: Pool, field: string, value: number): void {
  if (!(value > 0) || value === Infinity) {
    throw new VenueError(pool.id, field, `${value}`, 'a finite number above 0');
  }
}

function priceOf(pool: Pool): number {
  if (pool.kind === 'stableSwap') return stableCurve(pool).price;
  if (pool.kind === 'orderBook') return pool.mid;
  return pool.kind === 'concentrated' ? pool.price : pool.reserveQuote / pool.reserveBase;
}

function baseAboveEach(ranges: readonly LiquidityRow[]): number[] {
  const above = new Array<number>(ranges.length).fill(0);
  for (let i = ranges.length - 2; i >= 0; i -= 1) {
    above[i] = above[i + 1]! + ranges[i + 1]!.base;
  }
  return above;
}

function quoteBelowEach(ranges: readonly LiquidityRow[]): number[] {
  const below = new Array<number>(ranges.length).fill(0);
  for (let i = 1; i < ranges.length; i += 1) {
    const range = ranges[i - 1]!;
    below[i] = below[i - 1]! + range.liquidity * (range.sqrtUpper - range.sqrtLower);
  }
  return below;
}
