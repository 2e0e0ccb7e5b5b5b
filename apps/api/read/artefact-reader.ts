import type { Artefact, ArtefactBodies, ArtefactKind, ArtefactStore, Digest } from '#libs/application/index';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { isoTime, type PageQuery } from '../http/fields.js';
import { Problem } from '../http/problem.js';

/** An artefact as the API shows it: `id` is the digest of `{body, kind, parentId}`, so that a reader can check it. */
export interface ArtefactView<K extends ArtefactKind = ArtefactKind> {
  readonly id: Digest;
  readonly kind: K;
  readonly parentId: Digest | null;
  readonly createdAt: string;
  readonly body: ArtefactBodies[K];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export function viewOf<K extends ArtefactKind>({
  id,
  kind,
  parentId,
  createdAt,
  body,
}: Artefact<K>): ArtefactView<K> {
  return { id, kind, parentId, createdAt: isoTime(createdAt), body };
}

/** One artefact or the `not-found` problem that names it. */
export async function existing<K extends ArtefactKind>(
  store: ArtefactStore,
  kind: K,
  id: Digest,
): Promise<Artefact<K>> {
  const artefact = await store.transaction((tx) => tx.get(kind, id));
  if (artefact === null)
    throw new Problem(
      'not-found',
      `There is no ${kind} ${id}. It may not have been made yet, or the digest is of another kind.`,
    );
  return artefact;
}

/** One more than a page is read, so that the last page has no cursor. */
export async function pageOf<K extends ArtefactKind>(
  store: ArtefactStore,
  kind: K,
  query: PageQuery,
): Promise<Page<Artefact<K>>> {
  const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const found = await store.transaction((tx) => tx.newest(kind, query.limit + 1, before));
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > query.limit && last !== undefined ? encodeCursor(last) : null };
}

export function childrenOf<K extends ArtefactKind>(
  store: ArtefactStore,
  kind: K,
  parentId: Digest,
): Promise<readonly Artefact<K>[]> {
  return store.transaction((tx) => tx.children(kind, parentId));
}
