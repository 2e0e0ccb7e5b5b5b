import type { Snapshot } from '#libs/market/index';
import type { Parameters } from '../parameters.js';
import type { MarginLever } from './minimal-margin-tightening.js';

/** Basis points; `maxStepBps` is the largest cut of the liquidation threshold that may be proposed now. */
export interface MarginBound extends MarginLever {
  readonly ltvBps: number;
  readonly ltBps: number;
  readonly rampSec: number;
  /** Smallest cut that may be proposed, basis points; 1 when absent. */
  readonly minStepBps?: number;
}

/** Whole USD. */
export interface BackstopBound {
  readonly member: string;
  readonly collateral: string;
  readonly debtAsset: string;
  readonly minSpendUsd: number;
  readonly maxSpendUsd: number;
}

/** What the budgets still allow. */
export interface RemedyBounds {
  readonly margins: readonly MarginBound[];
  readonly backstops: readonly BackstopBound[];
}

/** What one USD of each lever costs the coalition; policy, not science. */
export interface RemedyCosts {
  /** Per USD of debt that borrowers repay early. */
  readonly unwindCost: number;
  /** Per USD of backstop committed. */
  readonly backstopCost: number;
}

/** Early repayment costs a swap's fee and slippage, committed backstop a year's yield for a few weeks. */
export const DEFAULT_REMEDY_COSTS: RemedyCosts = { unwindCost: 0.003, backstopCost: 0.02 };

export interface MarginRemedy {
  readonly lever: 'margin-tightening';
  readonly member: string;
  readonly asset: string;
  readonly ltvBpsFrom: number;
  readonly ltvBpsTo: number;
  readonly ltBpsFrom: number;
  readonly ltBpsTo: number;
  readonly rampSec: number;
}

export interface BackstopRemedy {
  readonly lever: 'backstop-tranche';
  readonly member: string;
  readonly collateral: string;
  readonly debtAsset: string;
  /** Whole USD. */
  readonly maxSpendUsd: number;
}

/** One row of the counterfactual table; numbers as published. */
export interface RemedyRow {
  readonly label: string;
  readonly ssfThreshold: string | null;
  /** Loss of the coalition at the target shock. */
  readonly expectedLossUsd: string;
  readonly costUsd: string;
  /** Accounts that the change itself would make liquidatable if nobody reacted. */
  readonly accountsAffected: number;
  /** LAC(10 %) of the shocked asset that is left after the target shock. */
  readonly lac10Usd: string;
  /** Borrowing capacity that the cuts take from existing collateral, and the backstop committed. */
  readonly capitalUnusableUsd: string;
}

/** Smallest sufficient remedy inside the bounds, or the best inside them with the shortfall stated. */
export interface RemedyOutcome {
  readonly actions: readonly (MarginRemedy | BackstopRemedy)[];
  readonly thresholdBefore: string | null;
  readonly thresholdAfter: string | null;
  /** Threshold of a remedy one tolerance (1 bp or 1 USD) smaller, at or below the target; null when none is smaller. */
  readonly thresholdJustBelow: string | null;
  readonly costUsd: string;
  readonly shortfall: { readonly thresholdMissing: string; readonly backstopUsd: string } | null;
  readonly counterfactuals: readonly RemedyRow[];
}

export interface RemedyInput {
  readonly snapshot: Snapshot;
  readonly parameters: Parameters;
  readonly target: number;
  readonly bounds: RemedyBounds;
  readonly costs?: RemedyCosts;
  /** Most accounts that a margin cut may itself make liquidatable at unmoved prices; no limit when absent. */
  readonly selfInflictedLimit?: number;
}
