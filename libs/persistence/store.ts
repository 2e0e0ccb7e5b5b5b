import type {
  Artefact,
  ArtefactBodies,
  ArtefactKind,
  ArtefactStore,
  Digest,
  Job,
  ListPosition,
  StageTransaction,
} from '#libs/application/index';
import type { DomainEvent } from '#libs/governance/index';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import { ConcurrentAppendError } from './persistence-error.js';
import { tableOf, type ArtefactRow } from './tables.js';
import { withRetry, type Patience } from './transient.js';

const TRANSACTION = { maxWait: 15_000, timeout: 60_000 };
const DEFAULT_PATIENCE: Patience = { maxWaitMs: 120_000 };

const toJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

function toArtefact<K extends ArtefactKind>(kind: K, row: ArtefactRow): Artefact<K> {
  return {
    kind,
    id: row.id as Digest,
    parentId: row.parentId as Digest | null,
    createdAt: Number(row.createdAt),
    body: row.body as unknown as ArtefactBodies[K],
  };
}

/** Strictly after `before` in the order of createdAt, then id, both descending. */
function after(before: ListPosition | undefined) {
  if (before === undefined) return {};
  const createdAt = BigInt(before.createdAt);
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: before.id } }] };
}

class PrismaStageTransaction implements StageTransaction {
  constructor(
    private readonly client: Prisma.TransactionClient,
    /** True when an earlier attempt may have committed although its answer was lost. */
    private readonly mayBeRepeated: boolean,
  ) {}

  async put<K extends ArtefactKind>(artefact: Artefact<K>): Promise<'stored' | 'already-stored'> {
    const { kind, id, parentId, createdAt, body } = artefact;
    const data = { id, parentId, createdAt: BigInt(createdAt), body: toJson(body) };
    const { count } = await tableOf(this.client, kind).createMany({ data, skipDuplicates: true });
    return count === 1 ? 'stored' : 'already-stored';
  }

  async get<K extends ArtefactKind>(kind: K, id: Digest): Promise<Artefact<K> | null> {
    const row = await tableOf(this.client, kind).findUnique({ where: { id } });
    return row === null ? null : toArtefact(kind, row);
  }

  async children<K extends ArtefactKind>(kind: K, parentId: Digest): Promise<readonly Artefact<K>[]> {
    const orderBy = [{ createdAt: 'asc' as const }, { sequence: 'asc' as const }];
    const rows = await tableOf(this.client, kind).findMany({ where: { parentId }, orderBy });
    return rows.map((row) => toArtefact(kind, row));
  }

  async newest<K extends ArtefactKind>(
    kind: K,
    limit: number,
    before?: ListPosition,
  ): Promise<readonly Artefact<K>[]> {
    const orderBy = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];
    const rows = await tableOf(this.client, kind).findMany({ where: after(before), orderBy, take: limit });
    return rows.map((row) => toArtefact(kind, row));
  }

  async append(stream: Digest, events: readonly DomainEvent[], expectedLength: number): Promise<void> {
    const actualLength = await this.client.streamEvent.count({ where: { stream } });
    if (actualLength !== expectedLength) {
      if (this.mayBeRepeated && (await this.isAlreadyAppended(stream, events, expectedLength))) return;
      throw new ConcurrentAppendError(stream, expectedLength, actualLength);
    }
    const data = events.map((event, index) => ({
      stream,
      position: expectedLength + index,
      body: toJson(event),
    }));
    const { count } = await this.client.streamEvent.createMany({ data, skipDuplicates: true });
    if (count !== events.length)
      throw new ConcurrentAppendError(stream, expectedLength, expectedLength + events.length - count);
  }

  async events(stream: Digest): Promise<readonly DomainEvent[]> {
    const rows = await this.client.streamEvent.findMany({ where: { stream }, orderBy: { position: 'asc' } });
    return rows.map((row) => row.body as unknown as DomainEvent);
  }

  async putChunk(digest: Digest, bytes: Uint8Array): Promise<void> {
    await this.client.chunk.createMany({
      data: { digest, bytes: new Uint8Array(bytes) },
      skipDuplicates: true,
    });
  }

  async getChunk(digest: Digest): Promise<Uint8Array | null> {
    const row = await this.client.chunk.findUnique({ where: { digest } });
    return row?.bytes ?? null;
  }

  async enqueue(job: Job): Promise<void> {
    const notBefore = job.notBefore === null ? null : BigInt(job.notBefore);
    const data = { queue: job.queue, jobId: job.id, artefact: job.artefact, notBefore };
    await this.client.outboxJob.createMany({ data, skipDuplicates: true });
  }

  private async isAlreadyAppended(
    stream: Digest,
    events: readonly DomainEvent[],
    from: number,
  ): Promise<boolean> {
    const stored = (await this.events(stream)).slice(from, from + events.length);
    return (
      stored.length === events.length && stored.every((event, index) => isSameJson(event, events[index]))
    );
  }
}

/** JSON columns do not keep the order of keys. */
function isSameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return left === right;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length || Array.isArray(left) !== Array.isArray(right)) return false;
  return keys.every((key) =>
    isSameJson((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  );
}

/**
 * Artefacts and events in PostgreSQL. While the server is away the whole transaction is tried again with growing pauses, so
 * `work` must have no effect outside its transaction; everything it may write is idempotent.
 */
export class PrismaArtefactStore implements ArtefactStore {
  constructor(
    private readonly database: Database,
    private readonly patience: Patience = DEFAULT_PATIENCE,
  ) {}

  transaction<T>(work: (tx: StageTransaction) => Promise<T>): Promise<T> {
    return withRetry(this.patience, (attempt) =>
      this.database.$transaction(
        (client) => work(new PrismaStageTransaction(client, attempt > 1)),
        TRANSACTION,
      ),
    );
  }
}
