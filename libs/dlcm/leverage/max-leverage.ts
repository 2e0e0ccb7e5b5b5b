import { MetricInputError } from '../metrics/error.js';

const YEAR_SEC = 31_536_000;

/** What a margin must cover until a position can be closed. Shares of its value; volatility annual. */
export interface MarginQuestion {
  readonly sigma: number;
  /** Oracle latency + confirmations x block time + liquidation time. */
  readonly horizonSec: number;
  readonly z: number;
  readonly gammaAddOn: number;
  readonly slippage: number;
  readonly skewAddOn: number;
  readonly minMargin: number;
  readonly maxLeverage: number;
}

/**
 * Largest leverage before imbalance and rate limits (MODEL 11): min(cap, 1 / max(m_min, m*)), with
 * m* = z sigma sqrt(h / Y) + gamma add-on + slippage + skew add-on. Never rises with any of these.
 *
 * @throws MetricInputError for a negative number, or a smallest margin or cap that is not positive
 */
export function maxLeverageRaw(question: MarginQuestion): number {
  const { minMargin, maxLeverage, ...parts } = question;
  for (const [name, value] of Object.entries(parts))
    if (!(value >= 0)) throw new MetricInputError(name, value, 'a number of at least 0');
  if (!(minMargin > 0)) throw new MetricInputError('minMargin', minMargin, 'a share above 0');
  if (!(maxLeverage > 0)) throw new MetricInputError('maxLeverage', maxLeverage, 'a number above 0');
  const move = parts.z * parts.sigma * Math.sqrt(parts.horizonSec / YEAR_SEC);
  const margin = move + parts.gammaAddOn + parts.slippage + parts.skewAddOn;
  return Math.min(maxLeverage, 1 / Math.max(minMargin, margin));
}

/**
 * Margin for convexity: 1/2 |gamma| S (z sigma sqrt(h / Y))^2 / |delta| (MODEL 11), a share of the position's value.
 *
 * @throws MetricInputError for a delta of 0
 */
export function gammaAddOn(input: {
  readonly gamma: number;
  readonly delta: number;
  readonly spot: number;
  readonly sigma: number;
  readonly z: number;
  readonly horizonSec: number;
}): number {
  if (input.delta === 0) throw new MetricInputError('delta', 0, 'a delta other than 0');
  const move = input.z * input.sigma * Math.sqrt(input.horizonSec / YEAR_SEC);
  return (Math.abs(input.gamma) * input.spot * move * move) / (2 * Math.abs(input.delta));
}

/**
 * Margin for skew: kappa max(0, put vol - call vol) sqrt(h / Y) for longs, the sign reversed for shorts (MODEL 11).
 */
export function skewAddOn(input: {
  readonly putVol25: number;
  readonly callVol25: number;
  readonly kappa: number;
  readonly horizonSec: number;
  readonly side: 'long' | 'short';
}): number {
  const skew = input.putVol25 - input.callVol25;
  const against = input.side === 'long' ? skew : -skew;
  return input.kappa * Math.max(0, against) * Math.sqrt(input.horizonSec / YEAR_SEC);
}

/** Volatility a margin counts with: the largest of an EWMA, the last day's and a weighted at-the-money one (MODEL 11). */
export function marginVol(input: {
  readonly ewma: number;
  readonly realised24h: number;
  readonly atTheMoney7d: number;
  readonly impliedWeight: number;
}): number {
  return Math.max(input.ewma, input.realised24h, input.impliedWeight * input.atTheMoney7d);
}
