import type { MarketSnapshot } from '#libs/market/index';
import { ScenarioError } from '../cascade/error.js';
import { runCascade } from '../cascade/run.js';
import { inIdleMemory, systemOf, type System } from '../cascade/system.js';
import type { RunStatus } from '../evaluation-record.js';
import type { Scenario, SsfSearch } from '../scenario.js';
import { perpTriggers } from './perp-triggers.js';
import { solvencyOf } from './solvency.js';
import type { Waterfall } from './waterfall.js';
import { triggerPoints } from './trigger-points.js';
import { vaultTriggers } from './vault-triggers.js';

/** What one run of the search showed. */
export interface ScanPoint {
  readonly shock: number;
  readonly status: RunStatus;
  readonly lossUsd: number;
  readonly fundUsd: number;
  /** Some member fails: the systemic judgement, the headline. */
  readonly failing: boolean;
  /** All losses together exceed all money together. */
  readonly pooledFailing: boolean;
  readonly members: readonly MemberPoint[];
}

/** What the same run showed for one member. */
export interface MemberPoint {
  readonly member: string;
  readonly lossUsd: number;
  readonly fundUsd: number;
  /** Bad debt that insurance and funds leave, if the DAO has to pay for any of it; else 0. */
  readonly uncoveredUsd: number;
  readonly failing: boolean;
}

/** Every run of the search that was evaluated on the scan set, ascending in shock. */
interface Scanned {
  readonly scan: readonly ScanPoint[];
  /** Number of cascades run, bisection included. */
  readonly evaluations: number;
}

/**
 * Result of the search for the smallest failing shock. It is the first crossing *at the scan resolution*: between two
 * scan points a narrower island of failure can hide.
 */
export type SsfOutcome =
  | (Scanned & {
      readonly status: 'found';
      /** Smallest failing shock found: fails here, is safe at bracket.safe, and the two are within the tolerance. */
      readonly threshold: number;
      readonly bracket: { readonly safe: number; readonly failing: number };
      /** False when some larger scan point was safe again; null unless the whole scan set was evaluated. */
      readonly monotone: boolean | null;
    })
  | (Scanned & { readonly status: 'beyond-range'; readonly maxShock: number; readonly monotone: true })
  | (Scanned & { readonly status: 'already-failed'; readonly monotone: null })
  | (Scanned & { readonly status: 'unpublishable'; readonly cappedAt: number; readonly monotone: null });

/** Input of a search: the size of the scenario's shock is replaced by each scanned size. */
export interface SsfQuestion {
  readonly snapshot: MarketSnapshot;
  readonly scenario: Scenario;
  readonly search: SsfSearch;
}

/**
 * SSF threshold: the smallest shock under which some member's loss exceeds the money behind it (MODEL 6.3, 0.11).
 * Evaluates the scan set {uniform grid} and {trigger points} upwards to the first failure, then bisects between the last
 * safe and the first failing point. Loss is not monotone in the shock, so bisection alone would be wrong.
 *
 * @throws DlcmError for a snapshot or scenario the engine refuses
 */
export function ssfThreshold(question: SsfQuestion): SsfOutcome {
  return searchThreshold(systemOf(question.snapshot), question);
}

/**
 * The search over a system that is already laid out.
 *
 * @param at judges one shock; a caller who keeps the answers can use them again
 */
export function searchThreshold(
  system: System,
  question: Omit<SsfQuestion, 'snapshot'>,
  at: (shock: number) => ScanPoint = (shock) => pointAt(system, question.scenario, shock),
): SsfOutcome {
  const search = thresholdSearch(system, question);
  let step = search.next();
  while (step.done !== true) step = search.next(pointsOf(step.value, at));
  return step.value;
}

/** Points a search needs: those of `shocks` in order, up to and including the first that ends the wave. */
export interface Wave {
  readonly shocks: readonly number[];
  readonly ends: (point: ScanPoint) => boolean;
}

function pointsOf(wave: Wave, at: (shock: number) => ScanPoint): readonly ScanPoint[] {
  const points: ScanPoint[] = [];
  for (const shock of wave.shocks) {
    const point = at(shock);
    points.push(point);
    if (wave.ends(point)) break;
  }
  return points;
}

/**
 * The search as a conversation: it asks for waves of points and is answered with them. Whoever answers may compute points
 * side by side, and ahead; the outcome, its scan and its count depend on the answers alone.
 */
export function* thresholdSearch(
  system: System,
  question: Omit<SsfQuestion, 'snapshot'>,
): Generator<Wave, SsfOutcome, readonly ScanPoint[]> {
  const { search } = question;
  requireSearch(search);
  const ends = (point: ScanPoint): boolean => (point.failing && !search.certify) || point.status === 'CAPPED';
  const scan = [...(yield { shocks: [0], ends })];
  if (scan[0]!.failing) return { status: 'already-failed', monotone: null, scan, evaluations: 1 };
  scan.push(...(yield { shocks: scanSet(system, question), ends }));
  let evaluations = scan.length;
  const capped = scan.find((point) => point.status === 'CAPPED');
  if (capped !== undefined)
    return { status: 'unpublishable', cappedAt: capped.shock, monotone: null, scan, evaluations };
  const first = scan.findIndex((point) => point.failing);
  if (first < 0)
    return { status: 'beyond-range', maxShock: search.maxShock, monotone: true, scan, evaluations };
  let safe = scan[first - 1]!.shock;
  let failing = scan[first]!.shock;
  while (failing - safe > search.tolerance) {
    const middle = safe + (failing - safe) / 2;
    if (middle <= safe || middle >= failing) break;
    const [point] = yield { shocks: [middle], ends };
    evaluations += 1;
    if (point!.failing) failing = middle;
    else safe = middle;
  }
  const monotone = search.certify ? scan.slice(first).every((point) => point.failing) : null;
  return { status: 'found', threshold: failing, bracket: { safe, failing }, monotone, scan, evaluations };
}

/** One cascade and its judgement. */
export function pointAt(system: System, scenario: Scenario, shock: number): ScanPoint {
  const sized = { ...scenario, shock: { ...scenario.shock, size: shock } };
  const { status, solvency } = inIdleMemory(system, (memory) => {
    const run = runCascade(system, sized, { memory });
    return { status: run.status, solvency: solvencyOf(run) };
  });
  const { lossUsd, fundUsd, failing, pooledFailing, members, waterfall } = solvency;
  return {
    shock,
    status,
    lossUsd,
    fundUsd,
    failing,
    pooledFailing,
    members: members.map((own, i) => ({
      member: own.member,
      lossUsd: own.lossUsd,
      fundUsd: own.fundUsd,
      uncoveredUsd: uncovered(waterfall[i]!),
      failing: own.failing,
    })),
  };
}

function uncovered({ daoUsd, socialisedUsd }: Waterfall): number {
  return daoUsd > 0 ? daoUsd + socialisedUsd : 0;
}

/** Shock sizes to scan, ascending and without repeats, 0 excluded. */
export function scanSet(system: System, question: Omit<SsfQuestion, 'snapshot'>): readonly number[] {
  const { maxShock, step, triggerPoints: groups } = question.search;
  const steps = Math.ceil(maxShock / step - 1e-9);
  const grid = Array.from({ length: steps }, (_, i) => Math.min(maxShock, (i + 1) * step));
  const triggers = triggerPoints(system, question.scenario, { groups, maxShock });
  const perps = perpTriggers(system, question.scenario, { groups, maxShock });
  const vaults = vaultTriggers(system, question.scenario, maxShock);
  return [...new Set([...grid, ...triggers, ...vaults, ...perps])].sort((a, b) => a - b);
}

function requireSearch(search: SsfSearch): void {
  const check = (field: keyof SsfSearch, holds: boolean, accepted: string): void => {
    if (!holds) throw new ScenarioError(`search.${field}`, `${search[field]}`, accepted);
  };
  check('maxShock', search.maxShock > 0 && search.maxShock <= 0.99, 'a share in (0, 0.99]');
  check('step', search.step > 0 && search.step <= 0.0025, 'a share in (0, 0.0025]');
  check('tolerance', search.tolerance > 0, 'a share above 0');
  check('triggerPoints', search.triggerPoints >= 0, 'a count of at least 0');
}
