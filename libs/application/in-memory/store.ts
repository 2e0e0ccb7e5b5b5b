import type { DomainEvent } from '#libs/governance/index';
import type { Artefact, ArtefactKind, Digest } from '../artefacts.js';
import { ConcurrentAppendError } from '../errors.js';
import type { ArtefactStore, Job, ListPosition, StageTransaction } from '../ports.js';

interface Contents {
  readonly artefacts: Map<string, Artefact>;
  readonly streams: Map<Digest, readonly DomainEvent[]>;
  readonly chunks: Map<Digest, Uint8Array>;
  readonly jobs: Map<string, Job>;
}

const keyOf = (kind: ArtefactKind, id: Digest): string => `${kind}/${id}`;

/** Artefacts and events are JSON data; what a caller does to its own object later must not reach the store. */
const plainCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const copyOf = (from: Contents): Contents => ({
  artefacts: new Map(from.artefacts),
  streams: new Map(from.streams),
  chunks: new Map(from.chunks),
  jobs: new Map(from.jobs),
});

/** The store in memory: transactions run one after the other on a copy, which replaces the contents on commit. */
export class InMemoryArtefactStore implements ArtefactStore {
  private contents: Contents = {
    artefacts: new Map(),
    streams: new Map(),
    chunks: new Map(),
    jobs: new Map(),
  };
  private tail: Promise<unknown> = Promise.resolve();

  transaction<T>(work: (tx: StageTransaction) => Promise<T>): Promise<T> {
    const run = this.tail.then(async () => {
      const copy = copyOf(this.contents);
      const result = await work(new InMemoryTransaction(copy));
      this.contents = copy;
      return result;
    });
    this.tail = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }

  /** Committed jobs in the order they were first enqueued. */
  jobs(): readonly Job[] {
    return [...this.contents.jobs.values()];
  }
}

class InMemoryTransaction implements StageTransaction {
  constructor(private readonly contents: Contents) {}

  async put<K extends ArtefactKind>(artefact: Artefact<K>): Promise<'stored' | 'already-stored'> {
    const key = keyOf(artefact.kind, artefact.id);
    if (this.contents.artefacts.has(key)) return 'already-stored';
    this.contents.artefacts.set(key, plainCopy<Artefact>(artefact));
    return 'stored';
  }

  async get<K extends ArtefactKind>(kind: K, id: Digest): Promise<Artefact<K> | null> {
    return (this.contents.artefacts.get(keyOf(kind, id)) as Artefact<K> | undefined) ?? null;
  }

  async children<K extends ArtefactKind>(kind: K, parentId: Digest): Promise<readonly Artefact<K>[]> {
    const found = this.ofKind(kind).filter((artefact) => artefact.parentId === parentId);
    return found.sort((a, b) => a.createdAt - b.createdAt);
  }

  async newest<K extends ArtefactKind>(
    kind: K,
    limit: number,
    before?: ListPosition,
  ): Promise<readonly Artefact<K>[]> {
    const sorted = this.ofKind(kind).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
    const rest = before === undefined ? sorted : sorted.filter((artefact) => isAfter(artefact, before));
    return rest.slice(0, limit);
  }

  async append(stream: Digest, events: readonly DomainEvent[], expectedLength: number): Promise<void> {
    const present = this.contents.streams.get(stream) ?? [];
    if (present.length !== expectedLength)
      throw new ConcurrentAppendError(stream, expectedLength, present.length);
    this.contents.streams.set(stream, [...present, ...plainCopy(events)]);
  }

  async events(stream: Digest): Promise<readonly DomainEvent[]> {
    return this.contents.streams.get(stream) ?? [];
  }

  async putChunk(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (!this.contents.chunks.has(digest)) this.contents.chunks.set(digest, Uint8Array.from(bytes));
  }

  async getChunk(digest: Digest): Promise<Uint8Array | null> {
    return this.contents.chunks.get(digest) ?? null;
  }

  async enqueue(job: Job): Promise<void> {
    const key = `${job.queue}|${job.id}`;
    if (!this.contents.jobs.has(key)) this.contents.jobs.set(key, job);
  }

  private ofKind<K extends ArtefactKind>(kind: K): Artefact<K>[] {
    return [...this.contents.artefacts.values()].filter((a) => a.kind === kind) as unknown as Artefact<K>[];
  }
}

/** Later in the order of `newest`. */
function isAfter(artefact: Artefact, position: ListPosition): boolean {
  if (artefact.createdAt !== position.createdAt) return artefact.createdAt < position.createdAt;
  return artefact.id < position.id;
}
