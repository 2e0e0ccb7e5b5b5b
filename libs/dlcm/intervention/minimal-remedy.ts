import { publish, publishOptional } from '../publication.js';
import { tightenMargins } from './apply.js';
import { counterfactuals } from './counterfactuals.js';
import { cutsOf, refine } from './minimal-margin-tightening.js';
import type {
  BackstopRemedy,
  MarginBound,
  MarginRemedy,
  RemedyBounds,
  RemedyInput,
  RemedyOutcome,
} from './remedy.js';
import {
  NOTHING,
  remedySearch,
  smallestStep,
  type Candidate,
  type Plan,
  type RemedySearch,
} from './remedy-search.js';
import { holdsUpTo } from './scan-to-target.js';

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
