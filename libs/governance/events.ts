import type { Digest } from '#libs/canonical/index';
import type { ProposalTerms } from './proposal.js';
import type { RiskReading } from './reading.js';
import type { Regime } from './regime.js';

/** A block that an event was observed in. */
export interface BlockRef {
  readonly number: number;
  readonly hash: Digest;
}

interface At {
  /** Chain time in unix seconds; never decreases along one stream. */
  readonly at: number;
}

/** Facts recorded about one proposal, in the order they happened. Append-only. */
export type ProposalEvent =
  | (At & { readonly type: 'Drafted'; readonly proposal: Digest; readonly terms: ProposalTerms })
  | (At & {
      readonly type: 'Simulated';
      readonly selfInflictedLiquidations: number;
      readonly textHash: Digest;
    })
  | (At & { readonly type: 'Rejected'; readonly reason: string })
  | (At & { readonly type: 'Shadowed'; readonly rule: string })
  | (At & { readonly type: 'Graduated'; readonly by: Digest })
  | (At & { readonly type: 'FastAuthorised'; readonly evaluation: Digest; readonly regime: Regime })
  | (At & { readonly type: 'CouncilAuthorised'; readonly safeTransaction: Digest })
  | (At & { readonly type: 'RecedeAuthorised'; readonly evaluation: Digest })
  | (At & { readonly type: 'ReviewOpened'; readonly proposer: string })
  | (At & { readonly type: 'VoteExtended'; readonly until: number })
  | (At & { readonly type: 'VoteSucceeded'; readonly tally: Digest; readonly root: Digest })
  | (At & {
      readonly type: 'VoteDefeated';
      readonly tally: Digest;
      readonly root: Digest;
      readonly quorumReached: boolean;
    })
  | (At & { readonly type: 'VoteSuperseded'; readonly evaluation: Digest })
  | (At & { readonly type: 'VoteReopened'; readonly until: number })
  | (At & { readonly type: 'Cancelled'; readonly by: string; readonly reason: string })
  | (At & { readonly type: 'Vetoed'; readonly by: string; readonly reason: string })
  | (At & { readonly type: 'SigningOpened'; readonly safeTransaction: Digest })
  | (At & {
      readonly type: 'SignaturesComplete';
      readonly safeTransaction: Digest;
      readonly signers: readonly string[];
    })
  | (At & {
      readonly type: 'OperationScheduled';
      readonly operation: Digest;
      readonly readyAt: number;
      readonly block: BlockRef;
    })
  | (At & { readonly type: 'Submitted'; readonly submission: Digest })
  | (At & { readonly type: 'SubmissionStuck'; readonly submission: Digest })
  | (At & { readonly type: 'SubmissionReplaced'; readonly submission: Digest; readonly successor: Digest })
  | (At & {
      readonly type: 'SubmissionFailed';
      readonly submission: Digest;
      readonly reason: string;
      readonly block: BlockRef | null;
    })
  | (At & { readonly type: 'Mined'; readonly submission: Digest; readonly block: BlockRef })
  | (At & { readonly type: 'Confirmed'; readonly submission: Digest; readonly block: BlockRef })
  | (At & { readonly type: 'Applied'; readonly effect: Digest; readonly block: BlockRef })
  | (At & { readonly type: 'FoundEffective'; readonly report: Digest })
  | (At & { readonly type: 'FoundIneffective'; readonly report: Digest })
  | (At & { readonly type: 'Renewed'; readonly evaluation: Digest; readonly until: number })
  | (At & { readonly type: 'Ratified'; readonly tally: Digest })
  | (At & { readonly type: 'RatificationRejected'; readonly tally: Digest })
  | (At & { readonly type: 'ReturnedToBaseline'; readonly effect: Digest; readonly block: BlockRef })
  | (At & { readonly type: 'PauseRequested'; readonly by: string })
  | (At & { readonly type: 'PauseStarted'; readonly until: number; readonly block: BlockRef })
  | (At & { readonly type: 'PauseEnded'; readonly by: string; readonly block: BlockRef })
  | (At & { readonly type: 'Reorged'; readonly fromBlock: number });

export type ProposalEventType = ProposalEvent['type'];

/** Facts recorded about one attempt on chain, in its own stream. */
export type SubmissionEvent =
  | (At & { readonly type: 'NonceReserved'; readonly submission: Digest; readonly nonce: number })
  | (At & { readonly type: 'Journalled' })
  | (At & { readonly type: 'Broadcast'; readonly outcome: 'accepted' | 'already-known' | 'unknown' })
  | (At & {
      readonly type: 'Included';
      readonly block: BlockRef;
      readonly status: 'success' | 'reverted';
      readonly gasUsed: string;
    })
  | (At & { readonly type: 'Superseded'; readonly by: Digest })
  | (At & { readonly type: 'Settled'; readonly block: BlockRef })
  | (At & { readonly type: 'Finalised'; readonly block: BlockRef })
  | (At & { readonly type: 'Dropped'; readonly reason: string })
  | (At & { readonly type: 'Uncled'; readonly fromBlock: number });

/** A reading that enough attesters vouched for. All of them lie in one stream, in the order they were attested. */
export type ReadingEvent = At & { readonly type: 'ReadingAttested'; readonly reading: RiskReading };

/** Any recorded fact of the line. */
export type DomainEvent = ProposalEvent | SubmissionEvent | ReadingEvent;
