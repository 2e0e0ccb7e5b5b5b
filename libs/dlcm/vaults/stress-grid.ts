import { linesValue, type OptionClock, type OptionLines } from '../options/index.js';

/** Relative spot moves in twentieths (-50 % to +50 % in steps of 5 %) and relative volatility moves (MODEL 12.3). */
const SPOT_TWENTIETHS = 10;
const VOL_MOVES = [-0.25, 0, 0.5, 1] as const;

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

/**
 * Every cell of the grid that can be the worst one, in a fixed order. A book whose lines are all short falls in value with
 * volatility and, being minus a convex function plus a straight hedge, is worst at an end of the spot range; one whose lines
 * are all long is worst at the lowest volatility. A smile that moves with the spot voids the argument: the whole grid then.
 */
function candidates(lines: OptionLines): {
  readonly spots: readonly number[];
  readonly vols: readonly number[];
} {
  const all = Array.from({ length: 2 * SPOT_TWENTIETHS + 1 }, (_, i) => i - SPOT_TWENTIETHS);
  if (lines.surface.some((surface) => surface !== null)) return { spots: all, vols: VOL_MOVES };
  if (lines.quantity.every((q) => q <= 0)) return { spots: [-SPOT_TWENTIETHS, SPOT_TWENTIETHS], vols: [1] };
  return { spots: all, vols: lines.quantity.every((q) => q >= 0) ? [-0.25] : VOL_MOVES };
}

/**
 * The worst cell of the stress grid for a book with its present hedge (MODEL 12.3); of equals, the first from the lowest
 * spot upwards.
 */
export function worstScenario(lines: OptionLines, book: StressedBook): StressScenario {
  const { spots, vols } = candidates(lines);
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
