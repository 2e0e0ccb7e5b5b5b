import type { Artefact } from '#libs/application/index';

/** What `srd replay` and the co-signers fetch. Without times of receipt, so that a bundle's bytes never change. */
export function bundleOf(evaluation: Artefact<'evaluation'>, snapshot: Artefact<'snapshot'>) {
  return {
    format: 'srd-bundle/1',
    evaluation: { id: evaluation.id, parentId: evaluation.parentId, body: evaluation.body },
    snapshot: { id: snapshot.id, body: snapshot.body },
    chunks: snapshot.body.chunks.map((sha256) => ({ sha256, path: `/v1/chunks/${sha256}` })),
  } as const;
}
export type Bundle = ReturnType<typeof bundleOf>;
