import { MetricInputError } from '../metrics/error.js';

/**
 * Imbalance of open interest, (long - short) / (long + short) in [-1, 1] (MODEL 11); 0 without any. Gross sides of one
 * perpetual are equal by construction: give taker flow or account-level sizes.
 *
 * @throws MetricInputError for a negative side
 * @example openInterestImbalance(60, 40) // 0.2
 */
export function openInterestImbalance(longUsd: number, shortUsd: number): number {
  for (const [name, value] of Object.entries({ longUsd, shortUsd }))
    if (!(value >= 0 && value < Infinity))
      throw new MetricInputError(name, value, 'a finite number of at least 0');
  const total = longUsd + shortUsd;
  return total > 0 ? (longUsd - shortUsd) / total : 0;
}

/** Standard deviations of imbalance that are tolerated, and the sensitivity beyond them. */
const TOLERATED = 2;
const SENSITIVITY = 0.5;

/**
 * Leverage of the over-represented side: raw / (1 + gamma max(0, z - z0)), z0 = 2, gamma = 0.5 by default (MODEL 11).
 */
export function crowdedLeverage(
  raw: number,
  zScoreOfSide: number,
  rule: { readonly sensitivity?: number; readonly tolerated?: number } = {},
): number {
  const { sensitivity = SENSITIVITY, tolerated = TOLERATED } = rule;
  return raw / (1 + sensitivity * Math.max(0, zScoreOfSide - tolerated));
}
