import type { Logger, Metrics } from '#libs/platform/index';
import type { StageObserver } from '#libs/queue/index';

/** Message to the parent process, so that a starter can tell the story as it happens. */
export interface StageMessage {
  readonly type: 'stage';
  readonly stage: string;
  readonly note: string;
  readonly artefacts: readonly string[];
  readonly seconds: number;
}

/** Logs, measures and reports what the stages do. */
export function stageObserver(log: Logger, metrics: Metrics): StageObserver {
  return {
    finished({ queue, id }, { note, artefacts, seconds }) {
      log.info({ stage: queue, job: id, artefacts, seconds }, note);
      metrics.stageDuration.observe({ stage: queue }, seconds);
      // The parent may be gone already, with the last job still ending in order.
      if (process.connected)
        process.send?.({ type: 'stage', stage: queue, note, artefacts, seconds } satisfies StageMessage);
    },
    failed({ queue, id }, error, final) {
      log[final ? 'error' : 'warn']({ stage: queue, job: id, err: error, final }, error.message);
      metrics.stageFailures.inc({ stage: queue, final: String(final) });
    },
  };
}
