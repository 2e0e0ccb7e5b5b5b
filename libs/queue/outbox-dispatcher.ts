import type { Job } from '#libs/application/index';
import pg from 'pg';
import type { StageQueues } from './stage-queues.js';

/** A job of the outbox with its place in it. */
export type OutboxEntry = Job & { readonly sequence: bigint };

/** What the dispatcher reads; libs/persistence has it over PostgreSQL. */
export interface OutboxSource {
  due(now: number, limit: number): Promise<readonly OutboxEntry[]>;
  unfinished(limit: number, afterSequence?: bigint): Promise<readonly OutboxEntry[]>;
  markDispatched(sequences: readonly bigint[]): Promise<void>;
}

export interface OutboxDispatcherOptions {
  readonly outbox: OutboxSource;
  readonly queues: StageQueues;
  /** Chain time: the only clock a job's `notBefore` knows. */
  readonly now: () => Promise<number>;
  /** Where to LISTEN for new jobs; polling goes on beside it. */
  readonly databaseUrl: string;
  readonly pollMs?: number;
  /** How often jobs that a lost queue forgot are handed over again. */
  readonly reconcileMs?: number;
  readonly onError: (error: unknown) => void;
}

const BATCH = 100;
const DEFAULT_POLL_MS = 500;
const DEFAULT_RECONCILE_MS = 60_000;
const RELISTEN_MS = 1_000;

/**
 * Carries jobs from the outbox to the queue. The outbox is the truth: every job it holds without an end is in the queue or is
 * put there again, so that losing the queue loses no work.
 */
export class OutboxDispatcher {
  private stopped = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> | null = null;
  private listener: pg.Client | null = null;
  private lastNow = 0;
  private nextReconcile = 0;

  constructor(private readonly options: OutboxDispatcherOptions) {}

  /** Hands over everything that is owed, then keeps going until `stop`. */
  async start(): Promise<void> {
    await this.reconcile();
    this.nextReconcile = performance.now() + (this.options.reconcileMs ?? DEFAULT_RECONCILE_MS);
    this.listen();
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
    await this.listener?.end().catch(this.options.onError);
  }

  /** Puts every job without an end into the queue again; one that is there already is left alone, a dead one is revived. */
  async reconcile(): Promise<number> {
    let total = 0;
    for (let after = 0n; ;) {
      const batch = await this.options.outbox.unfinished(BATCH, after);
      await this.options.queues.add(batch);
      for (const job of batch) await this.options.queues.revive(job);
      total += batch.length;
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return total;
      after = last.sequence;
    }
  }

  /** One pass: hands over the jobs that are due and returns how many there were. */
  async dispatch(): Promise<number> {
    const jobs = await this.options.outbox.due(await this.now(), BATCH);
    if (jobs.length === 0) return 0;
    // Added first, marked second: a crash in between adds the same ids again, which changes nothing.
    await this.options.queues.add(jobs);
    await this.options.outbox.markDispatched(jobs.map((job) => job.sequence));
    return jobs.length;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const handedOver = await this.pass();
      if (handedOver < BATCH && !this.stopped) await this.pause();
    }
  }

  private async pass(): Promise<number> {
    try {
      if (performance.now() >= this.nextReconcile) {
        this.nextReconcile = performance.now() + (this.options.reconcileMs ?? DEFAULT_RECONCILE_MS);
        await this.reconcile();
      }
      return await this.dispatch();
    } catch (error) {
      this.options.onError(error);
      return 0;
    }
  }

  /** A chain that does not answer holds back only the jobs that wait for a time not yet seen. */
  private async now(): Promise<number> {
    try {
      this.lastNow = await this.options.now();
    } catch (error) {
      this.options.onError(error);
    }
    return this.lastNow;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.pollMs ?? DEFAULT_POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Listening only saves waiting time, so a lost connection is simply opened again a little later. */
  private listen(): void {
    if (this.stopped) return;
    const client = new pg.Client({ connectionString: this.options.databaseUrl, keepAlive: true });
    let lost = false;
    const again = (error: unknown): void => {
      if (lost || this.stopped) return;
      lost = true;
      this.options.onError(error);
      setTimeout(() => this.listen(), RELISTEN_MS).unref();
    };
    client.on('error', again);
    client.on('end', () => again(new Error('The connection that listens for new jobs ended.')));
    client.on('notification', () => this.wake());
    this.listener = client;
    client
      .connect()
      .then(() => client.query('LISTEN outbox_job'))
      .catch(again);
  }
}
