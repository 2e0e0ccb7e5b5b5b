import { artefactOf } from '../artefact.js';
import type { Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import { loadSnapshot, mustGet } from '../store-reads.js';

/** Searches the smallest sufficient intervention inside the budgets that the chain still allows. */
export function searchStage(ports: Pick<LinePorts, 'store' | 'engine' | 'bounds' | 'policy'>) {
  return async (breachId: Digest): Promise<StageOutcome> => {
    const found = await ports.store.transaction(async (tx) => {
      const breach = await mustGet(tx, 'breach', breachId);
      const evaluation = await mustGet(tx, 'evaluation', breach.body.evaluation);
      const [known] = await tx.children('remedy', breachId);
      return {
        breach,
        known,
        snapshot: known === undefined ? await loadSnapshot(tx, evaluation.body.snapshotRoot) : null,
      };
    });
    const { breach, known, snapshot } = found;
    const bounds = snapshot === null ? null : await ports.bounds.remaining(breach.body.regime);
    const search =
      snapshot === null || bounds === null
        ? null
        : await ports.engine.searchRemedy({
            snapshot,
            bounds,
            target: ports.policy.safetyLevel + ports.policy.remedyMargin,
            selfInflictedLimit: ports.policy.selfInflictedLimit,
          });
    const remedy =
      search === null
        ? known
        : artefactOf(
            'remedy',
            { parentId: breachId, createdAt: breach.createdAt },
            { breach: breachId, evaluation: breach.body.evaluation, ...search },
          );
    if (remedy === undefined) return { stage: 'search', artefacts: [], note: 'nothing to search' };
    await ports.store.transaction(async (tx) => {
      await tx.put(remedy);
      await tx.enqueue(jobOf('propose', remedy.id));
    });
    return { stage: 'search', artefacts: [remedy.id], note: describeRemedy(remedy.body) };
  };
}

function describeRemedy(remedy: {
  readonly actions: readonly { readonly lever: string }[];
  readonly thresholdBefore: string | null;
  readonly thresholdAfter: string | null;
  readonly costUsd: string;
  readonly shortfall: { readonly thresholdMissing: string } | null;
}): string {
  const levers = remedy.actions.map((action) => action.lever).join(', ') || 'no action within bounds';
  const shortfall =
    remedy.shortfall === null ? '' : `; ${remedy.shortfall.thresholdMissing} short of the safety level`;
  return `${levers}: threshold ${remedy.thresholdBefore ?? 'none'} -> ${remedy.thresholdAfter ?? 'beyond range'}, cost ${remedy.costUsd} USD${shortfall}`;
}
