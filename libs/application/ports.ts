import type { Snapshot } from '#libs/market/index';
import type { DomainEvent } from '#libs/governance/index';
import type { Artefact, ArtefactKind, Digest } from './artefacts.js';

/** A job of one stage: names the artefact it works on; `id` makes repeats the same job. */
export interface Job {
  readonly queue: StageQueue;
  readonly id: string;
  readonly artefact: Digest | null;
  /** Chain time before which the job must not run; null runs at once. */
  readonly notBefore: number | null;
}

export type StageQueue =
  | 'capture'
  | 'evaluate'
  | 'attest'
  | 'judge'
  | 'search'
  | 'propose'
  | 'authorise'
  | 'tally'
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
  newest<K extends ArtefactKind>(kind: K, limit: number, before?: ListPosition): Promise<readonly Artefact<K>[]>;
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
