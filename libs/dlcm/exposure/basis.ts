import { compensatedSum } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

const FUNDINGS_PER_YEAR = 3 * 365;

/** A perpetual against its spot. */
export interface PerpBasis {
  /** mark / spot - 1. */
  readonly basis: number;
  /** Funding over a year at the present rate, simple. */
  readonly fundingAnnual: number;
}

/**
 * Basis of a perpetual and its annualised funding, 3 x 365 x the 8-hour rate (MODEL 9).
 *
 * @throws MetricInputError for prices that are not positive
 * @example annualisedBasis({ mark: 2010, spot: 2000, funding8h: 0.0001 }) // { basis: 0.005, fundingAnnual: 0.1095 }
 */
export function annualisedBasis(input: {
  readonly mark: number;
  readonly spot: number;
  readonly funding8h: number;
}): PerpBasis {
  const { mark, spot, funding8h } = input;
  if (!(mark > 0)) throw new MetricInputError('mark', mark, 'a price above 0');
  if (!(spot > 0)) throw new MetricInputError('spot', spot, 'a price above 0');
  return { basis: (mark - spot) / spot, fundingAnnual: FUNDINGS_PER_YEAR * funding8h };
}

const MIN_HISTORY = 30;

/**
 * How many standard deviations a value lies from the mean of its history (sample deviation, n - 1; MODEL 9). Null with fewer
 * than 30 values or a history that never moved.
 */
export function zScore(value: number, history: readonly number[]): number | null {
  if (history.length < MIN_HISTORY) return null;
  const mean = compensatedSum(history) / history.length;
  const squares = compensatedSum(history.map((past) => (past - mean) * (past - mean)));
  const deviation = Math.sqrt(squares / (history.length - 1));
  return deviation > 0 ? (value - mean) / deviation : null;
}
