import type { Digest } from '#libs/canonical/index';

/**
 * How the SSF threshold of an evaluation came out. `found`: a first failing shock exists; `beyond-range`: no shock up to the
 * largest one fails; `already-failed`: the coalition fails without any shock; `unpublishable`: a run was CAPPED.
 */
export type ThresholdStatus = 'found' | 'beyond-range' | 'already-failed' | 'unpublishable';

/**
 * The few published numbers of one attested evaluation that governance judges. Governance knows risk only through this shape.
 * Times are chain time in unix seconds.
 */
export interface RiskReading {
  readonly evaluation: Digest;
  /** Time of the snapshot's pinned block. */
  readonly snapshotTime: number;
  readonly blockNumber: number;
  readonly thresholdStatus: ThresholdStatus;
  /** SSF threshold as a fraction of price in [0, 1], rounded down; null unless the status is `found`. */
  readonly ssfThreshold: number | null;
  /** The breach survives leaving out the largest LP and the largest account, and at least two price sources agree. */
  readonly robust: boolean;
}

/**
 * The SSF threshold as one comparable number: 0 when the coalition has already failed, 1 when no shock fails it, null when
 * the evaluation must not be judged.
 */
export function comparableThreshold(reading: RiskReading): number | null {
  if (reading.thresholdStatus === 'unpublishable') return null;
  if (reading.thresholdStatus === 'already-failed') return 0;
  if (reading.thresholdStatus === 'beyond-range') return 1;
  return reading.ssfThreshold;
}
