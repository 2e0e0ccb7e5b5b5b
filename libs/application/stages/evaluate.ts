import { artefactOf } from '../artefact.js';
import type { Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import { loadMarket, mustGet } from '../store-reads.js';

/** Evaluates a snapshot, unless a newer one waits: then the older is recorded as skipped. */
export function evaluateStage(ports: Pick<LinePorts, 'store' | 'engine'>) {
  return async (root: Digest): Promise<StageOutcome> => {
    const found = await ports.store.transaction(async (tx) => {
      const header = await mustGet(tx, 'snapshot', root);
      const [newest] = await tx.newest('snapshot', 1);
      const [done] = await tx.children('evaluation', root);
      const newer = newest !== undefined && newest.createdAt > header.createdAt ? newest.id : null;
      return {
        header,
        done,
        newer,
        snapshot: done === undefined && newer === null ? await loadMarket(tx, root) : null,
      };
    });
    if (found.done !== undefined)
      return { stage: 'evaluate', artefacts: [found.done.id], note: 'evaluated before' };
    if (found.snapshot === null) return skip(ports, root, found.newer ?? root);
    const record = await ports.engine.evaluate({ snapshot: found.snapshot, snapshotRoot: root });
    const artefact = artefactOf('evaluation', { parentId: root, createdAt: found.header.createdAt }, record);
    await ports.store.transaction(async (tx) => {
      await tx.put(artefact);
      await tx.enqueue(jobOf('attest', artefact.id));
    });
    return {
      stage: 'evaluate',
      artefacts: [artefact.id],
      note: `SSF threshold ${record.reading.ssfThreshold} (${record.reading.thresholdStatus})`,
    };
  };
}

async function skip(ports: Pick<LinePorts, 'store'>, root: Digest, newer: Digest): Promise<StageOutcome> {
  const id = await ports.store.transaction(async (tx) => {
    const header = await mustGet(tx, 'snapshot', root);
    const [known] = await tx.children('skip', root);
    const artefact =
      known ?? artefactOf('skip', { parentId: root, createdAt: header.createdAt }, { snapshot: root, newer });
    await tx.put(artefact);
    return artefact.id;
  });
  return { stage: 'evaluate', artefacts: [id], note: `skipped: snapshot ${newer} is newer` };
}
