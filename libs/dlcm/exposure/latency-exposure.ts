import { compensatedSum } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

const YEAR_SEC = 31_536_000;
const Z_99 = 2.3263478740408408;

/** A protocol's collateral and how late its prices are. */
export interface LatencyQuestion {
  readonly collateral: readonly { readonly usd: number; readonly sigma: number }[];
  readonly latencySec: number;
  readonly twapSec: number;
  readonly blockTimeSec: number;
  /** Standard deviations covered; 99 % by default. */
  readonly z?: number;
}

/**
 * Oracle latency exposure, USD (MODEL 9): sum V z sigma sqrt((latency + twap / 2 + block time) / Y): what the collateral may
 * lose before the oracle shows it.
 *
 * @throws MetricInputError for a negative amount, volatility or time
 */
export function oracleLatencyExposure(question: LatencyQuestion): number {
  const { collateral, latencySec, twapSec, blockTimeSec, z = Z_99 } = question;
  for (const [name, value] of Object.entries({ latencySec, twapSec, blockTimeSec, z }))
    if (!(value >= 0)) throw new MetricInputError(name, value, 'a number of at least 0');
  const late = Math.sqrt((latencySec + twapSec / 2 + blockTimeSec) / YEAR_SEC);
  return compensatedSum(
    collateral.map(({ usd, sigma }) => {
      if (!(usd >= 0 && sigma >= 0)) throw new MetricInputError('collateral', usd, 'amounts of at least 0');
      return usd * z * sigma * late;
    }),
  );
}

/**
 * Share of debt whose liquidation price lies within 5, 10 and 20 % of the present price (MODEL 9); 0 without debt.
 *
 * @param debts debt in USD and relative distance to liquidation, at most 0 for what is liquidatable already
 */
export function distanceToLiquidation(
  debts: readonly { readonly usd: number; readonly distance: number }[],
): { readonly within5: number; readonly within10: number; readonly within20: number } {
  const total = compensatedSum(debts.map(({ usd }) => usd));
  const within = (limit: number): number =>
    total > 0 ? compensatedSum(debts.map(({ usd, distance }) => (distance <= limit ? usd : 0))) / total : 0;
  return { within5: within(0.05), within10: within(0.1), within20: within(0.2) };
}
