import type { Job, StageQueue } from '#libs/application/index';
import type { JobQueue, QueueBackend } from './queue-backend.js';
import { jobOptions, PERIODIC_JOB_OPTIONS, STAGES, toJobData, toQueueJobId } from './stage-jobs.js';

/** A job that will not be tried again by itself. */
export interface DeadLetter {
  readonly queue: StageQueue;
  readonly jobId: string;
  readonly reason: string;
  readonly attempts: number;
}

const LISTED = 100;

/** The producing side of all stage queues. */
export class StageQueues {
  private readonly queues: ReadonlyMap<StageQueue, JobQueue>;

  constructor(backend: QueueBackend) {
    this.queues = new Map(STAGES.map((stage) => [stage, backend.queue(stage)]));
  }

  /** Hands jobs over; one that is there already is left alone. */
  async add(jobs: readonly Job[]): Promise<void> {
    for (const stage of new Set(jobs.map((job) => job.queue))) {
      const ofStage = jobs.filter((job) => job.queue === stage);
      const bulk = ofStage.map((job) => ({ name: stage, data: toJobData(job), opts: jobOptions(job) }));
      await this.queueOf(stage).addBulk(bulk);
    }
  }

  /** Tries a dead job again, if that is what the given job is. */
  async revive(job: Job): Promise<void> {
    const queued = await this.queueOf(job.queue).getJob(toQueueJobId(job.id));
    if (queued !== undefined && (await queued.isFailed())) await queued.retry('failed');
  }

  /** One job of the stage every `everyMs`, however often this is called and from however many processes. */
  async schedule(stage: StageQueue, everyMs: number): Promise<void> {
    const job: Job = { queue: stage, id: `${stage}-period`, artefact: null, notBefore: null };
    await this.queueOf(stage).upsertJobScheduler(
      `${stage}-period`,
      { every: everyMs },
      { name: stage, data: toJobData(job), opts: PERIODIC_JOB_OPTIONS },
    );
  }

  async unschedule(stage: StageQueue): Promise<void> {
    await this.queueOf(stage).removeJobScheduler(`${stage}-period`);
  }

  async deadLetters(): Promise<readonly DeadLetter[]> {
    const lists = await Promise.all([...this.queues].map(([stage, queue]) => this.deadOf(stage, queue)));
    return lists.flat();
  }

  /** Jobs of each stage that wait, run or are dead. */
  async counts(): Promise<readonly { stage: StageQueue; state: string; count: number }[]> {
    const lists = await Promise.all(
      [...this.queues].map(async ([stage, queue]) => {
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
        return Object.entries(counts).map(([state, count]) => ({ stage, state, count }));
      }),
    );
    return lists.flat();
  }

  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private async deadOf(stage: StageQueue, queue: JobQueue): Promise<readonly DeadLetter[]> {
    const failed = await queue.getFailed(0, LISTED - 1);
    return failed.map((job) => ({
      queue: stage,
      jobId: job.id ?? '',
      reason: job.failedReason,
      attempts: job.attemptsMade,
    }));
  }

  private queueOf(stage: StageQueue): JobQueue {
    const queue = this.queues.get(stage);
    if (queue === undefined) throw new RangeError(`No queue for stage ${stage}`);
    return queue;
  }
}
