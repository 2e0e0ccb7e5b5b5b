import type { Digest } from '#libs/canonical/index';
import type { Policy } from './policy.js';
import { comparableThreshold, type RiskReading } from './reading.js';

/** How cautious the coalition is, from attested readings. */
export type Regime = 'GREEN' | 'WATCH' | 'TIGHTEN' | 'EMERGENCY' | 'RECOVERY';

/** Order of caution: a larger number allows less. RECOVERY still restrains what TIGHTEN imposed, but adds nothing. */
export const SEVERITY = {
  GREEN: 0,
  WATCH: 1,
  RECOVERY: 2,
  TIGHTEN: 3,
  EMERGENCY: 4,
} as const satisfies Record<Regime, number>;

/** What the history of readings means now. */
export interface Judgement {
  readonly regime: Regime;
  /** The newest reading that could be judged; null when there is none. */
  readonly judged: RiskReading | null;
  /** True when a remedy must be searched for: the regime is TIGHTEN or EMERGENCY on fresh data. */
  readonly breach: boolean;
  /** True when no limit may be loosened now. */
  readonly relaxationFrozen: boolean;
  readonly stale: boolean;
  readonly reason: string;
}

interface Walk {
  readonly regime: Regime;
  /** Since when every reading, without a gap, was past the level plus margin; null when the newest was not. */
  readonly clearSince: number | null;
  readonly previous: RiskReading | null;
  /** Thresholds of the last `judgedRuns` readings, oldest first. */
  readonly window: readonly number[];
}

const START: Walk = { regime: 'GREEN', clearSince: null, previous: null, window: [] };
const PPM = 1_000_000;
const ppm = (fraction: number): number => Math.round(fraction * PPM);

/**
 * Judges the attested readings of the coalition at a time (GOVERNANCE section 3).
 *
 * TIGHTEN when the SSF threshold is below the safety level in `breachedRuns` of the last `judgedRuns` runs, or once below the
 * critical level; EMERGENCY when it is below the critical level in two runs at least `emergencyBlocksApart` blocks apart with
 * robust evidence; left only when every reading of a gap-free `dwellSec` was at or above level + `relaxMargin` (RECOVERY
 * meanwhile). CAPPED evaluations are never judged; missing or stale data never relaxes: it raises WATCH and freezes
 * relaxation.
 *
 * @param history attested readings in any order; those later than `now` are not seen
 * @param now chain time in unix seconds
 * @example judge([], now, POLICY).regime // 'WATCH': nothing is known
 */
export function judge(history: readonly RiskReading[], now: number, policy: Policy): Judgement {
  const seen = judgeable(history, now);
  const walk = seen.reduce((state, reading) => step(state, reading, policy), START);
  const newest = walk.previous;
  const stale = newest === null || now - newest.snapshotTime > policy.maxReadingAgeSec;
  const regime = stale && SEVERITY[walk.regime] < SEVERITY.WATCH ? 'WATCH' : walk.regime;
  return {
    regime,
    judged: newest,
    breach: !stale && SEVERITY[regime] >= SEVERITY.TIGHTEN,
    relaxationFrozen: stale || SEVERITY[regime] >= SEVERITY.TIGHTEN,
    stale,
    reason: reasonOf(walk, stale, policy),
  };
}

/** The judgeable part of a history in time order, one reading per evaluation. */
function judgeable(history: readonly RiskReading[], now: number): readonly RiskReading[] {
  const byEvaluation = new Map<Digest, RiskReading>();
  for (const reading of history) {
    if (reading.snapshotTime <= now && comparableThreshold(reading) !== null)
      byEvaluation.set(reading.evaluation, reading);
  }
  return [...byEvaluation.values()].sort(
    (a, b) =>
      a.snapshotTime - b.snapshotTime ||
      a.blockNumber - b.blockNumber ||
      (a.evaluation < b.evaluation ? -1 : 1),
  );
}

function step(state: Walk, reading: RiskReading, policy: Policy): Walk {
  const threshold = comparableThreshold(reading) ?? 0;
  const window = [...state.window, threshold].slice(-policy.judgedRuns);
  const clearSince = clearFrom(state, reading, policy);
  const next = { clearSince, previous: reading, window };
  if (isEmergency(state, reading, policy)) return { ...next, regime: 'EMERGENCY' };
  if (isTighten(window, policy))
    return { ...next, regime: state.regime === 'EMERGENCY' ? 'EMERGENCY' : 'TIGHTEN' };
  if (SEVERITY[state.regime] >= SEVERITY.RECOVERY)
    return { ...next, regime: afterRestraint(state.regime, reading, { clearSince, policy }) };
  return { ...next, regime: below(threshold, policy.safetyLevel) ? 'WATCH' : 'GREEN' };
}

const below = (threshold: number, level: number): boolean => ppm(threshold) < ppm(level);

/** Start of the present gap-free run of readings past the level plus margin. */
function clearFrom(state: Walk, reading: RiskReading, policy: Policy): number | null {
  if (ppm(comparableThreshold(reading) ?? 0) < ppm(policy.safetyLevel) + ppm(policy.relaxMargin)) return null;
  const gap =
    state.previous === null || reading.snapshotTime - state.previous.snapshotTime > policy.maxReadingAgeSec;
  return gap || state.clearSince === null ? reading.snapshotTime : state.clearSince;
}

function isTighten(window: readonly number[], policy: Policy): boolean {
  const newest = window[window.length - 1] ?? 1;
  if (below(newest, policy.criticalLevel)) return true;
  return window.filter((t) => below(t, policy.safetyLevel)).length >= policy.breachedRuns;
}

function isEmergency(state: Walk, reading: RiskReading, policy: Policy): boolean {
  const before = state.previous;
  if (before === null || !reading.robust) return false;
  const bothCritical = [before, reading].every((r) =>
    below(comparableThreshold(r) ?? 0, policy.criticalLevel),
  );
  return bothCritical && reading.blockNumber - before.blockNumber >= policy.emergencyBlocksApart;
}

function afterRestraint(
  regime: Regime,
  reading: RiskReading,
  rest: { clearSince: number | null; policy: Policy },
): Regime {
  if (rest.clearSince === null) return regime === 'RECOVERY' ? 'TIGHTEN' : regime;
  return reading.snapshotTime - rest.clearSince >= rest.policy.dwellSec ? 'GREEN' : 'RECOVERY';
}

function reasonOf(walk: Walk, stale: boolean, policy: Policy): string {
  const newest = walk.window[walk.window.length - 1];
  if (newest === undefined) return 'no reading can be judged';
  const low = walk.window.filter((t) => below(t, policy.safetyLevel)).length;
  const runs = `SSF threshold ${newest}, below ${policy.safetyLevel} in ${low} of the last ${walk.window.length} runs`;
  return stale ? `${runs}; the newest reading is older than ${policy.maxReadingAgeSec} s` : runs;
}
