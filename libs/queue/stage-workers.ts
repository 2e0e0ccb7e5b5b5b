import type { Digest, Job, StageQueue } from '#libs/application/index';
import { UnrecoverableError } from 'bullmq';
import type { JobWorker, QueueBackend } from './queue-backend.js';
import { StageHandlerError } from './queue-error.js';
import type { JobData } from './stage-jobs.js';

/** What a handler did: one readable sentence and the artefacts it concerns. */
export interface HandledJob {
  readonly note: string;
  readonly artefacts: readonly Digest[];
}

export type StageHandler = (job: Job) => Promise<HandledJob>;
export type StageHandlers = Readonly<Partial<Record<StageQueue, StageHandler>>>;

export interface StageObserver {
  finished(job: Job, done: HandledJob & { readonly seconds: number }): void;
  /** `final` is true when the job will not be tried again. */
  failed(job: Job, error: Error, final: boolean): void;
}

export interface StageWorkersOptions {
  readonly backend: QueueBackend;
  readonly handlers: StageHandlers;
  /** The stages this process owns. */
  readonly stages: readonly StageQueue[];
  readonly outbox: { markFinished(queue: StageQueue, jobId: string): Promise<void> };
  readonly observer: StageObserver;
  /** How long a killed process holds its jobs before another takes them. */
  readonly lockMs?: number;
}

export interface StageWorkers {
  close(): Promise<void>;
}

const DEFAULT_LOCK_MS = 10_000;
const MAX_STALLS = 20;

/** Throws unless every stage of the process has exactly one handler and no other stage has one. */
export function assertOneHandlerPerStage(stages: readonly StageQueue[], handlers: StageHandlers): void {
  const missing = stages.filter((stage) => handlers[stage] === undefined);
  const unexpected = Object.keys(handlers).filter((stage) => !stages.some((known) => known === stage));
  if (missing.length > 0 || unexpected.length > 0) throw new StageHandlerError(missing, unexpected);
}

/** An error that says it cannot succeed later is not tried again. */
function isFinal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === false;
}

function startWorker(options: StageWorkersOptions, stage: StageQueue, handler: StageHandler): JobWorker {
  const lockMs = options.lockMs ?? DEFAULT_LOCK_MS;
  const toJob = (data: unknown): Job => ({ queue: stage, ...(data as JobData) });
  const processor = async (queued: { data: unknown }): Promise<void> => {
    const job = toJob(queued.data);
    const start = performance.now();
    const handled = await handler(job).catch((error: unknown) => {
      if (isFinal(error)) throw Object.assign(new UnrecoverableError(String(error)), { cause: error });
      throw error;
    });
    await options.outbox.markFinished(stage, job.id);
    options.observer.finished(job, { ...handled, seconds: (performance.now() - start) / 1000 });
  };
  const worker = options.backend.worker(stage, processor, {
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: MAX_STALLS,
  });
  worker.on('failed', (queued, error) => {
    if (queued === undefined) return;
    const cause = error.cause instanceof Error ? error.cause : error;
    const final = error instanceof UnrecoverableError || queued.attemptsMade >= (queued.opts.attempts ?? 1);
    options.observer.failed(toJob(queued.data), cause, final);
  });
  return worker;
}

/** Starts one worker per stage of this process; closing waits for the jobs in hand. */
export function startStageWorkers(options: StageWorkersOptions): StageWorkers {
  assertOneHandlerPerStage(options.stages, options.handlers);
  const workers = options.stages.flatMap((stage) => {
    const handler = options.handlers[stage];
    return handler === undefined ? [] : [startWorker(options, stage, handler)];
  });
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
