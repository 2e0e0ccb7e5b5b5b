import { SnapshotContentError } from './error.js';

/** Order of objects by id, code unit by code unit. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Rows of the asset table by id: the rows of one asset stand together, one per chain in chain order. */
export interface AssetIndex {
  /** The asset's row on its home chain. */
  readonly index: ReadonlyMap<string, number>;
  /** Ids of the chains in order; one entry, whatever its id, when the snapshot has at most one chain. */
  readonly chains: readonly string[];
}

/** Row of an asset on a chain; undefined when the snapshot lacks the asset or the chain. */
export function rowOn(assets: AssetIndex, id: string, chain: string): number | undefined {
  const home = assets.index.get(id);
  const { length } = assets.chains;
  if (home === undefined || length === 1) return home;
  const at = assets.chains.indexOf(chain);
  return at < 0 ? undefined : home - (home % length) + at;
}

/**
 * Row of an asset on the chain of the object that refers to it.
 * @throws SnapshotContentError (DLCM-141) when the snapshot does not price the asset or lacks the chain
 */
export function requireAsset(
  assets: AssetIndex,
  id: string,
  owner: { readonly name: string; readonly chain: string },
): number {
  const row = rowOn(assets, id, owner.chain);
  if (row === undefined)
    throw new SnapshotContentError(owner.name, 'asset', id, `an asset of the snapshot on ${owner.chain}`);
  return row;
}
