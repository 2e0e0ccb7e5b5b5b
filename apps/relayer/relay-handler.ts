import { JobArtefactError, relayStage, type RelayPorts } from '#libs/application/index';
import type { Logger, Metrics } from '#libs/platform/index';
import type { StageHandler, StageObserver } from '#libs/queue/index';

/** One pass over what the job names; a pass that must wait asks for the next one through the outbox. */
export function relayHandler(ports: RelayPorts): StageHandler {
  const relay = relayStage(ports);
  return async ({ queue, artefact }) => {
    if (artefact === null) throw new JobArtefactError(queue, artefact);
    return relay(artefact);
  };
}

export function relayObserver(log: Logger, metrics: Metrics): StageObserver {
  return {
    finished: ({ artefact }, { note, seconds }) => {
      metrics.stageDuration.observe({ stage: 'relay' }, seconds);
      log.info({ intent: artefact, note }, 'relay');
    },
    failed: ({ artefact }, error, final) => {
      metrics.stageFailures.inc({ stage: 'relay', final: String(final) });
      log.warn({ intent: artefact, err: error, final }, 'relay failed');
    },
  };
}
