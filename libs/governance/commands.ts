import type { Digest } from '#libs/canonical/index';
import type { BlockRef } from './events.js';
import type { ProposalTerms } from './proposal.js';
import type { Judgement } from './regime.js';

/** What the fast path may still do, as the chain or the budgets of this library state it. */
export interface FastBudget {
  /** Largest cut of a margin parameter in basis points. */
  readonly stepBps: number;
  /** Largest spend in whole USD. */
  readonly spendUsd: number;
  /** Chain time before which no further step is allowed. */
  readonly notBefore: number;
}

/** Who stops a proposal. `ids` are the distinct guardians or members that act. */
export interface Objector {
  readonly role: 'guardian' | 'member' | 'proposer' | 'system';
  readonly ids: readonly string[];
}

/** Everything that can be asked of a proposal; each carries the facts that its guard needs. */
export type Command =
  | {
      readonly type: 'draft';
      readonly proposal: Digest;
      readonly terms: ProposalTerms;
      readonly openForSameLever: readonly Digest[];
    }
  | {
      readonly type: 'simulate';
      readonly selfInflictedLiquidations: number;
      readonly revertReason: string | null;
      readonly payloadMatchesText: boolean;
      readonly textHash: Digest;
    }
  | { readonly type: 'shadow'; readonly rule: string }
  | { readonly type: 'graduate'; readonly by: Digest }
  | {
      readonly type: 'authorise-fast';
      readonly judgement: Judgement;
      readonly attestations: number;
      readonly evaluationTime: number;
      readonly latestEvaluation: Digest;
      readonly budget: FastBudget;
    }
  | { readonly type: 'authorise-council'; readonly safeTransaction: Digest }
  | { readonly type: 'authorise-recede'; readonly judgement: Judgement; readonly evaluation: Digest }
  | { readonly type: 'open-review'; readonly proposer: string }
  | { readonly type: 'extend-vote'; readonly until: number }
  | {
      readonly type: 'record-tally';
      readonly tally: Digest;
      readonly root: Digest;
      readonly outcome: 'succeeded' | 'defeated';
      readonly quorumReached: boolean;
    }
  | { readonly type: 'supersede-vote'; readonly evaluation: Digest; readonly contradictingRuns: number }
  | { readonly type: 'reopen-vote'; readonly until: number }
  | { readonly type: 'cancel'; readonly by: Objector; readonly reason: string }
  | {
      readonly type: 'veto';
      readonly by: Objector;
      readonly reason: string;
      readonly payloadVetoedBefore: boolean;
    }
  | { readonly type: 'open-signing'; readonly safeTransaction: Digest; readonly previousIsDead: boolean }
  | {
      readonly type: 'complete-signatures';
      readonly safeTransaction: Digest;
      readonly signers: readonly string[];
      readonly owners: readonly string[];
      readonly threshold: number;
    }
  | {
      readonly type: 'record-schedule';
      readonly operation: Digest;
      readonly readyAt: number;
      readonly block: BlockRef;
    }
  | { readonly type: 'submit'; readonly submission: Digest }
  | { readonly type: 'mark-stuck'; readonly submission: Digest }
  | { readonly type: 'replace-submission'; readonly submission: Digest; readonly successor: Digest }
  | {
      readonly type: 'fail-submission';
      readonly submission: Digest;
      readonly reason: string;
      readonly block: BlockRef | null;
    }
  | { readonly type: 'mine'; readonly submission: Digest; readonly block: BlockRef }
  | {
      readonly type: 'confirm';
      readonly block: BlockRef;
      readonly headNumber: number;
      readonly confirmations: number;
    }
  | {
      readonly type: 'apply';
      readonly effect: Digest;
      readonly asIntended: boolean;
      readonly block: BlockRef;
    }
  | { readonly type: 'measure'; readonly report: Digest; readonly effective: boolean }
  | {
      readonly type: 'renew';
      readonly judgement: Judgement;
      readonly evaluation: Digest;
      readonly until: number;
    }
  | {
      readonly type: 'record-ratification';
      readonly tally: Digest;
      readonly outcome: 'succeeded' | 'defeated';
      readonly quorumReached: boolean;
    }
  | { readonly type: 'record-return'; readonly effect: Digest; readonly block: BlockRef }
  | { readonly type: 'request-pause'; readonly by: Objector }
  | { readonly type: 'start-pause'; readonly until: number; readonly block: BlockRef }
  | { readonly type: 'end-pause'; readonly by: string; readonly block: BlockRef }
  | { readonly type: 'reorg'; readonly fromBlock: number; readonly finalisedBlock: number };

export type CommandType = Command['type'];

/** Work that a decision asks for; performed by the application, never here. */
export type Intent =
  | { readonly type: 'authorise' }
  | { readonly type: 'collect-ballots'; readonly until: number }
  | { readonly type: 'open-ratification' }
  | { readonly type: 'build-safe-transaction'; readonly role: 'responder' | 'council' }
  | { readonly type: 'collect-signatures'; readonly safeTransaction: Digest }
  | { readonly type: 'relay' }
  | { readonly type: 'execute-at'; readonly at: number }
  | { readonly type: 'read-back' }
  | { readonly type: 'measure-effect' }
  | { readonly type: 'return-to-baseline' }
  | { readonly type: 'settle-ratification'; readonly ratifies: Digest }
  | { readonly type: 'suspend-rule' }
  | { readonly type: 'raise-alarm'; readonly what: string };
