import { SnapshotContentError } from './error.js';

/** Order of objects by id, code unit by code unit. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Index of each asset id. */
export interface AssetIndex {
  readonly index: ReadonlyMap<string, number>;
}

/**
 * Index of an asset.
 * @throws SnapshotContentError (DLCM-141) when the snapshot does not price it
 */
export function requireAsset(assets: AssetIndex, id: string, object: string): number {
  const index = assets.index.get(id);
  if (index === undefined) throw new SnapshotContentError(object, 'asset', id, 'an asset of the snapshot');
  return index;
}
