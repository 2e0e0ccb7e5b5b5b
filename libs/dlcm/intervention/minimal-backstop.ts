import { encodeSnapshot, type Snapshot } from '#libs/market/index';
import { addBackstop } from './apply.js';
import { scanToTarget, thresholdAgainst, type Yardstick } from './scan-to-target.js';

/** Proof that an intervention suffices and that one a tolerance smaller does not. Thresholds are null beyond the range. */
export interface Certificate {
  readonly thresholdBefore: number | null;
  readonly thresholdAfter: number | null;
  /** Threshold of the intervention less one tolerance: at or below the target, so the target shock is not survived. */
  readonly thresholdJustBelow: number | null;
  /** Merkle root of the snapshot the intervention was searched on. */
  readonly snapshotRoot: `0x${string}`;
}

/** USD to add behind one member. */
export interface BackstopNeed {
  readonly member: string;
  /** Whole USD, rounded up. */
  readonly usd: number;
}

export type BackstopOutcome =
  | {
      readonly status: 'sufficient';
      readonly needs: readonly BackstopNeed[];
      readonly totalUsd: number;
      readonly certificate: Certificate;
    }
  | { readonly status: 'not-needed'; readonly thresholdBefore: number | null }
  /** A run below the target was cut off; nothing can be certified. */
  | { readonly status: 'unpublishable' };

/**
 * Smallest backstop that adds to the funds: for each member max over scan points s <= target of (L(s) - F(s))+, exact at
 * scan resolution, in whole USD rounded up (MODEL 13; several members add up, 0.25).
 *
 * @throws DlcmError for a snapshot or scenario the engine refuses
 */
export function minimalBackstop(input: Yardstick & { readonly snapshot: Snapshot }): BackstopOutcome {
  const { snapshot } = input;
  const scan = scanToTarget(snapshot, input);
  if (scan.capped) return { status: 'unpublishable' };
  const thresholdOf = (changed: Snapshot): number | null => thresholdAgainst(changed, input);
  const thresholdBefore = thresholdOf(snapshot);
  if (scan.holds) return { status: 'not-needed', thresholdBefore };
  const needs = scan.gaps
    .filter((gap) => gap.usd > 0)
    .map((gap) => ({ member: gap.member, usd: Math.ceil(gap.usd) }));
  const certificate = {
    snapshotRoot: encodeSnapshot(snapshot).root,
    thresholdBefore,
    thresholdAfter: thresholdOf(withBackstops(snapshot, needs)),
    thresholdJustBelow: thresholdOf(
      withBackstops(
        snapshot,
        needs.map((need) => ({ ...need, usd: need.usd - 1 })),
      ),
    ),
  };
  return {
    status: 'sufficient',
    needs,
    totalUsd: needs.reduce((sum, need) => sum + need.usd, 0),
    certificate,
  };
}

/** The snapshot with every need added behind its member. */
export function withBackstops(snapshot: Snapshot, needs: readonly BackstopNeed[]): Snapshot {
  return needs.reduce((changed, need) => addBackstop(changed, need.member, need.usd), snapshot);
}
