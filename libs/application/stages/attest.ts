import type { Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import { attestersOf, mustGet, vouching, registryState, recordReading } from '../store-reads.js';

/** Sends an evaluation on once enough attesters vouch for it: to the registry and to judgement. Runs again on every attestation. */
export function attestStage(ports: Pick<LinePorts, 'store' | 'attesters'>) {
  return async (evaluation: Digest): Promise<StageOutcome> => {
    const registry = await registryState(ports.attesters);
    return ports.store.transaction(async (tx) => {
      const artefact = await mustGet(tx, 'evaluation', evaluation);
      const attestations = (await tx.children('attestation', evaluation)).map((a) => a.body);
      const current = vouching(attestations, registry);
      const signers = await attestersOf(tx, evaluation, registry);
      if (current.length >= registry.threshold) {
        await tx.enqueue(jobOf('relay', evaluation, { mark: registry.link.parentDigest.slice(2, 18) }));
      }
      if (signers.size >= registry.threshold) {
        await recordReading(tx, artefact);
        await tx.enqueue(jobOf('judge', evaluation));
      }
      return {
        stage: 'attest',
        artefacts: [evaluation],
        note: `${signers.size} of ${registry.threshold} attestations`,
      };
    });
  };
}
