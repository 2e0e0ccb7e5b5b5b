import type { Snapshot } from '#libs/market/index';
import { systemOf } from '../cascade/system.js';
import { scenarioOf } from '../parameters.js';
import { shockAssetOf } from '../shock-asset.js';
import { tightenMargins, type TightenedSnapshot } from './apply.js';
import { withBackstops, type BackstopNeed } from './minimal-backstop.js';
import { cutsOf } from './minimal-margin-tightening.js';
import { DEFAULT_REMEDY_COSTS, type RemedyBounds, type RemedyInput } from './remedy.js';
import { scanToTarget, thresholdAgainst, type TargetScan, type Yardstick } from './scan-to-target.js';

/** Thresholds further than this above the target are reported as null: out of the range that matters for a remedy. */
const SEARCHED_BEYOND = 0.2;

/** Reductions tried between none and the largest: the search is not monotone, so ends alone would not do. */
const FRACTIONS = [0, 0.25, 0.5, 0.75, 1] as const;

export interface Plan {
  readonly bps: number;
  readonly needs: readonly BackstopNeed[];
}

export const NOTHING: Plan = { bps: 0, needs: [] };

export interface Candidate extends Plan {
  readonly costUsd: number;
  /** Backstop that the bounds do not allow, USD. */
  readonly missingUsd: number;
}

export interface RemedySearch {
  readonly input: RemedyInput;
  readonly yardstick: Yardstick;
  /** Reductions to try, basis points, ascending. */
  readonly reductions: readonly number[];
  readonly tightened: (bps: number) => TightenedSnapshot;
  readonly candidate: (bps: number) => Candidate;
  readonly costOf: (plan: Plan) => number;
  readonly thresholdOf: (plan: Plan) => number | null;
}

export function remedySearch(input: RemedyInput): RemedySearch {
  const { snapshot, parameters, bounds } = input;
  const costs = input.costs ?? DEFAULT_REMEDY_COSTS;
  const asset = shockAssetOf(systemOf(snapshot), parameters);
  const maxShock = Math.min(parameters.search.maxShock, input.target + SEARCHED_BEYOND);
  const yardstick = {
    scenario: scenarioOf(parameters, asset, 0),
    search: { ...parameters.search, maxShock },
    target: input.target,
  };
  const tightened = (bps: number): TightenedSnapshot =>
    tightenMargins(snapshot, cutsOf(bounds.margins, bps), 'orderlyDeleverage');
  const costOf = (plan: Plan): number =>
    costs.unwindCost * tightened(plan.bps).deleveragedUsd + costs.backstopCost * total(plan.needs);
  const changed = (plan: Plan): Snapshot => withBackstops(tightened(plan.bps).snapshot, plan.needs);
  const max = Math.max(0, ...bounds.margins.map((margin) => margin.maxStepBps));
  return {
    input,
    yardstick,
    reductions: reductionsUpTo(max, smallestStep(bounds)),
    tightened,
    candidate: (bps) => {
      const plan = allowed(bounds, bps, scanToTarget(tightened(bps).snapshot, yardstick));
      return { ...plan, costUsd: costOf(plan) };
    },
    costOf,
    thresholdOf: (plan) => thresholdAgainst(changed(plan), yardstick),
  };
}

/** None, and steps up to the largest that no lever refuses as too small. */
function reductionsUpTo(max: number, min: number): readonly number[] {
  const steps = FRACTIONS.map((fraction) => Math.round(fraction * max));
  return [...new Set(steps.filter((step) => step === 0 || step >= min))];
}

/** Backstop needs of a scan, cut to what the bounds allow. */
function allowed(bounds: RemedyBounds, bps: number, scan: TargetScan): Omit<Candidate, 'costUsd'> {
  let missingUsd = 0;
  const needs = scan.gaps
    .filter((gap) => gap.usd > 0)
    .flatMap((gap) => {
      const wanted = Math.ceil(gap.usd);
      const bound = bounds.backstops.find((candidate) => candidate.member === gap.member);
      const usd = bound === undefined ? 0 : Math.min(Math.max(wanted, bound.minSpendUsd), bound.maxSpendUsd);
      missingUsd += Math.max(0, wanted - usd);
      return usd > 0 ? [{ member: gap.member, usd }] : [];
    });
  if (scan.capped || (missingUsd === 0 && needs.length === 0 && !scan.holds)) missingUsd = Infinity;
  return { bps, needs, missingUsd };
}

/** Smallest cut that no lever refuses; 0 without levers. */
export function smallestStep(bounds: RemedyBounds): number {
  return Math.max(0, ...bounds.margins.map((margin) => margin.minStepBps ?? 1));
}

export function total(needs: readonly BackstopNeed[]): number {
  return needs.reduce((sum, need) => sum + need.usd, 0);
}
