import {
  attestStage,
  authoriseStage,
  buildStage,
  captureStage,
  coSignStage,
  evaluateStage,
  judgeStage,
  proposeStage,
  readBackStage,
  reviewStage,
  searchStage,
  tallyStage,
  type Digest,
  type Job,
  type LinePorts,
  type StageOutcome,
  type StageQueue,
} from '#libs/application/index';
import type { StageHandler } from '#libs/queue/index';
import { JobWithoutArtefactError } from './worker-error.js';

/** The relayer works on the relay queue; every other stage is the worker's. */
export type WorkerStage = Exclude<StageQueue, 'relay'>;

const about =
  (stage: (artefact: Digest) => Promise<StageOutcome>): StageHandler =>
  (job: Job) => {
    if (job.artefact === null) throw new JobWithoutArtefactError(job.queue, job.id);
    return stage(job.artefact);
  };

/** One handler per stage. A stage without one does not compile, and the queue refuses to start on a gap. */
export function stageHandlers(ports: LinePorts): Readonly<Record<WorkerStage, StageHandler>> {
  const capture = captureStage(ports);
  return {
    capture: () => capture(),
    evaluate: about(evaluateStage(ports)),
    attest: about(attestStage(ports)),
    judge: about(judgeStage(ports)),
    search: about(searchStage(ports)),
    propose: about(proposeStage(ports)),
    authorise: about(authoriseStage(ports)),
    tally: about(tallyStage(ports)),
    build: about(buildStage(ports)),
    'co-sign': about(coSignStage(ports)),
    'read-back': about(readBackStage(ports)),
    review: about(reviewStage(ports)),
  };
}
