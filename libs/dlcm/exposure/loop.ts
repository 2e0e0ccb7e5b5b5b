import { log, pow } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

/**
 * Leverage of a borrow-and-redeposit loop of depth n: 1 + ltv + ... + ltv^n = (1 - ltv^(n + 1)) / (1 - ltv) (MODEL 9); the
 * limit 1 / (1 - ltv) for n = Infinity.
 *
 * @param ltv loan to value in [0, 1)
 * @param depth number of borrowings, at least 0
 * @throws MetricInputError outside these ranges
 * @example loopLeverage(0.8, 2) // 2.44
 */
export function loopLeverage(ltv: number, depth: number): number {
  requireLtv(ltv);
  if (!(depth >= 0)) throw new MetricInputError('depth', depth, 'a number of at least 0');
  if (ltv === 0) return 1;
  const rest = depth === Infinity ? 0 : pow(ltv, depth + 1);
  return (1 - rest) / (1 - ltv);
}

/**
 * Depth of a loop from its leverage: ln(1 - leverage (1 - ltv)) / ln ltv - 1 (MODEL 9), the inverse of `loopLeverage`;
 * Infinity at the limit 1 / (1 - ltv).
 *
 * @throws MetricInputError for a loan to value outside (0, 1) or a leverage outside [1, 1 / (1 - ltv)]
 * @example loopDepthFromLeverage(2.44, 0.8) // 2
 */
export function loopDepthFromLeverage(leverage: number, ltv: number): number {
  requireLtv(ltv);
  if (ltv === 0) throw new MetricInputError('ltv', ltv, 'a share above 0');
  const rest = 1 - leverage * (1 - ltv);
  if (!(leverage >= 1 && rest >= -1e-12))
    throw new MetricInputError('leverage', leverage, `a number from 1 to ${1 / (1 - ltv)}`);
  return rest <= 0 ? Infinity : log(rest) / log(ltv) - 1;
}

function requireLtv(ltv: number): void {
  if (!(ltv >= 0 && ltv < 1)) throw new MetricInputError('ltv', ltv, 'a share in [0, 1)');
}
