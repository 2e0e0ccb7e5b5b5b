import type { ProposalClass } from './proposal.js';

/** Limits of the tightening lever; basis points and seconds. */
export interface TightenLimits {
  readonly stepBps: number;
  readonly emergencyStepBps: number;
  readonly driftBps: number;
  /** Part of `driftBps` that only EMERGENCY may use. */
  readonly driftReservedBps: number;
  readonly driftWindowSec: number;
  readonly minIntervalSec: number;
  readonly ttlSec: number;
  readonly rampSec: number;
  readonly ltFloorBps: number;
  readonly ltvFloorBps: number;
}

/** Limits of the backstop lever as shares of the fund in basis points. */
export interface BackstopLimits {
  readonly perEventBps: number;
  readonly perDayBps: number;
  readonly perMonthBps: number;
  readonly floorBps: number;
}

/** How a class of proposal is decided. Seconds; null where the class has no such step. */
export interface ClassRule {
  readonly path: 'fast' | 'council' | 'vote' | 'guardian';
  readonly reviewSec: number | null;
  readonly voteSec: number | null;
  readonly delaySec: number;
  readonly graceSec: number;
}

/** Everything governance decides by, as one versioned piece of data. */
export interface Policy {
  readonly version: string;
  /** SSF threshold below which margins tighten, as a fraction of price. */
  readonly safetyLevel: number;
  readonly criticalLevel: number;
  /** TIGHTEN is left only at `safetyLevel + relaxMargin` or above. */
  readonly relaxMargin: number;
  /** A remedy aims this far past the safety level, so that what moves until it is in force does not undo it. */
  readonly remedyMargin: number;
  readonly dwellSec: number;
  readonly judgedRuns: number;
  readonly breachedRuns: number;
  /** Older readings are not judged and freeze relaxation. */
  readonly maxReadingAgeSec: number;
  /** Distance in blocks between the two snapshots that EMERGENCY needs. */
  readonly emergencyBlocksApart: number;
  readonly maxEvaluationAgeSec: number;
  readonly attestersNeeded: number;
  /**
   * Most accounts that a tightening may leave liquidatable at the end of its ramp, at unmoved prices, if none of their owners
   * reacts during it.
   */
  readonly selfInflictedLimit: number;
  /** Share of the forecast improvement that must be measured for an intervention to count as effective. */
  readonly effectiveShare: number;
  readonly maxRenewals: number;
  readonly quorumBps: number;
  readonly lateQuorumExtensionSec: number;
  readonly powerLookbackSec: number;
  readonly tighten: TightenLimits;
  readonly backstop: BackstopLimits;
  readonly classes: Readonly<Record<ProposalClass, ClassRule>>;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Start values of GOVERNANCE sections 3 to 5. The local world keeps them: production constants everywhere. */
export const POLICY = {
  version: 'policy/1',
  safetyLevel: 0.2,
  criticalLevel: 0.1,
  relaxMargin: 0.02,
  remedyMargin: 0.005,
  dwellSec: 6 * HOUR,
  judgedRuns: 3,
  breachedRuns: 2,
  maxReadingAgeSec: 15 * MINUTE,
  emergencyBlocksApart: 5,
  maxEvaluationAgeSec: 15 * MINUTE,
  attestersNeeded: 2,
  selfInflictedLimit: 15,
  effectiveShare: 0.5,
  maxRenewals: 2,
  quorumBps: 400,
  lateQuorumExtensionSec: DAY,
  powerLookbackSec: DAY,
  tighten: {
    stepBps: 50,
    emergencyStepBps: 200,
    driftBps: 500,
    driftReservedBps: 300,
    driftWindowSec: 30 * DAY,
    minIntervalSec: 15 * MINUTE,
    ttlSec: 72 * HOUR,
    rampSec: HOUR,
    ltFloorBps: 1_000,
    ltvFloorBps: 500,
  },
  backstop: { perEventBps: 500, perDayBps: 1_000, perMonthBps: 1_500, floorBps: 2_000 },
  classes: {
    T: { path: 'fast', reviewSec: null, voteSec: null, delaySec: 0, graceSec: 0 },
    B0: { path: 'fast', reviewSec: null, voteSec: null, delaySec: 0, graceSec: 0 },
    B1: { path: 'council', reviewSec: null, voteSec: null, delaySec: 6 * HOUR, graceSec: 72 * HOUR },
    R: { path: 'vote', reviewSec: DAY, voteSec: 3 * DAY, delaySec: 2 * DAY, graceSec: 7 * DAY },
    S: { path: 'vote', reviewSec: DAY, voteSec: 3 * DAY, delaySec: 2 * DAY, graceSec: 7 * DAY },
    P: { path: 'guardian', reviewSec: null, voteSec: null, delaySec: 0, graceSec: 0 },
  },
} as const satisfies Policy;
