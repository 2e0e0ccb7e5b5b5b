import { encodeSnapshot, type Snapshot } from '#libs/market/index';
import { ScenarioError } from '../cascade/error.js';
import { tightenMargins, type MarginCut, type MarginMode } from './apply.js';
import type { Certificate } from './minimal-backstop.js';
import { holdsUpTo, scanToTarget, thresholdAgainst, type Yardstick } from './scan-to-target.js';

/** One market whose margin may be tightened, and by how much at most. Basis points of the liquidation threshold. */
export interface MarginLever {
  readonly member: string;
  readonly asset: string;
  readonly maxStepBps: number;
}

export interface TighteningInput extends Yardstick {
  readonly snapshot: Snapshot;
  readonly levers: readonly MarginLever[];
  readonly mode: MarginMode;
  /** USD that repaying one USD of debt early costs its owner. */
  readonly unwindCost: number;
}

export type TighteningOutcome =
  | {
      readonly status: 'sufficient';
      /** Uniform reduction of the liquidation thresholds in basis points, capped by each lever's maximum. */
      readonly stepBps: number;
      readonly costUsd: number;
      readonly deleveragedUsd: number;
      readonly accountsTouched: number;
      readonly certificate: Certificate;
    }
  | { readonly status: 'not-needed'; readonly thresholdBefore: number | null }
  /** No reduction inside the bounds suffices; `thresholdAtMax` is what the largest one reaches. */
  | {
      readonly status: 'insufficient';
      readonly thresholdBefore: number | null;
      readonly thresholdAtMax: number | null;
    };

/** Coarse scan step and resolution of the reduction, basis points (MODEL 13: 0.01, then bisection to 1e-4). */
const COARSE_BPS = 100;

/**
 * Smallest uniform margin tightening after which no member fails up to the target (MODEL 13). Not monotone in the
 * reduction: scans {0, 100, ...} bp, takes the first success that also holds one coarse step further (if the bounds
 * reach that far), bisects to 1 bp and verifies by a full search.
 *
 * @throws ScenarioError (DLCM-142) without levers; DlcmError for a snapshot or scenario the engine refuses
 */
export function minimalMarginTightening(input: TighteningInput): TighteningOutcome {
  if (input.levers.length === 0) throw new ScenarioError('levers', 'empty', 'at least one market to tighten');
  const base = scanToTarget(input.snapshot, input);
  const thresholdOf = (snapshot: Snapshot): number | null => thresholdAgainst(snapshot, input);
  const thresholdBefore = thresholdOf(input.snapshot);
  if (base.holds) return { status: 'not-needed', thresholdBefore };
  const weakest = base.gaps.flatMap((gap) => (gap.shock === null ? [] : [gap.shock]));
  const tightened = (bps: number) => tightenMargins(input.snapshot, cutsOf(input.levers, bps), input.mode);
  const holds = (bps: number): boolean => holdsUpTo(tightened(bps).snapshot, input, weakest);
  const max = Math.max(...input.levers.map((lever) => lever.maxStepBps));
  const coarse = firstLastingSuccess(holds, max);
  if (coarse === null)
    return { status: 'insufficient', thresholdBefore, thresholdAtMax: thresholdOf(tightened(max).snapshot) };
  const stepBps = refine(holds, { failing: coarse.failing, holding: coarse.holding });
  const { snapshot, deleveragedUsd, accountsTouched } = tightened(stepBps);
  return {
    status: 'sufficient',
    stepBps,
    costUsd: deleveragedUsd * input.unwindCost,
    deleveragedUsd,
    accountsTouched,
    certificate: {
      snapshotRoot: encodeSnapshot(input.snapshot).root,
      thresholdBefore,
      thresholdAfter: thresholdOf(snapshot),
      thresholdJustBelow: thresholdOf(tightened(stepBps - 1).snapshot),
    },
  };
}

/** Margin cuts of a uniform reduction, each inside its lever's bound. */
export function cutsOf(levers: readonly MarginLever[], bps: number): readonly MarginCut[] {
  return levers.map(({ member, asset, maxStepBps }) => {
    const step = Math.min(bps, maxStepBps) / 10_000;
    return { member, asset, lt: step, ltv: step };
  });
}

interface CoarseFind {
  readonly failing: number;
  readonly holding: number;
}

function firstLastingSuccess(holds: (bps: number) => boolean, max: number): CoarseFind | null {
  const known = new Map<number, boolean>([[0, false]]);
  const asked = (bps: number): boolean => {
    const answer = known.get(bps) ?? holds(bps);
    known.set(bps, answer);
    return answer;
  };
  const steps = coarseSteps(max);
  for (let i = 1; i < steps.length; i += 1) {
    const next = steps[i + 1];
    if (asked(steps[i]!) && (next === undefined || asked(next)))
      return { failing: steps[i - 1]!, holding: steps[i]! };
  }
  return null;
}

function coarseSteps(max: number): readonly number[] {
  const whole = Array.from({ length: Math.floor(max / COARSE_BPS) + 1 }, (_, i) => i * COARSE_BPS);
  return whole.at(-1) === max ? whole : [...whole, max];
}

/** Bisection in whole basis points; the answer holds and one basis point less does not. */
export function refine(holds: (bps: number) => boolean, between: CoarseFind): number {
  let { failing, holding } = between;
  while (holding - failing > 1) {
    const middle = Math.floor((failing + holding) / 2);
    if (holds(middle)) holding = middle;
    else failing = middle;
  }
  return holding;
}
