import { linesValue, type OptionClock, type OptionLines } from '../options/index.js';

/** Relative spot moves in twentieths (-50 % to +50 % in steps of 5 %) and relative volatility moves (MODEL 12.3). */
const SPOT_TWENTIETHS = 10;
const LOWEST_VOL = -0.25;
const HIGHEST_VOL = 1;
const VOL_MOVES = [LOWEST_VOL, 0, 0.5, HIGHEST_VOL] as const;

/** One cell of the stress grid and the owner's profit (+) or loss (-) in it, USD. */
export interface StressScenario {
  readonly spotMove: number;
  readonly volMove: number;
  readonly profitUsd: number;
}

export interface StressedBook {
  readonly spot: number;
  /** Base units of hedge, held unchanged through the move. */
  readonly hedge: number;
  readonly clock: OptionClock;
  /** Value of the options before the move, owner sign, USD. */
  readonly marksUsd: number;
}

const ENDS = [-SPOT_TWENTIETHS, SPOT_TWENTIETHS] as const;
const ALL = Array.from({ length: 2 * SPOT_TWENTIETHS + 1 }, (_, i) => i - SPOT_TWENTIETHS);
/** Covers the rounding of a bound, as a share of the book's notional. */
const BOUND_SLACK = 1e-12;

/**
 * The worst cell of the stress grid for a book with its present hedge (MODEL 12.3). Cells that cannot be the worst are not
 * looked at: a book whose lines are all short falls in value with volatility and, being minus a convex function plus a
 * straight hedge, is worst at an end of the spot range; one whose lines are all long is worst at the lowest volatility; of
 * a mixed book no cell of a spot is worse than its shorts at the highest and its longs at the lowest volatility. A smile
 * that moves with the spot voids the first argument: all spots then.
 */
export function worstScenario(lines: OptionLines, book: StressedBook): StressScenario {
  const moving = lines.surface.some((surface) => surface !== null);
  const shorts = lines.quantity.every((q) => q <= 0);
  if (shorts) return worstOf(lines, book, { spots: moving ? ALL : ENDS, vols: [HIGHEST_VOL] });
  if (lines.quantity.every((q) => q >= 0)) return worstOf(lines, book, { spots: ALL, vols: [LOWEST_VOL] });
  return worstOfMixed(lines, book);
}

function worstOf(
  lines: OptionLines,
  book: StressedBook,
  { spots, vols }: { readonly spots: readonly number[]; readonly vols: readonly number[] },
): StressScenario {
  let worst: StressScenario | null = null;
  for (const twentieths of spots) {
    for (const volMove of vols) {
      const spotMove = twentieths / (2 * SPOT_TWENTIETHS);
      const profitUsd = profitAt(lines, book, { spotMove, volMove });
      if (worst === null || profitUsd < worst.profitUsd) worst = { spotMove, volMove, profitUsd };
    }
  }
  return worst!;
}

/** Spots in the order of their bounds, until no bound lies below the worst cell found. */
function worstOfMixed(lines: OptionLines, book: StressedBook): StressScenario {
  const [short, long] = [onlySide(lines, -1), onlySide(lines, 1)];
  const notional = (lines.gross + Math.abs(book.hedge)) * book.spot;
  const bounds = ALL.map((twentieths) => {
    const move = twentieths / (2 * SPOT_TWENTIETHS);
    const at = { ...book.clock, spot: book.spot * (1 + move) };
    const value = linesValue(short, at, 1 + HIGHEST_VOL) + linesValue(long, at, 1 + LOWEST_VOL);
    return {
      twentieths,
      usd: value - book.marksUsd + book.hedge * book.spot * move - BOUND_SLACK * notional,
    };
  }).sort((a, b) => a.usd - b.usd || a.twentieths - b.twentieths);
  let worst: StressScenario | null = null;
  for (const { twentieths, usd } of bounds) {
    if (worst !== null && usd >= worst.profitUsd) break;
    const here = worstOf(lines, book, { spots: [twentieths], vols: VOL_MOVES });
    if (worst === null || here.profitUsd < worst.profitUsd) worst = here;
  }
  return worst!;
}

/** The same lines with the quantities of one side alone. */
function onlySide(lines: OptionLines, sign: 1 | -1): OptionLines {
  const rows = [...lines.quantity.keys()].filter((i) => lines.quantity[i]! * sign > 0);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (i) => column[i]!);
  return {
    ...lines,
    count: rows.length,
    ids: rows.map((i) => lines.ids[i]!),
    isCall: Uint8Array.from(rows, (i) => lines.isCall[i]!),
    strike: pick(lines.strike),
    logStrike: pick(lines.logStrike),
    expirySec: pick(lines.expirySec),
    vol: pick(lines.vol),
    quantity: pick(lines.quantity),
    surface: rows.map((i) => lines.surface[i]!),
  };
}

/** Profit of the options and the hedge when spot and every volatility move by these shares, USD. */
export function profitAt(
  lines: OptionLines,
  book: StressedBook,
  move: { readonly spotMove: number; readonly volMove: number },
): number {
  const spot = book.spot * (1 + move.spotMove);
  const value = linesValue(lines, { ...book.clock, spot }, 1 + move.volMove);
  return value - book.marksUsd + book.hedge * (spot - book.spot);
}
