import type { MarketSnapshot, Snapshot } from '#libs/market/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import type { CounterfactualRow, DomainEvent } from '#libs/governance/index';
import type { Artefact, ArtefactKind, Decimal, Digest, RemedyAction } from './artefacts.js';

/** A job of one stage: names the artefact it works on; `id` makes repeats the same job. */
export interface Job {
  readonly queue: StageQueue;
  readonly id: string;
  readonly artefact: Digest | null;
  /** Chain time before which the job must not run; null runs at once. */
  readonly notBefore: number | null;
}

/**
 * The queues, and the artefact a job names: capture (none), evaluate (snapshot), attest and judge (evaluation), search (breach),
 * propose (remedy), authorise, tally, build and read-back (proposal), co-sign (Safe transaction), relay (what is sent; worked
 * by the relayer), review (effect).
 */
export type StageQueue =
  | 'capture'
  | 'evaluate'
  | 'attest'
  | 'judge'
  | 'search'
  | 'propose'
  | 'authorise'
  | 'tally'
  | 'build'
  | 'co-sign'
  | 'relay'
  | 'read-back'
  | 'review';

/** The last artefact of a page; the next page starts strictly after it in the order of `newest`. */
export interface ListPosition {
  readonly createdAt: number;
  readonly id: Digest;
}

/** Everything one stage reads and writes, inside one database transaction. Nothing is ever updated or deleted. */
export interface StageTransaction {
  put<K extends ArtefactKind>(artefact: Artefact<K>): Promise<'stored' | 'already-stored'>;
  get<K extends ArtefactKind>(kind: K, id: Digest): Promise<Artefact<K> | null>;
  /** Children of one parent, oldest first. */
  children<K extends ArtefactKind>(kind: K, parentId: Digest): Promise<readonly Artefact<K>[]>;
  /** Newest first by chain time, then id (descending); `before` continues a listing after that artefact. */
  newest<K extends ArtefactKind>(
    kind: K,
    limit: number,
    before?: ListPosition,
  ): Promise<readonly Artefact<K>[]>;
  /** Append-only; `expectedLength` refuses a concurrent writer. */
  append(stream: Digest, events: readonly DomainEvent[], expectedLength: number): Promise<void>;
  events(stream: Digest): Promise<readonly DomainEvent[]>;
  putChunk(digest: Digest, bytes: Uint8Array): Promise<void>;
  getChunk(digest: Digest): Promise<Uint8Array | null>;
  /** The job is handed to the queue only if this transaction commits (outbox). */
  enqueue(job: Job): Promise<void>;
}

export interface ArtefactStore {
  transaction<T>(work: (tx: StageTransaction) => Promise<T>): Promise<T>;
}

export interface ChainClock {
  /** Timestamp of the newest block, unix seconds. */
  now(): Promise<number>;
}

export interface MarketSource {
  /** Captures the whole coalition at one pinned block. Throws with the address of anything it cannot read. */
  capture(block: 'latest' | { readonly hash: Digest }): Promise<Snapshot>;
}

/** What the chain still allows the fast levers to do, read at one block. */
export interface RemainingBounds {
  readonly margins: readonly MarginBound[];
  readonly backstops: readonly BackstopBound[];
}

/** Basis points; `maxStepBps` is the largest cut of the liquidation threshold that MarginGuard would accept now. */
export interface MarginBound {
  readonly member: string;
  readonly asset: string;
  readonly ltvBps: number;
  readonly ltBps: number;
  readonly maxStepBps: number;
  readonly rampSec: number;
  /** Smallest cut the contracts take as one; 1 when absent. */
  readonly minStepBps?: number;
}

/** Whole USD, rounded down. */
export interface BackstopBound {
  readonly member: string;
  readonly collateral: string;
  readonly debtAsset: string;
  readonly maxSpendUsd: number;
}

/** Outcome of the search for the smallest sufficient intervention inside the bounds. */
export interface RemedySearch {
  readonly actions: readonly RemedyAction[];
  readonly thresholdBefore: Decimal | null;
  readonly thresholdAfter: Decimal | null;
  readonly thresholdJustBelow: Decimal | null;
  readonly costUsd: Decimal;
  readonly shortfall: { readonly thresholdMissing: Decimal; readonly backstopUsd: Decimal } | null;
  readonly counterfactuals: readonly CounterfactualRow[];
}

/**
 * The model, as the stages see it. A port, because an evaluation may run in a worker thread and because the relayer uses the
 * line without containing the model.
 */
export interface RiskEngine {
  /** Digest of the engine build. */
  readonly engineVersion: string;
  evaluate(input: {
    readonly snapshot: MarketSnapshot;
    readonly snapshotRoot: Digest;
  }): Promise<EvaluationRecord>;
  searchRemedy(input: {
    readonly snapshot: Snapshot;
    readonly target: number;
    readonly bounds: RemainingBounds;
    /** Most accounts a margin cut may itself make liquidatable. */
    readonly selfInflictedLimit: number;
  }): Promise<RemedySearch>;
  /** SSF threshold of the snapshot had `actions`, decided on `before`, not been taken; null beyond the searched range. */
  thresholdWithout(input: {
    readonly snapshot: Snapshot;
    readonly before: Snapshot;
    readonly actions: readonly RemedyAction[];
  }): Promise<Decimal | null>;
}
