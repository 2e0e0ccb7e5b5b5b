import { NestedInputError, requireNotNegative } from './error.js';

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
 * Net asset value of tokens that hold each other: the solution of n = max(0, a + W n - l) (MODEL 4.6, 0.24).
 * With spectral radius below 1 the map is a contraction, so the greatest solution is the only one. Starts where every token
 * is worth nothing and solves n = a + W n - l for those that come out above 0: values only rise, so a token once alive stays
 * alive and at most one linear system per token is solved (policy iteration, Howard 1960). Exact however slowly the plain
 * iteration would converge.
 *
 * @throws NestedInputError (DLCM-170) for a negative amount or share, a matrix of another size, a column that sums to more
 *   than 1, or circular holdings that keep everything inside (spectral radius 1)
 * @example nestedNav({ outside: [100, 0], liabilities: [0, 20], holds: [[0, 0.5], [0.5, 0]] }) // [120, 40]
 */
export function nestedNav(input: NestedHoldings): readonly number[] {
  requireHoldings(input);
  const { outside, liabilities, holds } = input;
  // Refuses holdings of which nothing belongs to the outside, whoever is alive.
  solve(holds, outside);
  let alive = outside.map(() => false);
  let nav = outside.map(() => 0);
  for (let round = 0; round < outside.length; round += 1) {
    const next = alive.map((was, i) => was || outside[i]! + dot(holds[i]!, nav) > liabilities[i]!);
    if (next.every((is, i) => is === alive[i])) return nav;
    alive = next;
    nav = solve(
      holds.map((row, i) => (next[i] ? row : row.map(() => 0))),
      outside.map((value, i) => (next[i] ? value - liabilities[i]! : 0)),
    );
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
