import { compensatedSum } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

/** Concentration of a set of amounts. */
export interface Concentration {
  /** Sum of squared shares, between 1 / n and 1. */
  readonly hhi: number;
  /** The same times 10,000. */
  readonly index: number;
}

/**
 * Herfindahl-Hirschman index of amounts (MODEL 9): sum of squared shares. 1 / n when all are equal, 1 when one holds all.
 *
 * @throws MetricInputError for a negative amount or a sum of 0
 * @example hhi([30, 30, 20, 20]).index // 2600
 */
export function hhi(amounts: readonly number[]): Concentration {
  for (const amount of amounts) {
    if (!(amount >= 0 && amount < Infinity))
      throw new MetricInputError('amounts', amount, 'finite numbers of at least 0');
  }
  const total = compensatedSum(amounts);
  if (!(total > 0)) throw new MetricInputError('amounts', total, 'a sum above 0');
  const sum = compensatedSum(amounts.map((amount) => (amount / total) * (amount / total)));
  return { hhi: Math.min(1, sum), index: Math.min(10_000, 10_000 * sum) };
}

/**
 * Share of a token's circulating supply that lies as collateral (MODEL 9).
 *
 * @throws MetricInputError for a negative amount or no circulating supply
 */
export function floatLock(collateralUnits: number, circulating: number): number {
  if (!(collateralUnits >= 0)) throw new MetricInputError('collateralUnits', collateralUnits, 'at least 0');
  if (!(circulating > 0)) throw new MetricInputError('circulating', circulating, 'a supply above 0');
  return collateralUnits / circulating;
}
