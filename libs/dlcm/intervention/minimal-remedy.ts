import type { Snapshot } from '#libs/market/index';
import { runCascade, type FinishedRun } from '../cascade/run.js';
import { systemOf } from '../cascade/system.js';
import { lac } from '../metrics/lac.js';
import { scenarioOf, type Parameters } from '../parameters.js';
import { publish, publishOptional } from '../publication.js';
import { shockAssetOf } from '../shock-asset.js';
import { solvencyOf } from '../solvency/solvency.js';
import { tightenMargins, type TightenedSnapshot } from './apply.js';
import { withBackstops, type BackstopNeed } from './minimal-backstop.js';
import { cutsOf, refine, type MarginLever } from './minimal-margin-tightening.js';
import {
  holdsUpTo,
  scanToTarget,
  withSize,
  type TargetScan,
  type Yardstick,
  thresholdAgainst,
} from './scan-to-target.js';

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

/** Thresholds further than this above the target are reported as null: out of the range that matters for a remedy. */
const SEARCHED_BEYOND = 0.2;

/** Reductions tried between none and the largest: the search is not monotone, so ends alone would not do. */
const FRACTIONS = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Searches margin tightening (orderly deleveraging) and backstop together inside the bounds (MODEL 13): for each
 * reduction x the exact backstop B(x) that closes the gap up to the target, then the cheapest
 * unwindCost x repaid + backstopCost x B. A pure tightening is refined to 1 bp. When nothing inside the bounds suffices,
 * the best within them and the certified shortfall are returned. Every threshold in the outcome is re-simulated.
 *
 * @throws DlcmError for a snapshot or parameters the engine refuses
 */
export function minimalRemedy(input: RemedyInput): RemedyOutcome {
  const search = remedySearch({ ...input, bounds: harmlessBounds(input) });
  const before = search.thresholdOf(NOTHING);
  const candidates = search.reductions.map((bps) => search.candidate(bps));
  const feasible = candidates.filter((candidate) => candidate.missingUsd === 0);
  if (feasible.length === 0)
    return outcomeOf(search, { before, chosen: bestEffort(candidates), sufficient: false });
  const cheapest = feasible.reduce((best, next) => (next.costUsd < best.costUsd ? next : best));
  return outcomeOf(search, { before, chosen: refined(search, cheapest, candidates), sufficient: true });
}

/**
 * The bounds with each margin lever cut back to the largest step that harms no more accounts than allowed; a lever left
 * with less than its smallest step is dropped. A cut harms more accounts the larger it is, so halving finds the step.
 */
function harmlessBounds({ snapshot, bounds, selfInflictedLimit = Infinity }: RemedyInput): RemedyBounds {
  const margins = bounds.margins.flatMap((bound): readonly MarginBound[] => {
    const harmless = (step: number): boolean =>
      tightenMargins(snapshot, cutsOf([bound], step), 'immediate').accountsTouched <= selfInflictedLimit;
    const maxStepBps = largestStep(bound.maxStepBps, harmless);
    return maxStepBps < (bound.minStepBps ?? 1) ? [] : [{ ...bound, maxStepBps }];
  });
  return { ...bounds, margins };
}

function largestStep(max: number, harmless: (step: number) => boolean): number {
  if (harmless(max)) return max;
  let good = 0;
  let bad = max;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (harmless(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

interface Plan {
  readonly bps: number;
  readonly needs: readonly BackstopNeed[];
}
const NOTHING: Plan = { bps: 0, needs: [] };

interface Candidate extends Plan {
  readonly costUsd: number;
  /** Backstop that the bounds do not allow, USD. */
  readonly missingUsd: number;
}

interface RemedySearch {
  readonly input: RemedyInput;
  readonly yardstick: Yardstick;
  /** Reductions to try, basis points, ascending. */
  readonly reductions: readonly number[];
  readonly tightened: (bps: number) => TightenedSnapshot;
  readonly candidate: (bps: number) => Candidate;
  readonly costOf: (plan: Plan) => number;
  readonly thresholdOf: (plan: Plan) => number | null;
}

function remedySearch(input: RemedyInput): RemedySearch {
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

/** Least shortfall, then least cost. */
function bestEffort(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, next) =>
    next.missingUsd < best.missingUsd || (next.missingUsd === best.missingUsd && next.costUsd < best.costUsd)
      ? next
      : best,
  );
}

/** A tightening that needs no backstop is narrowed to the smallest one that holds. */
function refined(search: RemedySearch, chosen: Candidate, tried: readonly Candidate[]): Candidate {
  if (chosen.bps === 0 || chosen.needs.length > 0) return chosen;
  const failing = Math.max(...tried.filter((one) => one.bps < chosen.bps).map((one) => one.bps));
  const holds = (bps: number): boolean => holdsUpTo(search.tightened(bps).snapshot, search.yardstick);
  const bps = Math.max(smallestStep(search.input.bounds), refine(holds, { failing, holding: chosen.bps }));
  return { ...chosen, bps, costUsd: search.costOf({ bps, needs: [] }) };
}

interface Choice {
  readonly before: number | null;
  readonly chosen: Candidate;
  readonly sufficient: boolean;
}

function outcomeOf(search: RemedySearch, { before, chosen, sufficient }: Choice): RemedyOutcome {
  const after = search.thresholdOf(chosen);
  const smaller = oneSmaller(search.input.bounds, chosen);
  const missing = sufficient || after === null ? null : Math.max(0, search.input.target - after);
  return {
    actions: actionsOf(search.input.bounds, chosen),
    thresholdBefore: publishOptional('remedy.thresholdBefore', before),
    thresholdAfter: publishOptional('remedy.thresholdAfter', after),
    thresholdJustBelow:
      !sufficient || smaller === null
        ? null
        : publishOptional('remedy.thresholdJustBelow', search.thresholdOf(smaller)),
    costUsd: publish('remedy.costUsd', chosen.costUsd),
    shortfall:
      missing === null
        ? null
        : {
            thresholdMissing: publish('remedy.thresholdMissing', missing),
            backstopUsd: publish(
              'remedy.costUsd',
              Number.isFinite(chosen.missingUsd) ? chosen.missingUsd : 0,
            ),
          },
    counterfactuals: counterfactuals(search, { before, after, chosen }),
  };
}

/** The plan less one tolerance; null when the smallest step or tranche that may be proposed is already reached. */
function oneSmaller(bounds: RemedyBounds, plan: Plan): Plan | null {
  const smallest = (member: string): number =>
    bounds.backstops.find((bound) => bound.member === member)?.minSpendUsd ?? 0;
  if (plan.needs.length > 0) {
    const needs = plan.needs.map((need) =>
      need.usd > smallest(need.member) ? { ...need, usd: need.usd - 1 } : need,
    );
    return needs.some((need, i) => need.usd < plan.needs[i]!.usd) ? { ...plan, needs } : null;
  }
  return plan.bps > smallestStep(bounds) ? { ...plan, bps: plan.bps - 1 } : null;
}

/** Smallest cut that no lever refuses; 0 without levers. */
function smallestStep(bounds: RemedyBounds): number {
  return Math.max(0, ...bounds.margins.map((margin) => margin.minStepBps ?? 1));
}

function actionsOf(bounds: RemedyBounds, plan: Plan): readonly (MarginRemedy | BackstopRemedy)[] {
  const margins = bounds.margins.flatMap((bound): readonly MarginRemedy[] => {
    const step = Math.min(plan.bps, bound.maxStepBps);
    if (step === 0) return [];
    return [
      {
        lever: 'margin-tightening',
        member: bound.member,
        asset: bound.asset,
        ltvBpsFrom: bound.ltvBps,
        ltvBpsTo: Math.max(0, bound.ltvBps - step),
        ltBpsFrom: bound.ltBps,
        ltBpsTo: Math.max(0, bound.ltBps - step),
        rampSec: bound.rampSec,
      },
    ];
  });
  const backstops = plan.needs.flatMap((need): readonly BackstopRemedy[] => {
    const bound = bounds.backstops.find((candidate) => candidate.member === need.member);
    if (bound === undefined) return [];
    const { member, collateral, debtAsset } = bound;
    return [{ lever: 'backstop-tranche', member, collateral, debtAsset, maxSpendUsd: need.usd }];
  });
  return [...margins, ...backstops];
}

/** Do nothing, the proposal, half and double of it, and each lever alone at its bound. */
function counterfactuals(
  search: RemedySearch,
  known: { readonly before: number | null; readonly after: number | null; readonly chosen: Candidate },
): readonly RemedyRow[] {
  const { bounds } = search.input;
  const { chosen } = known;
  const scaled = (factor: number): Plan => ({
    bps: Math.round(chosen.bps * factor),
    needs: chosen.needs.map((need) => ({ ...need, usd: Math.round(need.usd * factor) })),
  });
  const rows: (readonly [label: string, plan: Plan, threshold: number | null | undefined])[] = [
    ['do-nothing', NOTHING, known.before],
    ['proposed', chosen, known.after],
    ['half', scaled(0.5), undefined],
    ['double', scaled(2), undefined],
  ];
  const max = search.reductions.at(-1)!;
  if (max > 0) rows.push(['margin-tightening', { bps: max, needs: [] }, undefined]);
  const needs = bounds.backstops.map(({ member, maxSpendUsd }) => ({ member, usd: maxSpendUsd }));
  if (total(needs) > 0) rows.push(['backstop-tranche', { bps: 0, needs }, undefined]);
  return rows.map(([label, plan, threshold]) =>
    rowOf(search, { label, plan, threshold: threshold === undefined ? search.thresholdOf(plan) : threshold }),
  );
}

function rowOf(
  search: RemedySearch,
  row: { readonly label: string; readonly plan: Plan; readonly threshold: number | null },
): RemedyRow {
  const { yardstick, input } = search;
  const tightened = search.tightened(row.plan.bps);
  const system = systemOf(withBackstops(tightened.snapshot, row.plan.needs));
  const run = runCascade(system, withSize(yardstick.scenario, input.target));
  return {
    label: row.label,
    ssfThreshold: publishOptional('remedy.thresholdAfter', row.threshold),
    expectedLossUsd: publish('remedy.lossUsd', solvencyOf(run).lossUsd),
    costUsd: publish('remedy.costUsd', search.costOf(row.plan)),
    accountsAffected: tightened.accountsTouched,
    lac10Usd: publish('remedy.capacityUsd', lacLeft(run, yardstick.scenario.shock.asset)),
    capitalUnusableUsd: publish('remedy.costUsd', tightened.capacityLostUsd + total(row.plan.needs)),
  };
}

/** LAC(10 %) of an asset on the venues as a run left them, USD; 0 without venues. */
function lacLeft({ state }: FinishedRun, asset: string): number {
  const { assets } = state.system;
  const index = assets.index.get(asset) ?? -1;
  const venues = state.venues[index] ?? null;
  return venues === null ? 0 : lac(venues, LAC_SHIFT, state.market[assets.quote[index]!]!).usd;
}

const LAC_SHIFT = 0.1;

function total(needs: readonly BackstopNeed[]): number {
  return needs.reduce((sum, need) => sum + need.usd, 0);
}
