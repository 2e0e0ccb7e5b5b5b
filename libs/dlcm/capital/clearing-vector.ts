import { MetricInputError } from '../metrics/error.js';
import { solveLinear, type Matrix } from './linear-system.js';

/** Who owes whom, and what each has besides. USD. */
export interface ClearingProblem {
  /** liabilities[i][j]: what i owes j; not negative, zero on the diagonal. */
  readonly liabilities: Matrix;
  /** Assets outside the network, not negative. */
  readonly external: readonly number[];
  /** Shares of external assets and of incoming payments that a defaulting node can pay with; 1 without default costs. */
  readonly recovery?: { readonly external: number; readonly payments: number };
}

export interface Clearing {
  /** What each node pays in all. */
  readonly payments: readonly number[];
  readonly owed: readonly number[];
  /** Nodes that pay less than they owe, in their order. */
  readonly defaults: readonly number[];
  /** External assets and incoming payments less own payment, after default costs. */
  readonly equity: readonly number[];
  /** Rounds of the fictitious default algorithm, at most the number of nodes and one. */
  readonly rounds: number;
}

/**
 * Greatest clearing vector by fictitious default (Eisenberg and Noe 2001; with default costs Rogers and Veraart 2013;
 * MODEL 4.7): start from full payment; whoever cannot pay defaults and pays all it has, p_i = a e_i + b sum pi_ji p_j, a linear
 * system among the defaulters; repeat until nobody new defaults.
 *
 * @throws MetricInputError for another shape, negative amounts, a debt to oneself, or recoveries outside [0, 1]
 * @example clearingVector({ liabilities: [[0, 10], [0, 0]], external: [4, 0] }).payments // [4, 0]
 */
export function clearingVector(problem: ClearingProblem): Clearing {
  requireProblem(problem);
  const { liabilities, external } = problem;
  const owed = liabilities.map((row) => row.reduce((sum, entry) => sum + entry, 0));
  const failed = owed.map(() => false);
  let payments: readonly number[] = owed;
  let rounds = 0;
  for (let found = true; found; rounds += 1) {
    found = false;
    const received = incoming(problem, owed, payments);
    for (let i = 0; i < owed.length; i += 1) {
      if (failed[i] === true || external[i]! + received[i]! >= owed[i]! * (1 - ROUNDING)) continue;
      failed[i] = true;
      found = true;
    }
    if (found) payments = paidBy(problem, owed, failed);
  }
  const received = incoming(problem, owed, payments);
  const { external: a, payments: b } = problem.recovery ?? { external: 1, payments: 1 };
  return {
    payments,
    owed,
    defaults: failed.flatMap((flag, i) => (flag ? [i] : [])),
    equity: owed.map((_, i) =>
      failed[i] === true
        ? Math.max(0, a * external[i]! + b * received[i]! - payments[i]!)
        : external[i]! + received[i]! - payments[i]!,
    ),
    rounds,
  };
}

/** A node that lacks less than this share of what it owes pays in full: it is the rounding of the payments it receives. */
const ROUNDING = 1e-12;

function incoming(
  { liabilities }: ClearingProblem,
  owed: readonly number[],
  payments: readonly number[],
): readonly number[] {
  return owed.map((_, i) =>
    liabilities.reduce(
      (sum, row, j) => sum + (payments[j]! < owed[j]! ? (row[i]! * payments[j]!) / owed[j]! : row[i]!),
      0,
    ),
  );
}

/** Payments when exactly the flagged nodes default. */
function paidBy(
  problem: ClearingProblem,
  owed: readonly number[],
  failed: readonly boolean[],
): readonly number[] {
  const { liabilities, external, recovery } = problem;
  const { external: a, payments: b } = recovery ?? { external: 1, payments: 1 };
  const share = (j: number, i: number): number => (owed[j]! > 0 ? liabilities[j]![i]! / owed[j]! : 0);
  const nodes = failed.flatMap((flag, i) => (flag ? [i] : []));
  const matrix = nodes.map((i) => nodes.map((j) => (i === j ? 1 : 0) - b * share(j, i)));
  const right = nodes.map((i) =>
    owed.reduce(
      (sum, full, j) => (failed[j] === true ? sum : sum + b * share(j, i) * full),
      a * external[i]!,
    ),
  );
  // Singular only when defaulters owe each other alone and have nothing: then nothing is paid.
  const solved = solveLinear(matrix, right);
  return owed.map((full, i) => {
    const k = nodes.indexOf(i);
    return k < 0 ? full : Math.min(full, Math.max(0, solved?.[k] ?? 0));
  });
}

function requireProblem({ liabilities, external, recovery }: ClearingProblem): void {
  const n = external.length;
  if (liabilities.length !== n || liabilities.some((row) => row.length !== n))
    throw new MetricInputError('liabilities', liabilities.length, `a square matrix of ${n} rows`);
  for (const entry of [...external, ...liabilities.flat()]) {
    if (!(entry >= 0 && entry < Infinity))
      throw new MetricInputError('liabilities or external', entry, 'finite amounts of at least 0');
  }
  liabilities.forEach((row, i) => {
    if (row[i] !== 0) throw new MetricInputError('liabilities', row[i]!, 'no debt to oneself');
  });
  for (const share of Object.values(recovery ?? {}))
    if (!(share >= 0 && share <= 1)) throw new MetricInputError('recovery', share, 'shares in [0, 1]');
}
