import type { Snapshot } from '#libs/market/index';
import { systemOf, type System } from '../cascade/system.js';
import type { Scenario, SsfSearch } from '../scenario.js';
import { pointAt, scanSet, ssfThreshold, type SsfOutcome } from '../solvency/ssf-threshold.js';

/** The shock family and resolution under which interventions are judged. */
export interface Yardstick {
  readonly scenario: Scenario;
  readonly search: SsfSearch;
  /** Shock size the coalition must survive: the safety level. */
  readonly target: number;
}

/** What a member lacked at the worst scan point up to the target. */
export interface MemberGap {
  readonly member: string;
  /** max over the scan of loss - money behind it, or of what would fall on the DAO if that is more, USD, at least 0. */
  readonly usd: number;
  /** Shock at which the gap is largest; null without a gap. */
  readonly shock: number | null;
}

/** Result of scanning every point up to the target. */
export interface TargetScan {
  readonly gaps: readonly MemberGap[];
  /** No member fails at any scan point up to and including the target. */
  readonly holds: boolean;
  /** A run was cut off: nothing may be concluded. */
  readonly capped: boolean;
}

/** Scan points up to the target, the target itself and no shock at all included. */
export function pointsUpTo(system: System, yardstick: Yardstick): readonly number[] {
  const below = scanSet(system, yardstick).filter((shock) => shock < yardstick.target);
  return [0, ...below, yardstick.target];
}

/** Evaluates every scan point up to the target: the exact gap of each member at scan resolution (MODEL 13). */
export function scanToTarget(snapshot: Snapshot, yardstick: Yardstick): TargetScan {
  const system = systemOf(snapshot);
  const worst = new Map<string, MemberGap>(
    system.members.map((member) => [member, { member, usd: 0, shock: null }]),
  );
  let holds = true;
  let capped = false;
  for (const shock of pointsUpTo(system, yardstick)) {
    const { members, status } = pointAt(system, yardstick.scenario, shock);
    capped ||= status === 'CAPPED';
    for (const { member, lossUsd, fundUsd, uncoveredUsd, failing } of members) {
      if (failing) holds = false;
      const usd = Math.max(lossUsd - fundUsd, uncoveredUsd);
      if (usd > worst.get(member)!.usd) worst.set(member, { member, usd, shock });
    }
  }
  return { gaps: [...worst.values()], holds: holds && !capped, capped };
}

/**
 * Whether no member fails at any scan point up to the target. Points are tried in the order given by `first` before
 * the rest, since a point that failed for a similar snapshot refutes fastest; the answer does not depend on it.
 */
export function holdsUpTo(snapshot: Snapshot, yardstick: Yardstick, first: readonly number[] = []): boolean {
  const system = systemOf(snapshot);
  const survives = (shock: number): boolean => {
    const { status, failing } = pointAt(system, yardstick.scenario, shock);
    return status !== 'CAPPED' && !failing;
  };
  const likely = first.filter((shock) => shock <= yardstick.target);
  return likely.every(survives) && [...pointsUpTo(system, yardstick)].reverse().every(survives);
}

/**
 * SSF threshold of a snapshot, judged at the target too: 0 when already failed, null beyond the searched range or when it must
 * not be published. The search follows the scan set; a failure at the target itself, which may lie between two scan points
 * and on an island, is a failure no later than the target.
 */
export function thresholdAgainst(snapshot: Snapshot, yardstick: Yardstick): number | null {
  const outcome = ssfThreshold({ ...yardstick, snapshot });
  const threshold = thresholdNumber(outcome);
  if (outcome.status === 'unpublishable' || (threshold !== null && threshold <= yardstick.target))
    return threshold;
  const system = systemOf(snapshot);
  const { failing } = pointAt(system, yardstick.scenario, yardstick.target);
  return failing ? yardstick.target : threshold;
}

/** Threshold as one number: 0 when already failed, null beyond the searched range or when it must not be published. */
export function thresholdNumber(outcome: SsfOutcome): number | null {
  if (outcome.status === 'found') return outcome.threshold;
  return outcome.status === 'already-failed' ? 0 : null;
}

export function withSize(scenario: Scenario, size: number): Scenario {
  return { ...scenario, shock: { ...scenario.shock, size } };
}
