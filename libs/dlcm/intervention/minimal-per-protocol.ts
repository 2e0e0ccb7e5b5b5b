import { encodeSnapshot } from '#libs/market/index';
import { tightenMargins, type MarginCut } from './apply.js';
import type { Certificate } from './minimal-backstop.js';
import { minimalMarginTightening, refine, type TighteningInput } from './minimal-margin-tightening.js';
import { holdsUpTo, thresholdAgainst } from './scan-to-target.js';

/** Reduction of every market of one member, basis points of the liquidation threshold. */
export interface MemberStep {
  readonly member: string;
  readonly stepBps: number;
}

export type PerProtocolOutcome =
  | {
      readonly status: 'sufficient';
      /** In member id order. One basis point less for any one of them does not suffice. */
      readonly steps: readonly MemberStep[];
      readonly costUsd: number;
      readonly deleveragedUsd: number;
      readonly accountsTouched: number;
      readonly certificate: Certificate;
    }
  | { readonly status: 'not-needed' | 'insufficient'; readonly thresholdBefore: number | null };

/**
 * Margin tightening with a reduction of its own for every member (MODEL 13): starts from the smallest uniform one and
 * lowers the members' cuts one after the other, in member id order, as far as the target still holds, until a whole pass
 * changes nothing. The result is minimal in the sense that one basis point less anywhere fails (`certificate`: the member
 * whose cut is cheapest to undercut); a cheaper one with other proportions may exist, since the effect is not monotone.
 *
 * @throws ScenarioError (DLCM-142) without levers; DlcmError for a snapshot or scenario the engine refuses
 */
export function minimalPerProtocolTightening(input: TighteningInput): PerProtocolOutcome {
  const uniform = minimalMarginTightening(input);
  if (uniform.status !== 'sufficient')
    return { status: uniform.status, thresholdBefore: uniform.thresholdBefore };
  const steps = lowered(input, uniform.stepBps);
  const applied = tightenMargins(input.snapshot, cutsBy(input, steps), input.mode);
  const below = steps
    .filter((own) => own.stepBps > 0)
    .map((own) =>
      thresholdAgainst(changed(input, replaced(steps, { ...own, stepBps: own.stepBps - 1 })), input),
    );
  return {
    status: 'sufficient',
    steps,
    costUsd: applied.deleveragedUsd * input.unwindCost,
    deleveragedUsd: applied.deleveragedUsd,
    accountsTouched: applied.accountsTouched,
    certificate: {
      snapshotRoot: encodeSnapshot(input.snapshot).root,
      thresholdBefore: uniform.certificate.thresholdBefore,
      thresholdAfter: thresholdAgainst(applied.snapshot, input),
      thresholdJustBelow: highest(below),
    },
  };
}

function lowered(input: TighteningInput, uniformBps: number): readonly MemberStep[] {
  const members = [...new Set(input.levers.map((lever) => lever.member))].sort();
  let steps: readonly MemberStep[] = members.map((member) => ({ member, stepBps: uniformBps }));
  for (let moved = true; moved;) {
    moved = false;
    for (const own of steps) {
      const stepBps = smallest(input, steps, own);
      if (stepBps === own.stepBps) continue;
      moved = true;
      steps = replaced(steps, { ...own, stepBps });
    }
  }
  return steps;
}

/** Smallest cut of one member that still holds with the others as they are; its present one holds. */
function smallest(input: TighteningInput, steps: readonly MemberStep[], own: MemberStep): number {
  const holds = (stepBps: number): boolean =>
    holdsUpTo(changed(input, replaced(steps, { ...own, stepBps })), input);
  if (own.stepBps === 0 || !holds(own.stepBps - 1)) return own.stepBps;
  if (holds(0)) return 0;
  return refine(holds, { failing: 0, holding: own.stepBps - 1 });
}

const replaced = (steps: readonly MemberStep[], by: MemberStep): readonly MemberStep[] =>
  steps.map((step) => (step.member === by.member ? by : step));

const changed = (input: TighteningInput, steps: readonly MemberStep[]) =>
  tightenMargins(input.snapshot, cutsBy(input, steps), input.mode).snapshot;

function cutsBy({ levers }: TighteningInput, steps: readonly MemberStep[]): readonly MarginCut[] {
  return levers.map(({ member, asset, maxStepBps }) => {
    const bps = steps.find((step) => step.member === member)!.stepBps;
    const step = Math.min(bps, maxStepBps) / 10_000;
    return { member, asset, lt: step, ltv: step };
  });
}

/** The largest of some thresholds, null (beyond range) above all. */
function highest(thresholds: readonly (number | null)[]): number | null {
  return thresholds.reduce<number | null>(
    (most, next) => (most === null || next === null ? null : Math.max(most, next)),
    0,
  );
}
