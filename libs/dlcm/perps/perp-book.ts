import { requireFinite, requirePositive } from './error.js';

export interface BookLevel {
  readonly price: number;
  readonly size: number;
}

/**
 * A perpetual venue's order book as a curve of cumulative flow: x base units net bought (+) or sold (-) since the snapshot
 * stand on the asks or bids. Prices are ratios to the mark at x = 0, so that the whole book follows the index.
 * The price depends on x alone: flow that comes back finds the price it left (MODEL 0.15).
 */
export interface PerpBook {
  readonly bids: BookSide;
  readonly asks: BookSide;
}

/** One side from the best level outwards. */
interface BookSide {
  /** Cumulative size up to and including each level. */
  readonly depth: Float64Array;
  readonly ratio: Float64Array;
  /** Cumulative size x ratio. */
  readonly cash: Float64Array;
}

/**
 * Builds the curve from the levels of the snapshot, in any order.
 *
 * @param mark price to which the ratios refer, USD
 * @throws PerpInputError (DLCM-161) for a mark, price or size that is not positive
 */
export function perpBook(
  levels: { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] },
  mark: number,
): PerpBook {
  requirePositive('mark', mark);
  const side = (list: readonly BookLevel[], sign: 1 | -1): BookSide =>
    bookSide(
      [...list].sort((a, b) => sign * (a.price - b.price)),
      mark,
    );
  return { bids: side(levels.bids, -1), asks: side(levels.asks, 1) };
}

function bookSide(levels: readonly BookLevel[], mark: number): BookSide {
  const depth = new Float64Array(levels.length);
  const ratio = new Float64Array(levels.length);
  const cash = new Float64Array(levels.length);
  levels.forEach(({ price, size }, i) => {
    requirePositive('level.price', price);
    requirePositive('level.size', size);
    ratio[i] = price / mark;
    depth[i] = (depth[i - 1] ?? 0) + size;
    cash[i] = (cash[i - 1] ?? 0) + size * ratio[i]!;
  });
  return { depth, ratio, cash };
}

/** Base units that fit on one side: the cumulative flow runs from -total of the bids to total of the asks. */
export function sideDepth(side: 'bids' | 'asks', book: PerpBook): number {
  return book[side].depth.at(-1) ?? 0;
}

/** Mark price over the mark at rest after a cumulative flow: 1 at 0, else the level on which the flow stands. */
export function markRatio(book: PerpBook, flow: number): number {
  if (flow === 0) return 1;
  const side = flow > 0 ? book.asks : book.bids;
  const level = levelAt(side, Math.abs(flow));
  return level < 0 ? 1 : side.ratio[level]!;
}

/** What a trade did to the book: executed base units (signed), and cash over the mark at rest (paid +, received -). */
export interface BookFill {
  readonly executed: number;
  readonly cash: number;
}

/**
 * Executes a market order of `trade` base units (+ buys) on a book that stands at `flow`; what does not fit stays unexecuted.
 * The cash is the integral of the curve, so a round trip costs nothing and two halves cost as much as the whole.
 *
 * @throws PerpInputError (DLCM-161) for a trade that is not finite
 */
export function tradeOnBook(book: PerpBook, flow: number, trade: number): BookFill {
  requireFinite('trade', trade);
  const wanted = flow + trade;
  const end = Math.max(-sideDepth('bids', book), Math.min(sideDepth('asks', book), wanted));
  const executed = end === wanted ? trade : end - flow;
  return { executed, cash: cashTo(book, end) - cashTo(book, flow) };
}

/** Integral of the price ratio from 0 to a cumulative flow. */
function cashTo(book: PerpBook, flow: number): number {
  if (flow === 0) return 0;
  const side = flow > 0 ? book.asks : book.bids;
  const units = Math.abs(flow);
  const level = levelAt(side, units);
  if (level < 0) return 0;
  const before = level > 0 ? side.depth[level - 1]! : 0;
  const cash = (level > 0 ? side.cash[level - 1]! : 0) + (units - before) * side.ratio[level]!;
  return flow > 0 ? cash : -cash;
}

/** First level whose cumulative depth reaches `units`; the last level beyond them; -1 on an empty side. */
function levelAt(side: BookSide, units: number): number {
  let low = 0;
  let high = side.depth.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (side.depth[middle]! >= units) high = middle;
    else low = middle + 1;
  }
  return high;
}
