import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, StageQueue } from '#libs/application/index';
import { openDatabase, PrismaArtefactStore, PrismaOutbox, type Database } from '#libs/persistence/index';
import {
  openQueueBackend,
  OutboxDispatcher,
  StageQueues,
  startStageWorkers,
  type QueueBackend,
  type StageHandler,
  type StageWorkers,
} from '#libs/queue/index';
import { testDatabase, type TestDatabase } from '#test/support/test-database';

/** Redis is the second server of the same suite where there is one; continuous integration provides it. */
const REDIS_URL = process.env['TEST_REDIS_URL'];
const SERVERS: readonly (readonly [string, string | null])[] = [
  ['postgres', null],
  ...(REDIS_URL === undefined ? [] : ([['redis', REDIS_URL]] as const)),
];
const PATIENCE_MS = 20_000;

const jobNamed = (id: string, notBefore: number | null = null): Job => ({
  queue: 'evaluate',
  id,
  artefact: null,
  notBefore,
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('The condition did not come true in time.');
    await sleep(25);
  }
}

/** One process's worth of queue: dispatcher and one worker, over a database that outlives it. */
class Line {
  readonly handled: string[] = [];
  readonly failures: { id: string; final: boolean }[] = [];
  readonly errors: unknown[] = [];
  chainTime = 1_000;
  behave: (job: Job) => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly backend: QueueBackend,
    readonly queues: StageQueues,
    readonly outbox: PrismaOutbox,
    private readonly databaseUrl: string,
  ) {}

  private dispatcher: OutboxDispatcher | null = null;
  private workers: StageWorkers | null = null;

  static async open(databaseUrl: string, redisUrl: string | null, database: Database): Promise<Line> {
    const backend = await openQueueBackend({ databaseUrl, redisUrl, onError: () => undefined });
    return new Line(backend, new StageQueues(backend), new PrismaOutbox(database), databaseUrl);
  }

  async start(stages: readonly StageQueue[] = ['evaluate']): Promise<void> {
    const handler: StageHandler = async (job) => {
      await this.behave(job);
      this.handled.push(job.id);
      return { note: 'done', artefacts: [] };
    };
    this.dispatcher = new OutboxDispatcher({
      outbox: this.outbox,
      queues: this.queues,
      now: () => Promise.resolve(this.chainTime),
      databaseUrl: this.databaseUrl,
      pollMs: 200,
      onError: (error) => this.errors.push(error),
    });
    await this.dispatcher.start();
    this.workers = startStageWorkers({
      backend: this.backend,
      stages,
      handlers: Object.fromEntries(stages.map((stage) => [stage, handler])),
      outbox: this.outbox,
      observer: {
        finished: () => undefined,
        failed: (job, _error, final) => this.failures.push({ id: job.id, final }),
      },
      lockMs: 2_000,
    });
  }

  reconcile(): Promise<number> | undefined {
    return this.dispatcher?.reconcile();
  }

  async stop(): Promise<void> {
    await this.dispatcher?.stop();
    await this.workers?.close();
    await this.queues.close();
    await this.backend.close();
  }
}

/** What a broken or emptied server leaves: nothing. */
async function loseQueue(databaseUrl: string, redisUrl: string | null): Promise<void> {
  if (redisUrl !== null) {
    const redis = new Redis(redisUrl);
    await redis.flushall();
    redis.disconnect();
    return;
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('DROP SCHEMA bullmq CASCADE');
  await client.end();
}

describe.each(SERVERS)('outbox and queue on %s', (_name, redisUrl) => {
  let test: TestDatabase;
  let database: Database;
  let store: PrismaArtefactStore;
  beforeAll(async () => {
    test = await testDatabase();
    database = openDatabase({ url: test.url });
    store = new PrismaArtefactStore(database);
    if (redisUrl !== null) await loseQueue(test.url, redisUrl);
  });
  afterAll(async () => {
    await database.$disconnect();
    await test.drop();
  });
  const enqueue = (...jobs: Job[]): Promise<void> =>
    store.transaction(async (tx) => {
      for (const job of jobs) await tx.enqueue(job);
    });

  it('default: a committed job is handled once, however often it is asked for', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    await line.start();
    await enqueue(jobNamed('once'), jobNamed('once'), jobNamed('4711'), jobNamed('with:colon'));
    await until(() => line.handled.length === 3);
    await enqueue(jobNamed('once'));
    await until(async () => (await line.outbox.unfinished(10)).length === 0);
    await line.stop();
    expect([...line.handled].sort()).toEqual(['4711', 'once', 'with:colon']);
    expect(line.errors).toEqual([]);
  });

  it('behavior: a job waits for its chain time and not for the wall clock', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    await line.start();
    await enqueue(jobNamed('tomorrow', 1_000 + 86_400));
    await sleep(600);
    expect(line.handled).toEqual([]);
    line.chainTime += 86_400;
    await until(() => line.handled.length === 1);
    await line.stop();
  });

  it('behavior: a failing job is tried again until it succeeds', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    let attempts = 0;
    line.behave = () => {
      attempts += 1;
      return attempts < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    };
    await line.start();
    await enqueue(jobNamed('third-time'));
    await until(() => line.handled.length === 1);
    await line.stop();
    expect(line.failures).toEqual([
      { id: 'third-time', final: false },
      { id: 'third-time', final: false },
    ]);
  });

  it('behavior: what cannot succeed is a visible dead letter at once, and a reconcile tries it again', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    line.behave = () => Promise.reject(Object.assign(new Error('a broken promise'), { retryable: false }));
    await line.start();
    await enqueue(jobNamed('dead'));
    await until(() => line.failures.length === 1);
    await until(async () => (await line.queues.deadLetters()).length === 1);
    const [letter] = await line.queues.deadLetters();
    expect(letter).toMatchObject({ queue: 'evaluate', jobId: 'job-dead', attempts: 1 });
    expect(letter?.reason).toContain('a broken promise');
    line.behave = () => Promise.resolve();
    await line.reconcile();
    await until(() => line.handled.length === 1);
    await line.stop();
    expect(line.failures).toEqual([{ id: 'dead', final: true }]);
  });

  it('behavior: losing the queue loses nothing', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    // Handed over to the queue, and then nobody works on them.
    await enqueue(...Array.from({ length: 20 }, (_, index) => jobNamed(`survivor-${index}`)));
    const due = await line.outbox.due(1_000, 100);
    await line.queues.add(due);
    await line.outbox.markDispatched(due.map((job) => job.sequence));
    await line.stop();
    await loseQueue(test.url, redisUrl);
    const second = await Line.open(test.url, redisUrl, database);
    await second.start();
    await until(() => second.handled.length === 20);
    await until(async () => (await second.outbox.unfinished(100)).length === 0);
    await second.stop();
    expect(new Set(second.handled)).toEqual(new Set(due.map((job) => job.id)));
  });

  it('behavior: the period is one scheduler, whoever asks for it', async () => {
    const line = await Line.open(test.url, redisUrl, database);
    await line.start(['capture']);
    for (let call = 0; call < 3; call += 1) await line.queues.schedule('capture', 300);
    await sleep(2_000);
    await line.queues.unschedule('capture');
    const beats = line.handled.length;
    // Six to seven periods fit; three schedulers would give three times as many.
    expect(beats).toBeGreaterThanOrEqual(3);
    expect(beats).toBeLessThanOrEqual(9);
    await sleep(700);
    expect(line.handled.length - beats).toBeLessThanOrEqual(1);
    await line.stop();
  });
});
