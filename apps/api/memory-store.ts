import type { Artefact, ArtefactKind, ArtefactStore, Digest, Job, ListPosition, StageTransaction } from '#libs/application/index';
import type { DomainEvent } from '#libs/governance/index';

export class MemoryStore implements ArtefactStore {
  readonly artefacts: Artefact[] = [];
  readonly streams = new Map<Digest, readonly DomainEvent[]>();
  readonly chunks = new Map<Digest, Uint8Array>();
  readonly jobs: Job[] = [];
  transaction<T>(work: (tx: StageTransaction) => Promise<T>): Promise<T> {
    return work(this.tx);
  }
  private readonly tx: StageTransaction = {
    put: (artefact) => {
      if (this.artefacts.some(({ kind, id }) => kind === artefact.kind && id === artefact.id)) return Promise.resolve('already-stored');
      this.artefacts.push(artefact as Artefact);
      return Promise.resolve('stored');
    },
    get: <K extends ArtefactKind>(kind: K, id: Digest) => Promise.resolve(this.of(kind).find((artefact) => artefact.id === id) ?? null),
    children: <K extends ArtefactKind>(kind: K, parentId: Digest) => Promise.resolve(this.of(kind).filter((artefact) => artefact.parentId === parentId)),
    newest: <K extends ArtefactKind>(kind: K, limit: number, before?: ListPosition) => {
      const sorted = this.of(kind).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
      const from = before === undefined ? sorted : sorted.filter((a) => a.createdAt < before.createdAt || (a.createdAt === before.createdAt && a.id < before.id));
      return Promise.resolve(from.slice(0, limit));
    },
    append: (stream, events) => {
      this.streams.set(stream, [...(this.streams.get(stream) ?? []), ...events]);
      return Promise.resolve();
    },
    events: (stream) => Promise.resolve(this.streams.get(stream) ?? []),
    putChunk: (digest, bytes) => {
      this.chunks.set(digest, bytes);
      return Promise.resolve();
    },
    getChunk: (digest) => Promise.resolve(this.chunks.get(digest) ?? null),
    enqueue: (job) => {
      this.jobs.push(job);
      return Promise.resolve();
    },
  };
  private of<K extends ArtefactKind>(kind: K): Artefact<K>[] {
    return this.artefacts.filter((artefact) => artefact.kind === kind) as unknown as Artefact<K>[];
  }
}
