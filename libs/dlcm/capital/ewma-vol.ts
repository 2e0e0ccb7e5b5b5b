import { MetricInputError } from '../metrics/error.js';

const YEAR_SEC = 31_536_000;
/** RiskMetrics (1996) for daily returns. */
const DEFAULT_DECAY = 0.94;

/**
 * Annual volatility by exponential weights (RiskMetrics, MODEL 11): v_k = decay v_(k-1) + (1 - decay) r_k^2, started at the
 * first squared return, sqrt(v Y / interval).
 *
 * @param returns logarithmic returns, oldest first
 * @param interval length of one return in seconds; decay in [0, 1), 0.94 by default
 * @throws MetricInputError without returns, or for values out of range
 */
export function ewmaVol(
  returns: readonly number[],
  { intervalSec, decay = DEFAULT_DECAY }: { readonly intervalSec: number; readonly decay?: number },
): number {
  if (returns.length === 0) throw new MetricInputError('returns', 'none', 'at least one');
  if (!(intervalSec > 0)) throw new MetricInputError('intervalSec', intervalSec, 'seconds above 0');
  if (!(decay >= 0 && decay < 1)) throw new MetricInputError('decay', decay, 'a share in [0, 1)');
  let variance = returns[0]! * returns[0]!;
  for (const change of returns.slice(1)) variance = decay * variance + (1 - decay) * change * change;
  if (!(variance < Infinity)) throw new MetricInputError('returns', 'not finite', 'finite numbers');
  return Math.sqrt((variance * YEAR_SEC) / intervalSec);
}
