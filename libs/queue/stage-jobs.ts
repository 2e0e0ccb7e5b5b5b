import type { Digest, Job, StageQueue } from '#libs/application/index';
import type { JobsOptions } from 'bullmq';

/** Every stage, once; a stage added to the type and not here does not compile. */
const STAGE_PRESENCE: Readonly<Record<StageQueue, true>> = {
  capture: true,
  evaluate: true,
  attest: true,
  judge: true,
  search: true,
  propose: true,
  authorise: true,
  tally: true,
  build: true,
  'co-sign': true,
  relay: true,
  'read-back': true,
  review: true,
};
export const STAGES = Object.keys(STAGE_PRESENCE) as readonly StageQueue[];

/**
 * A job of the line inside the queue. The queue refuses ":" and plain integers as ids; the encoding keeps ids readable,
 * distinct and stable, so that handing the same job over twice leaves one.
 */
export const toQueueJobId = (id: string): string => `job-${encodeURIComponent(id)}`;

const ATTEMPTS = 12;
const FIRST_RETRY_MS = 250;

/** Half of each pause is random, so that retries spread; a job that becomes the child of another fails its parent instead of blocking it. */
export const jobOptions = (job: Job): JobsOptions => ({
  jobId: toQueueJobId(job.id),
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_RETRY_MS, jitter: 0.5 },
  failParentOnFailure: true,
  removeOnComplete: { count: 500 },
  removeOnFail: false,
});

/** A periodic job is not tried again: the next period brings a fresher one. */
export const PERIODIC_JOB_OPTIONS: JobsOptions = {
  attempts: 1,
  failParentOnFailure: true,
  removeOnComplete: { count: 50 },
  removeOnFail: { count: 50 },
};

export interface JobData {
  readonly id: string;
  readonly artefact: Digest | null;
  readonly notBefore: number | null;
}

export const toJobData = ({ id, artefact, notBefore }: Job): JobData => ({ id, artefact, notBefore });
