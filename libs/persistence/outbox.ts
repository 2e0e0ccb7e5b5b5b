import type { Digest, Job, StageQueue } from '#libs/application/index';
import type { Database } from './database.js';
import { withRetry, type Patience } from './transient.js';

export interface OutboxJobRecord extends Job {
  readonly sequence: bigint;
}

interface OutboxRow {
  readonly sequence: bigint;
  readonly queue: string;
  readonly jobId: string;
  readonly artefact: string | null;
  readonly notBefore: bigint | null;
}

const toJob = (row: OutboxRow): OutboxJobRecord => ({
  sequence: row.sequence,
  queue: row.queue as StageQueue,
  id: row.jobId,
  artefact: row.artefact as Digest | null,
  notBefore: row.notBefore === null ? null : Number(row.notBefore),
});

/** The jobs that stages asked for, on their way to the queue and back. */
export class PrismaOutbox {
  constructor(
    private readonly database: Database,
    private readonly patience: Patience = { maxWaitMs: 120_000 },
  ) {}

  /** Jobs not yet handed to the queue whose chain time has come, oldest first. */
  due(now: number, limit: number): Promise<readonly OutboxJobRecord[]> {
    const where = {
      dispatchedAt: null,
      finishedAt: null,
      OR: [{ notBefore: null }, { notBefore: { lte: BigInt(now) } }],
    };
    return this.find(where, limit);
  }

  /** Jobs handed to a queue that never reported their end; after a lost queue they are handed over again. */
  unfinished(limit: number, afterSequence = 0n): Promise<readonly OutboxJobRecord[]> {
    return this.find(
      { dispatchedAt: { not: null }, finishedAt: null, sequence: { gt: afterSequence } },
      limit,
    );
  }

  async markDispatched(sequences: readonly bigint[]): Promise<void> {
    const where = { sequence: { in: [...sequences] }, dispatchedAt: null };
    await withRetry(this.patience, () =>
      this.database.outboxJob.updateMany({ where, data: { dispatchedAt: new Date() } }),
    );
  }

  async markFinished(queue: StageQueue, jobId: string): Promise<void> {
    const where = { queue, jobId, finishedAt: null };
    await withRetry(this.patience, () =>
      this.database.outboxJob.updateMany({ where, data: { finishedAt: new Date() } }),
    );
  }

  private async find(where: object, take: number): Promise<readonly OutboxJobRecord[]> {
    const rows = await withRetry(this.patience, () =>
      this.database.outboxJob.findMany({ where, orderBy: { sequence: 'asc' }, take }),
    );
    return rows.map(toJob);
  }
}
