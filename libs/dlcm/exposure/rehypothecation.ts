import { compensatedSum } from '#libs/numeric/index';
import { solveLinear, type Matrix } from '../capital/linear-system.js';
import { MetricInputError } from '../metrics/error.js';

/** Claims stacked on collateral. */
export interface Rehypothecation {
  /** Gross claims per token, in the order given. */
  readonly gross: readonly number[];
  /** Sum of gross claims over sum of root collateral: 1 without reuse. */
  readonly multiplier: number;
}

/**
 * Rehypothecation multiplier (MODEL 9, 0.24): gross claims n = root + W n, so n = (I - W)^-1 root, with W[i][j] the share of
 * j's value that i holds. A chain of one token wholly backed by another counts the same collateral twice: multiplier 2.
 *
 * @param root collateral of its own behind each token, USD
 * @param shares W: square, not negative, spectral radius below 1
 * @throws MetricInputError for another shape, negative numbers, no root collateral, or claims that back themselves in full
 * @example rehypothecation([100, 0], [[0, 0], [1, 0]]) // gross [100, 100], multiplier 2
 */
export function rehypothecation(root: readonly number[], shares: Matrix): Rehypothecation {
  const n = root.length;
  if (shares.length !== n || shares.some((row) => row.length !== n))
    throw new MetricInputError('shares', shares.length, `a square matrix of ${n} rows`);
  for (const entry of [...root, ...shares.flat()]) {
    if (!(entry >= 0 && entry < Infinity))
      throw new MetricInputError('root or shares', entry, 'finite numbers of at least 0');
  }
  const total = compensatedSum(root);
  if (!(total > 0)) throw new MetricInputError('root', total, 'a sum above 0');
  const leontief = shares.map((row, i) => row.map((share, j) => (i === j ? 1 : 0) - share));
  // For a matrix without negative entries: spectral radius below 1 iff (I - W) x = 1 has a positive solution.
  const reach = solveLinear(
    leontief,
    root.map(() => 1),
  );
  const gross = solveLinear(leontief, root);
  if (reach === null || gross === null || !reach.every((value) => value > 0))
    throw new MetricInputError('shares', 'a cycle', 'a spectral radius below 1');
  return { gross, multiplier: compensatedSum(gross) / total };
}
