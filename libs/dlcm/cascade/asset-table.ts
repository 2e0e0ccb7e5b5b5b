import { quantumOf } from '#libs/numeric/index';
import type { MarketSnapshot } from '#libs/market/index';
import { venuesOf, type VenueCurves } from '../amm/index.js';
import { SnapshotContentError } from './error.js';
import { byId, requireAsset } from './lookup.js';

/** Assets in id order with the tree of their quote assets. */
export interface AssetTable {
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** USD price at the snapshot. */
  readonly spot: Float64Array;
  readonly sigmaRef: Float64Array;
  /** Smallest tradable amount, a power of two in base units (about 2^-14 USD). */
  readonly quantum: Float64Array;
  readonly beta: readonly Readonly<Record<string, number>>[];
  /** Index of the asset its venues quote it in; -1 for a root, whose price nobody moves. */
  readonly quote: Int32Array;
  /** Curves of the asset's venues; null for a root. */
  readonly curves: readonly (VenueCurves | null)[];
  /** Asset indices with every asset before its quote. */
  readonly leafToRoot: Int32Array;
}

/**
 * Builds the asset table.
 *
 * @throws SnapshotContentError (DLCM-141) for a price that is not positive, several quote assets of one base, or a
 *   cycle of quotes; VenueError (DLCM-121) for a pool out of range
 */
export function assetTable(snapshot: MarketSnapshot): AssetTable {
  const sorted = [...snapshot.assets].sort(byId);
  const index = new Map(sorted.map((asset, i) => [asset.id, i]));
  for (const asset of sorted) {
    if (!(asset.spot > 0))
      throw new SnapshotContentError(`asset ${asset.id}`, 'spot', `${asset.spot}`, 'a price above 0');
  }
  const spot = Float64Array.from(sorted, (asset) => asset.spot);
  const quote = quoteTree(snapshot, index);
  return {
    ids: sorted.map((asset) => asset.id),
    index,
    spot,
    sigmaRef: Float64Array.from(sorted, (asset) => asset.sigmaRef),
    quantum: spot.map(quantumOf),
    beta: sorted.map((asset) => asset.beta),
    quote,
    curves: sorted.map((asset, i) => {
      if (quote[i]! < 0) return null;
      const pools = snapshot.pools.filter((pool) => pool.base === asset.id);
      return venuesOf(pools, spot[i]! / spot[quote[i]!]!).curves;
    }),
    leafToRoot: leafToRoot(
      quote,
      sorted.map((asset) => asset.id),
    ),
  };
}

function quoteTree(snapshot: MarketSnapshot, index: ReadonlyMap<string, number>): Int32Array {
  const quote = new Int32Array(index.size).fill(-1);
  for (const pool of snapshot.pools) {
    const base = requireAsset({ index }, pool.base, `pool ${pool.id}`);
    const own = requireAsset({ index }, pool.quote, `pool ${pool.id}`);
    if (quote[base]! >= 0 && quote[base] !== own) {
      throw new SnapshotContentError(
        `pool ${pool.id}`,
        'quote',
        pool.quote,
        'the one quote asset of all pools of its base',
      );
    }
    quote[base] = own;
  }
  return quote;
}

function leafToRoot(quote: Int32Array, ids: readonly string[]): Int32Array {
  const depth = new Int32Array(quote.length);
  for (let i = 0; i < quote.length; i += 1) {
    let at = i;
    while (quote[at]! >= 0) {
      at = quote[at]!;
      depth[i]! += 1;
      if (depth[i]! > quote.length) {
        throw new SnapshotContentError(
          `asset ${ids[i]}`,
          'quote',
          'a cycle of pools',
          'quote assets that form a tree',
        );
      }
    }
  }
  return Int32Array.from(Array.from(quote.keys()).sort((a, b) => depth[b]! - depth[a]! || a - b));
}
