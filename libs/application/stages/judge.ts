import { artefactOf } from '../artefact.js';
import type { Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import { judgeNow, mustGet, publishedThreshold } from '../store-reads.js';

/** Chain seconds after which a first reading below the safety level is confirmed or refuted by a fresh capture. */
const CONFIRM_AFTER_SEC = 12;

/** Judges the coalition on the attested readings; a breach on this very evaluation is recorded and starts the search. */
export function judgeStage(ports: Pick<LinePorts, 'store' | 'clock' | 'policy'>) {
  return async (evaluation: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    return ports.store.transaction(async (tx) => {
      const { body: record, createdAt } = await mustGet(tx, 'evaluation', evaluation);
      const [known] = await tx.children('breach', evaluation);
      if (known !== undefined) {
        await tx.enqueue(jobOf('search', known.id));
        return { stage: 'judge', artefacts: [known.id], note: 'judged before' };
      }
      const judgement = await judgeNow(tx, now, ports.policy);
      if (!judgement.breach || judgement.judged?.evaluation !== evaluation) {
        if (judgement.regime === 'WATCH')
          await tx.enqueue(
            jobOf('capture', null, { mark: `confirm-${evaluation}`, notBefore: now + CONFIRM_AFTER_SEC }),
          );
        return { stage: 'judge', artefacts: [], note: `${judgement.regime}: ${judgement.reason}` };
      }
      const { regime, reason } = judgement;
      const safetyLevel = String(ports.policy.safetyLevel);
      const breach = artefactOf(
        'breach',
        { parentId: evaluation, createdAt },
        { evaluation, regime, ssfThreshold: publishedThreshold(record), safetyLevel, reason },
      );
      await tx.put(breach);
      await tx.enqueue(jobOf('search', breach.id));
      return { stage: 'judge', artefacts: [breach.id], note: `${regime}: ${reason}` };
    });
  };
}
