import type { Artefact } from '#libs/application/index';
import { isoTime } from '../http/fields.js';

/** The few numbers that consumers act on; a function of the evaluation alone, so that its digest names these bytes. */
export function readingOf({ id, parentId, body }: Artefact<'evaluation'>) {
  return {
    evaluation: id,
    snapshot: parentId,
    snapshotTime: isoTime(body.t0),
    blocks: body.blocks.map(({ chain, number, hash }) => ({ chain, number, hash })),
    engineVersion: body.engineVersion,
    status: body.status,
    ...body.reading,
  };
}
export type ReadingView = ReturnType<typeof readingOf>;
