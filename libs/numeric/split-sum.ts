import { quantise } from './sums.js';

/** Quanta of the two halves: 2^-10 and 2^-38. */
const COARSE = 0.0009765625;
const FINE = 3.637978807091713e-12;

/**
 * A running sum in two halves, each a sum of multiples of a power of two and so exact: the order of the addends does not
 * matter. Exact to 2^-39 an addend while the sum stays below 2^42 (4e12, the world in USD) and the addends below 2^25 in
 * number; cheap enough for sums over every event of a cascade.
 */
export interface SplitSum {
  coarse: number;
  fine: number;
}

/** A sum of nothing. */
export function splitSum(): SplitSum {
  return { coarse: 0, fine: 0 };
}

/** Adds a finite number. */
export function addTo(sum: SplitSum, x: number): void {
  const coarse = quantise(x, COARSE);
  sum.coarse += coarse;
  sum.fine += quantise(x - coarse, FINE);
}

/** The sum, rounded once. */
export function valueOf(sum: SplitSum): number {
  return sum.coarse + sum.fine;
}
