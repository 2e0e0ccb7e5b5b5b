import { NestedInputError, requireNotNegative } from './error.js';

/** The iteration stops when no value falls by more than this share, or after so many steps. */
const TOLERANCE = 1e-15;
const MAX_STEPS = 10_000;

/** Tokens that hold each other. Rows are tokens; amounts in USD. */
export interface NestedHoldings {
  /** Outside assets of each token. */
  readonly outside: readonly number[];
  /** Liabilities of each token to nobody inside. */
  readonly liabilities: readonly number[];
  /** `holds[i][j]`: share of token j's value that token i holds. Columns sum to at most 1. */
  readonly holds: readonly (readonly number[])[];
}

/**
 * Net asset value of tokens that hold each other: the greatest solution of n = max(0, a + W n - l) (MODEL 4.6, 0.24).
 * Starts from n = (I - W)^-1 a, where nobody owes anything, and iterates downwards; every step is monotone, so the limit is
 * the greatest fixed point (Tarski; Eisenberg and Noe 2001 use the same argument).
 *
 * @throws NestedInputError (DLCM-170) for a negative amount or share, a matrix of another size, a column that sums to more
 *   than 1, or circular holdings that keep everything inside (spectral radius 1)
 * @example nestedNav({ outside: [100, 0], liabilities: [0, 20], holds: [[0, 0.5], [0.5, 0]] }) // [120, 40]
 */
export function nestedNav(input: NestedHoldings): readonly number[] {
  const { outside, liabilities, holds } = input;
  requireHoldings(input);
  let nav = solve(holds, outside);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = nav.map((_, i) => Math.max(0, outside[i]! + dot(holds[i]!, nav) - liabilities[i]!));
    const fell = next.some((value, i) => nav[i]! - value > TOLERANCE * nav[i]!);
    // Rounding must not lift a value: the sequence falls.
    nav = next.map((value, i) => Math.min(value, nav[i]!));
    if (!fell) return nav;
  }
  return nav;
}

const dot = (row: readonly number[], values: readonly number[]): number =>
  row.reduce((sum, share, j) => sum + share * values[j]!, 0);

function requireHoldings({ outside, liabilities, holds }: NestedHoldings): void {
  const n = outside.length;
  if (liabilities.length !== n) throw new NestedInputError('liabilities', liabilities.length, `${n} rows`);
  if (holds.length !== n) throw new NestedInputError('holds', holds.length, `${n} rows`);
  outside.forEach((value, i) => requireNotNegative(`outside[${i}]`, value));
  liabilities.forEach((value, i) => requireNotNegative(`liabilities[${i}]`, value));
  holds.forEach((row, i) => {
    if (row.length !== n) throw new NestedInputError(`holds[${i}]`, row.length, `${n} shares`);
    row.forEach((share, j) => requireNotNegative(`holds[${i}][${j}]`, share));
  });
  for (let j = 0; j < n; j += 1) {
    const column = holds.reduce((sum, row) => sum + row[j]!, 0);
    if (column > 1 + 1e-12)
      throw new NestedInputError(`holds, column ${j}`, column, 'shares that sum to at most 1');
  }
}

/** x = (I - W)^-1 a by Gaussian elimination with partial pivoting. */
function solve(holds: readonly (readonly number[])[], outside: readonly number[]): number[] {
  const n = outside.length;
  const rows = holds.map((row, i) => [...row.map((share, j) => (i === j ? 1 : 0) - share), outside[i]!]);
  for (let k = 0; k < n; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < n; i += 1) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const head = rows[k]![k]!;
    if (!(Math.abs(head) > 1e-12))
      throw new NestedInputError('holds', head, 'holdings of which something belongs to the outside');
    for (let i = k + 1; i < n; i += 1) {
      const factor = rows[i]![k]! / head;
      for (let j = k; j <= n; j += 1) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k -= 1) {
    let sum = rows[k]![n]!;
    for (let j = k + 1; j < n; j += 1) sum -= rows[k]![j]! * x[j]!;
    x[k] = Math.max(0, sum / rows[k]![k]!);
  }
  return x;
}
