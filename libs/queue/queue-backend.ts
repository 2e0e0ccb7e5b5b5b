import {
  createPostgresBackend,
  type Job,
  Queue,
  runMigrations,
  Worker,
  type Processor,
  type RedisOptions,
  type WorkerOptions,
} from 'bullmq';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueUnreachableError } from './queue-error.js';

export interface QueueBackendOptions {
  readonly databaseUrl: string;
  /** When present, jobs live in Redis instead of PostgreSQL. */
  readonly redisUrl: string | null;
  /** How long to wait for the server while starting. */
  readonly patienceMs?: number;
  /** Told of every dropped connection; the queue reconnects by itself. */
  readonly onError: (error: Error) => void;
}

export type JobQueue = Pick<
  Queue<unknown, void, string>,
  'addBulk' | 'close' | 'getFailed' | 'getJob' | 'getJobCounts' | 'removeJobScheduler' | 'upsertJobScheduler'
>;
export interface JobWorker {
  close(): Promise<void>;
  on(event: 'failed', listener: (job: Job<unknown, void> | undefined, error: Error) => void): unknown;
}
type WorkerSettings = Omit<WorkerOptions, 'connection'>;

/** Where the jobs live. Everything above this file is the same for both servers. */
export interface QueueBackend {
  readonly kind: 'postgres' | 'redis';
  queue(name: string): JobQueue;
  worker(name: string, processor: Processor<unknown, void, string>, settings: WorkerSettings): JobWorker;
  /** Closes what the backend shares between queues and workers; close those first. */
  close(): Promise<void>;
}

const SCHEMA = 'bullmq';
const DEFAULT_PATIENCE_MS = 30_000;
const PAUSE_MS = 250;
// Every worker keeps one connection for LISTEN; the rest serves short queries.
const POOL_SIZE = 40;

async function untilReachable(
  kind: 'postgres' | 'redis',
  patienceMs: number,
  attempt: () => Promise<void>,
): Promise<void> {
  const start = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const waitedMs = Math.round(performance.now() - start);
      if (waitedMs > patienceMs) throw new QueueUnreachableError(kind, waitedMs, error);
      await sleep(PAUSE_MS);
    }
  }
}

async function migrateSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
}

async function openPostgres(options: QueueBackendOptions): Promise<QueueBackend> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: POOL_SIZE,
    options: `-c search_path=${SCHEMA}`,
    keepAlive: true,
  });
  pool.setMaxListeners(0);
  pool.on('error', options.onError);
  await untilReachable('postgres', options.patienceMs ?? DEFAULT_PATIENCE_MS, () =>
    migrateSchema(pool),
  ).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  return {
    kind: 'postgres',
    queue: (name) => listening(new Queue(name, { connection: pool }, createPostgresBackend), options.onError),
    worker: (name, processor, settings) =>
      listening(
        new Worker(name, processor, { ...settings, connection: pool }, createPostgresBackend),
        options.onError,
      ),
    close: () => pool.end(),
  };
}

async function openRedis(options: QueueBackendOptions, url: string): Promise<QueueBackend> {
  const connection: RedisOptions = { url, maxRetriesPerRequest: null };
  // One Redis may serve several databases over time: the jobs of another one must not be met again.
  const prefix = `srd-${new URL(options.databaseUrl).pathname.slice(1)}`;
  const probe = new Queue('probe', { connection, prefix });
  probe.on('error', options.onError);
  await untilReachable('redis', options.patienceMs ?? DEFAULT_PATIENCE_MS, async () => {
    await probe.waitUntilReady();
  }).finally(() => probe.close());
  return {
    kind: 'redis',
    queue: (name) => listening(new Queue(name, { connection, prefix }), options.onError),
    worker: (name, processor, settings) =>
      listening(new Worker(name, processor, { ...settings, connection, prefix }), options.onError),
    close: () => Promise.resolve(),
  };
}

/** Without a listener a dropped connection would end the process. */
function listening<T extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
  emitter: T,
  onError: (error: Error) => void,
): T {
  emitter.on('error', onError);
  return emitter;
}

/** Opens the queue on PostgreSQL, or on Redis when its address is given, and waits until the server answers. */
export function openQueueBackend(options: QueueBackendOptions): Promise<QueueBackend> {
  return options.redisUrl === null ? openPostgres(options) : openRedis(options, options.redisUrl);
}
