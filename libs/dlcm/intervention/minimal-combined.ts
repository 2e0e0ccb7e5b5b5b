import { encodeSnapshot, type Snapshot } from '#libs/market/index';
import { ScenarioError } from '../cascade/error.js';
import { tightenMargins } from './apply.js';
import { withBackstops, type BackstopNeed, type Certificate } from './minimal-backstop.js';
import { cutsOf, type TighteningInput } from './minimal-margin-tightening.js';
import { scanToTarget, thresholdAgainst } from './scan-to-target.js';

/** A search over margin tightening and backstop together. */
export interface CombinedInput extends TighteningInput {
  /** Cost of one USD of backstop committed, beside `unwindCost` per USD of debt repaid early. */
  readonly backstopCost: number;
}

/** One reduction with the backstop it leaves necessary. USD. */
export interface CombinedPlan {
  readonly stepBps: number;
  readonly needs: readonly BackstopNeed[];
  readonly backstopUsd: number;
  readonly deleveragedUsd: number;
  readonly accountsTouched: number;
  readonly costUsd: number;
}

export type CombinedOutcome =
  | { readonly status: 'sufficient'; readonly plan: CombinedPlan; readonly certificate: Certificate }
  | { readonly status: 'not-needed'; readonly thresholdBefore: number | null }
  /** Runs below the target are cut off, or a member fails in a way that money does not cure. */
  | { readonly status: 'insufficient'; readonly thresholdBefore: number | null };

/** Spacings of the search over the reduction, basis points: each pass looks around the best of the one before. */
const PASSES_BPS = [100, 10, 1] as const;

/**
 * Cheapest combination of a uniform margin tightening x and the exact backstop B(x) it leaves necessary:
 * min unwindCost x sum (D - D') + backstopCost x B (MODEL 13). B(x) is exact at scan resolution; x is searched on a grid of 100
 * bp, then 10 bp and 1 bp around the best, so that a narrow optimum between two coarse steps can be missed.
 *
 * @throws ScenarioError (DLCM-142) without levers; DlcmError for a snapshot or scenario the engine refuses
 */
export function minimalCombined(input: CombinedInput): CombinedOutcome {
  if (input.levers.length === 0) throw new ScenarioError('levers', 'empty', 'at least one market to tighten');
  const thresholdBefore = thresholdAgainst(input.snapshot, input);
  if (scanToTarget(input.snapshot, input).holds) return { status: 'not-needed', thresholdBefore };
  const plan = cheapest(input);
  if (plan === null) return { status: 'insufficient', thresholdBefore };
  return {
    status: 'sufficient',
    plan,
    certificate: {
      snapshotRoot: encodeSnapshot(input.snapshot).root,
      thresholdBefore,
      thresholdAfter: thresholdAgainst(applied(input, plan), input),
      thresholdJustBelow: thresholdAgainst(applied(input, oneLess(plan)), input),
    },
  };
}

/** The plan at one reduction; null when money cannot close the gap. */
export function combinedPlan(input: CombinedInput, stepBps: number): CombinedPlan | null {
  const tightened = tightenMargins(input.snapshot, cutsOf(input.levers, stepBps), input.mode);
  const scan = scanToTarget(tightened.snapshot, input);
  const needs = scan.gaps
    .filter((gap) => gap.usd > 0)
    .map((gap) => ({ member: gap.member, usd: Math.ceil(gap.usd) }));
  if (scan.capped || (!scan.holds && needs.length === 0)) return null;
  const backstopUsd = needs.reduce((sum, need) => sum + need.usd, 0);
  const { deleveragedUsd, accountsTouched } = tightened;
  const costUsd = input.unwindCost * deleveragedUsd + input.backstopCost * backstopUsd;
  return { stepBps, needs, backstopUsd, deleveragedUsd, accountsTouched, costUsd };
}

function cheapest(input: CombinedInput): CombinedPlan | null {
  const max = Math.max(...input.levers.map((lever) => lever.maxStepBps));
  const known = new Map<number, CombinedPlan | null>();
  const asked = (bps: number): CombinedPlan | null => {
    const plan = known.has(bps) ? known.get(bps)! : combinedPlan(input, bps);
    known.set(bps, plan);
    return plan;
  };
  let best: CombinedPlan | null = null;
  let from = 0;
  let to = max;
  for (const spacing of PASSES_BPS) {
    for (let bps = from; bps <= to; bps += spacing) best = cheaper(best, asked(bps));
    best = cheaper(best, asked(to));
    if (best === null) return null;
    from = Math.max(0, best.stepBps - spacing);
    to = Math.min(max, best.stepBps + spacing);
  }
  return best;
}

/** Least cost, ties to the smaller reduction. */
function cheaper(a: CombinedPlan | null, b: CombinedPlan | null): CombinedPlan | null {
  if (a === null || b === null) return a ?? b;
  if (b.costUsd !== a.costUsd) return b.costUsd < a.costUsd ? b : a;
  return b.stepBps < a.stepBps ? b : a;
}

function applied(input: CombinedInput, plan: Pick<CombinedPlan, 'stepBps' | 'needs'>): Snapshot {
  const { snapshot } = tightenMargins(input.snapshot, cutsOf(input.levers, plan.stepBps), input.mode);
  return withBackstops(snapshot, plan.needs);
}

/** One USD of every backstop less, or without a backstop one basis point less. */
function oneLess({ stepBps, needs }: CombinedPlan): Pick<CombinedPlan, 'stepBps' | 'needs'> {
  if (needs.length === 0) return { stepBps: stepBps - 1, needs };
  return { stepBps, needs: needs.map((need) => ({ ...need, usd: need.usd - 1 })) };
}
