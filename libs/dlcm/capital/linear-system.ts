/** A square matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** Pivots below this share of their row's largest entry count as zero. */
const SINGULAR = 1e-14;

/**
 * Solves A x = b by Gaussian elimination with partial pivoting.
 *
 * @returns null when the matrix is singular to working precision
 */
export function solveLinear(matrix: Matrix, right: readonly number[]): readonly number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  const scale = Math.max(1, ...matrix.flat().map((entry) => Math.abs(entry)));
  for (let k = 0; k < n; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < n; i += 1) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    if (!(Math.abs(rows[pivot]![k]!) > SINGULAR * scale)) return null;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = k + 1; i < n; i += 1) eliminate(rows[i]!, rows[k]!, k);
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k -= 1) {
    let rest = rows[k]![n]!;
    for (let j = k + 1; j < n; j += 1) rest -= rows[k]![j]! * x[j]!;
    x[k] = rest / rows[k]![k]!;
  }
  return x;
}

function eliminate(row: number[], pivot: readonly number[], k: number): void {
  const factor = row[k]! / pivot[k]!;
  if (factor === 0) return;
  for (let j = k; j < row.length; j += 1) row[j]! -= factor * pivot[j]!;
}
