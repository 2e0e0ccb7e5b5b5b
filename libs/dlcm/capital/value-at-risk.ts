import { compensatedSum, normalPdf } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';
import { normalQuantile, studentPdf, studentQuantile } from './distributions.js';
import type { Matrix } from './linear-system.js';

/** A distribution of profit and loss over one period, USD. */
export interface ProfitDistribution {
  readonly mean?: number;
  /** Standard deviation, at least 0. */
  readonly deviation: number;
  /** Confidence in (0, 1), e.g. 0.99. */
  readonly confidence: number;
}

/**
 * Value at risk of a normal profit: z deviation - mean, a positive number when money is lost (MODEL 14).
 *
 * @throws MetricInputError for a negative deviation or a confidence outside (0, 1)
 * @example varNormal({ deviation: 100, confidence: 0.99 }) // 232.63...
 */
export function varNormal({ mean = 0, deviation, confidence }: ProfitDistribution): number {
  requireDeviation(deviation);
  return normalQuantile(confidence) * deviation - mean;
}

/** Value at risk and the mean loss beyond it. */
export interface RiskPair {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

/**
 * Value at risk and expected shortfall of a normal profit: ES = deviation phi(z) / (1 - confidence) - mean.
 *
 * @throws MetricInputError as varNormal
 */
export function varEsNormal(input: ProfitDistribution): RiskPair {
  const { mean = 0, deviation, confidence } = input;
  const valueAtRisk = varNormal(input);
  const tail = normalPdf(normalQuantile(confidence)) / (1 - confidence);
  return { valueAtRisk, expectedShortfall: tail * deviation - mean };
}

/**
 * The same for a profit with Student's t of `dof` > 2 degrees of freedom and the given *standard deviation* (scale =
 * deviation sqrt((dof - 2) / dof)): ES = scale f(t) (dof + t^2) / ((dof - 1) (1 - confidence)) - mean.
 *
 * @throws MetricInputError for two degrees of freedom or fewer, else as varNormal
 */
export function varStudentT(input: ProfitDistribution & { readonly dof: number }): RiskPair {
  const { mean = 0, deviation, confidence, dof } = input;
  requireDeviation(deviation);
  if (!(dof > 2 && dof < Infinity)) throw new MetricInputError('dof', dof, 'a finite number above 2');
  const scale = deviation * Math.sqrt((dof - 2) / dof);
  const t = studentQuantile(confidence, dof);
  const beyond = (studentPdf(t, dof) * (dof + t * t)) / ((dof - 1) * (1 - confidence));
  return { valueAtRisk: scale * t - mean, expectedShortfall: scale * beyond - mean };
}

/** Risk of a portfolio and what each position adds to it. */
export interface PortfolioRisk {
  readonly valueAtRisk: number;
  /** Euler contributions; they add up to the value at risk. */
  readonly components: readonly number[];
}

/**
 * Value at risk of normal, correlated positions: z sqrt(w' C w), with its contributions z w_i (C w)_i / sqrt(w' C w).
 *
 * @param exposures USD per position
 * @param covariance of the returns, symmetric, of the same size
 * @throws MetricInputError for another shape, asymmetry, a negative variance of this portfolio, or a bad confidence
 */
export function portfolioVar(
  exposures: readonly number[],
  covariance: Matrix,
  confidence: number,
): PortfolioRisk {
  const n = exposures.length;
  if (covariance.length !== n || covariance.some((row) => row.length !== n))
    throw new MetricInputError('covariance', covariance.length, `a square matrix of ${n} rows`);
  covariance.forEach((row, i) =>
    row.forEach((entry, j) => {
      const other = covariance[j]![i]!;
      if (!(Math.abs(entry - other) <= 1e-12 * Math.max(Math.abs(entry), Math.abs(other))))
        throw new MetricInputError('covariance', entry, 'a symmetric matrix of finite numbers');
    }),
  );
  const marginal = covariance.map((row) => compensatedSum(row.map((entry, j) => entry * exposures[j]!)));
  const variance = compensatedSum(exposures.map((usd, i) => usd * marginal[i]!));
  const scale = compensatedSum(exposures.map((usd, i) => Math.abs(usd * marginal[i]!)));
  if (variance < -1e-10 * scale)
    throw new MetricInputError('covariance', variance, 'a positive semi-definite matrix');
  const deviation = Math.sqrt(Math.max(0, variance));
  const z = normalQuantile(confidence);
  return {
    valueAtRisk: z * deviation,
    components: exposures.map((usd, i) => (deviation > 0 ? (z * usd * marginal[i]!) / deviation : 0)),
  };
}

function requireDeviation(deviation: number): void {
  if (!(deviation >= 0 && deviation < Infinity))
    throw new MetricInputError('deviation', deviation, 'a finite number of at least 0');
}
