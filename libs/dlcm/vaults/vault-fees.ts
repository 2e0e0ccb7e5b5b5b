import { compensatedSum } from '#libs/numeric/index';
import { requireFinite, requireNotNegative, requireShare, VaultInputError } from './error.js';

export interface PerformanceFeeInput {
  /** Share of the gain that is charged, phi_p. */
  readonly rate: number;
  readonly premiumUsd: number;
  readonly hedgeCostUsd: number;
  readonly payoutUsd: number;
  /** Sum of all earlier results, and the highest it ever was. */
  readonly resultBeforeUsd: number;
  readonly highWaterMarkUsd: number;
}

/** A charged fee and the mark above which the next one begins, USD. */
export interface PerformanceFee {
  readonly feeUsd: number;
  readonly resultUsd: number;
  readonly highWaterMarkUsd: number;
}

/**
 * Performance fee of a vault epoch (MODEL 12.4): phi_p max(0, premium - hedge cost - payout) as far as it lifts the sum of
 * all results above its high-water mark. A loss is earned back before anything is charged again.
 *
 * @throws VaultInputError (DLCM-160) for a rate outside [0, 1], a negative flow, or a mark below the result so far
 * @example performanceFee({ rate: 0.2, premiumUsd: 100, hedgeCostUsd: 10, payoutUsd: 30, resultBeforeUsd: -20,
 *   highWaterMarkUsd: 0 }).feeUsd // 8: only 40 of the 60 stand above the mark
 */
export function performanceFee(input: PerformanceFeeInput): PerformanceFee {
  const { rate, resultBeforeUsd, highWaterMarkUsd } = input;
  requireShare('rate', rate);
  for (const flow of ['premiumUsd', 'hedgeCostUsd', 'payoutUsd'] as const)
    requireNotNegative(flow, input[flow]);
  requireFinite('resultBeforeUsd', resultBeforeUsd);
  if (!(highWaterMarkUsd >= resultBeforeUsd && highWaterMarkUsd < Infinity)) {
    throw new VaultInputError(
      'highWaterMarkUsd',
      highWaterMarkUsd,
      'a finite number not below resultBeforeUsd',
    );
  }
  const resultUsd = resultBeforeUsd + (input.premiumUsd - input.hedgeCostUsd - input.payoutUsd);
  return {
    feeUsd: rate * Math.max(0, resultUsd - highWaterMarkUsd),
    resultUsd,
    highWaterMarkUsd: Math.max(highWaterMarkUsd, resultUsd),
  };
}

/**
 * Splits a fee among stakers pro rata to their stakes, USD each; nothing to anyone when nothing is staked.
 *
 * @throws VaultInputError (DLCM-160) for a negative fee or stake
 * @example shareFee(90, [1, 2]) // [30, 60]
 */
export function shareFee(feeUsd: number, stakes: readonly number[]): readonly number[] {
  requireNotNegative('feeUsd', feeUsd);
  stakes.forEach((stake, i) => requireNotNegative(`stakes[${i}]`, stake));
  const total = compensatedSum(stakes);
  return stakes.map((stake) => (total === 0 ? 0 : feeUsd * (stake / total)));
}

/**
 * Splits a liquidation fee between the safety fund and the treasury (MODEL 12.4).
 *
 * @throws VaultInputError (DLCM-160) for a negative fee or a share outside [0, 1]
 */
export function splitLiquidationFee(
  feeUsd: number,
  safetyShare: number,
): { readonly safetyFundUsd: number; readonly treasuryUsd: number } {
  requireNotNegative('feeUsd', feeUsd);
  requireShare('safetyShare', safetyShare);
  const safetyFundUsd = feeUsd * safetyShare;
  return { safetyFundUsd, treasuryUsd: feeUsd - safetyFundUsd };
}

/**
 * Value of a fee token over an explicit horizon: sum of E[fee_t] / (1 + r)^t, t = 1, 2, ... (MODEL 12.4), USD.
 *
 * @param expectedFeesUsd one expected fee per period; the list's length is the horizon
 * @param ratePerPeriod simple rate of one period, above -1
 * @throws VaultInputError (DLCM-160) for a fee that is not finite or a rate of at most -1
 * @example feeTokenValue([110, 121], 0.1) // 200
 */
export function feeTokenValue(expectedFeesUsd: readonly number[], ratePerPeriod: number): number {
  if (!(ratePerPeriod > -1 && ratePerPeriod < Infinity))
    throw new VaultInputError('ratePerPeriod', ratePerPeriod, 'a finite number above -1');
  let growth = 1;
  return compensatedSum(
    expectedFeesUsd.map((fee, t) => {
      requireFinite(`expectedFeesUsd[${t}]`, fee);
      growth *= 1 + ratePerPeriod;
      return fee / growth;
    }),
  );
}
