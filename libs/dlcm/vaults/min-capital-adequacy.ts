import { SECONDS_PER_YEAR } from '../options/index.js';
import { requireNotNegative, VaultInputError } from './error.js';

export interface MinCapitalInput {
  /** Quantile of the move that the cushion covers, in standard deviations. */
  readonly zScore: number;
  /** Annual volatility of what the vault owes (or `correlatedVol` of it and the collateral). */
  readonly vol: number;
  /** Seconds from a price move to the executed close: finality + oracle + execution. */
  readonly delaySec: number;
  /** Share of the hedge's value that closing it costs on the venues. */
  readonly slippage: number;
}

/**
 * Smallest capital adequacy ratio a vault may have: 1 + z sigma sqrt(tau / Y) + slip (MODEL 12.3). The slower the chain
 * and its oracle, the larger it is.
 *
 * @throws VaultInputError (DLCM-160) for a negative argument
 * @example minCapitalAdequacy({ zScore: 2, vol: 1, delaySec: 315.36, slippage: 0.01 }) // 1.016325 (rounded)
 */
export function minCapitalAdequacy(input: MinCapitalInput): number {
  const { zScore, vol, delaySec, slippage } = input;
  requireNotNegative('zScore', zScore);
  requireNotNegative('vol', vol);
  requireNotNegative('delaySec', delaySec);
  requireNotNegative('slippage', slippage);
  return 1 + zScore * vol * Math.sqrt(delaySec / SECONDS_PER_YEAR) + slippage;
}

export interface CorrelatedVolInput {
  readonly underlyingVol: number;
  readonly collateralVol: number;
  /** Value of the collateral over the value owed. */
  readonly weight: number;
  /** Correlation of the returns of underlying and collateral, in [-1, 1]. */
  readonly correlation: number;
}

/**
 * Annual volatility of what is owed net of the collateral that moves with it (MODEL 12.5):
 * sqrt(sigma_u^2 + sigma_c^2 w^2 - 2 rho sigma_u sigma_c w). Stable collateral gives sigma_u itself.
 *
 * @throws VaultInputError (DLCM-160) for a negative volatility or weight, or a correlation outside [-1, 1]
 * @example correlatedVol({ underlyingVol: 0.8, collateralVol: 0.8, weight: 1, correlation: 1 }) // 0
 */
export function correlatedVol(input: CorrelatedVolInput): number {
  const { underlyingVol, collateralVol, weight, correlation } = input;
  requireNotNegative('underlyingVol', underlyingVol);
  requireNotNegative('collateralVol', collateralVol);
  requireNotNegative('weight', weight);
  requireCorrelation(correlation);
  const held = collateralVol * weight;
  const variance = underlyingVol * underlyingVol + held * held - 2 * correlation * underlyingVol * held;
  return Math.sqrt(Math.max(0, variance));
}

function requireCorrelation(value: number): void {
  if (!(value >= -1 && value <= 1)) throw new VaultInputError('correlation', value, 'a number in [-1, 1]');
}
