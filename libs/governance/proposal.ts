import type { Digest } from '#libs/canonical/index';

/** Tighten, backstop tranche, large backstop, relax, structural, pause (GOVERNANCE section 4). */
export type ProposalClass = 'T' | 'B0' | 'B1' | 'R' | 'S' | 'P';

/** What a proposal moves. One open proposal per (member, asset, lever). */
export type Lever = 'margin-tightening' | 'backstop-tranche' | 'margin-baseline' | 'pause';

/** Parameters of a (member, asset) that a proposal changes, in basis points or whole USD, so that they are exact integers. */
export type ParameterField = 'ltvBps' | 'ltBps' | 'spendUsd';

/** One field before and after, as exact integers. */
export interface ParameterChange {
  readonly field: ParameterField;
  readonly from: number;
  readonly to: number;
}

/** The immutable head of a proposal, on which every later event rests. Times are chain time in unix seconds. */
export interface ProposalTerms {
  readonly class: ProposalClass;
  readonly lever: Lever;
  readonly member: string;
  readonly asset: string;
  readonly changes: readonly ParameterChange[];
  readonly evaluation: Digest;
  readonly payloadHash: Digest;
  readonly counterfactualHash: Digest;
  /** The fast proposal whose change this vote confirms or ends; null for a proposal of its own. */
  readonly ratifies: Digest | null;
  readonly createdAt: number;
  /** After this time nothing of the proposal may reach the chain. */
  readonly validUntil: number;
  /** Timestamp t0 at which voting power is measured; null on the fast path. */
  readonly timepoint: number | null;
  readonly reviewEndsAt: number | null;
  readonly voteEndsAt: number | null;
  /** Seconds between scheduling and execution; 0 acts at once. */
  readonly delaySec: number;
  /** Seconds an applied change lives before it returns to the baseline; null for a permanent change. */
  readonly ttlSec: number | null;
}

/** `stricter` reduces what borrowers may do or spends no more than before; `looser` is the opposite; `mixed` has both. */
export type Direction = 'stricter' | 'looser' | 'mixed' | 'none';

/** For each field, whether a smaller value is stricter. Spending the backstop is a protective act, bounded by its own budget. */
const LOWER_IS_STRICTER = { ltvBps: true, ltBps: true, spendUsd: false } satisfies Record<
  ParameterField,
  boolean
>;

/** Direction of a set of changes taken jointly. */
export function directionOf(changes: readonly ParameterChange[]): Direction {
  const signs = new Set(
    changes.filter((c) => c.from !== c.to).map((c) => c.to < c.from === LOWER_IS_STRICTER[c.field]),
  );
  if (signs.size === 0) return 'none';
  if (signs.size === 2) return 'mixed';
  return signs.has(true) ? 'stricter' : 'looser';
}

/** One row of the counterfactual table of a proposal. Fractions and USD are decimal strings. */
export interface CounterfactualRow {
  /** `do-nothing`, `proposed`, `half`, `double` or the name of another lever. */
  readonly label: string;
  readonly ssfThreshold: string | null;
  readonly expectedLossUsd: string;
  readonly costUsd: string;
  /** Accounts that the change itself would make liquidatable. */
  readonly accountsAffected: number;
  /** Sales that the venues still absorb within 10 % after the target shock. */
  readonly lac10Usd: string;
  /** Borrowing capacity taken from existing collateral, and money committed. */
  readonly capitalUnusableUsd: string;
}
