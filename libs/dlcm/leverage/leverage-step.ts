import { MetricInputError } from '../metrics/error.js';

const MAX_FALL = 0.5;
const MAX_RISE = 0.1;
const HYSTERESIS = 0.02;
/** Leverage is published in tenths, rounded down. */
const TENTHS = 10;

/**
 * Next published leverage (MODEL 11): at most -50 % or +10 % of the present one per step, unchanged within 2 %, rounded down to
 * 0.1. Tightening applies to new positions at once, to existing ones after their grace.
 *
 * @throws MetricInputError for values that are not positive
 * @example leverageStep(10, 3) // 5
 */
export function leverageStep(present: number, target: number): number {
  if (!(present > 0)) throw new MetricInputError('present', present, 'a leverage above 0');
  if (!(target > 0)) throw new MetricInputError('target', target, 'a leverage above 0');
  if (Math.abs(target / present - 1) <= HYSTERESIS) return present;
  const bounded = Math.min(present * (1 + MAX_RISE), Math.max(present * (1 - MAX_FALL), target));
  return Math.max(1 / TENTHS, Math.floor(bounded * TENTHS + 1e-9) / TENTHS);
}

/**
 * Time of the next update: now + min + (max - min) U (MODEL 11). U comes from a committed seed (a keyed hash of market and
 * counter), so that it can be audited but not foreseen; the caller draws it.
 *
 * @param uniform U in [0, 1)
 * @throws MetricInputError for bounds that do not ascend or U out of range
 */
export function nextUpdateSec(
  nowSec: number,
  bounds: { readonly minSec: number; readonly maxSec: number },
  uniform: number,
): number {
  const { minSec, maxSec } = bounds;
  if (!(minSec >= 0 && maxSec >= minSec))
    throw new MetricInputError('maxSec', maxSec, 'at least minSec >= 0');
  if (!(uniform >= 0 && uniform < 1)) throw new MetricInputError('uniform', uniform, 'a number in [0, 1)');
  return Math.floor(nowSec + minSec + (maxSec - minSec) * uniform);
}
