import { digestOf } from '#libs/canonical/index';
import type { Artefact, ArtefactBodies, ArtefactKind, Digest } from './artefacts.js';

/** An artefact with the id of its content. `createdAt` is not part of it. */
export function artefactOf<K extends Exclude<ArtefactKind, 'snapshot'>>(
  kind: K,
  from: { readonly parentId: Digest; readonly createdAt: number },
  body: ArtefactBodies[K],
): Artefact<K> {
  const id = kind === 'evaluation' ? digestOf(body) : digestOf({ body, kind, parentId: from.parentId });
  return { kind, id, parentId: from.parentId, createdAt: from.createdAt, body };
}
