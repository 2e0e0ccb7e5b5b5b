import { loadSnapshot, type Artefact, type ArtefactStore } from '#libs/application/index';
import type { Snapshot } from '#libs/market/index';

/** The snapshot an evaluation was made from. */
export function snapshotAt(store: ArtefactStore, evaluation: Artefact<'evaluation'>): Promise<Snapshot> {
  return store.transaction((tx) => loadSnapshot(tx, evaluation.body.snapshotRoot));
}
