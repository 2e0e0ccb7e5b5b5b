import { quantumOf } from '#libs/numeric/index';
import type { MarketSnapshot } from '#libs/market/index';
import { freshVenues, linearDepth, venuesOf, type VenueCurves } from '../amm/index.js';
import { SnapshotContentError } from './error.js';
import { byId, requireAsset, type AssetIndex } from './lookup.js';

/**
 * Assets with the tree of their quote assets: one row per asset and chain, assets in id order, then chains in id order. With
 * at most one chain a row is an asset.
 */
export interface AssetTable {
  /** Asset id of each row. */
  readonly ids: readonly string[];
  /** Home row of each asset: on the chain whose venues are deepest, ties by chain order. */
  readonly index: ReadonlyMap<string, number>;
  readonly chains: readonly string[];
  /** USD price at the snapshot. */
  readonly spot: Float64Array;
  readonly sigmaRef: Float64Array;
  /** Smallest tradable amount, a power of two in base units (about 2^-14 USD). */
  readonly quantum: Float64Array;
  readonly beta: readonly Readonly<Record<string, number>>[];
  /** Index of the asset its venues quote it in; -1 for a root, whose price nobody moves. */
  readonly quote: Int32Array;
  /** Curves of the asset's venues on the row's chain; null without any. */
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
  for (const asset of sorted) {
    if (!(asset.spot > 0))
      throw new SnapshotContentError(`asset ${asset.id}`, 'spot', `${asset.spot}`, 'a price above 0');
  }
  const chains = chainsOf(snapshot);
  const rows = sorted.flatMap((asset) => chains.map((chain) => ({ asset, chain })));
  const first = new Map(sorted.map((asset, i) => [asset.id, i * chains.length]));
  const quote = quoteTree(snapshot, { index: first, chains });
  const spot = Float64Array.from(rows, ({ asset }) => asset.spot);
  const ids = rows.map(({ asset }) => asset.id);
  const curves = rows.map(({ asset, chain }, i) =>
    quote[i]! < 0 ? null : curvesOf(snapshot, asset, { chains: [chain], price: spot[i]! / spot[quote[i]!]! }),
  );
  return {
    ids,
    index: new Map(sorted.map(({ id }) => [id, homeRow(curves, first.get(id)!, chains.length)])),
    chains,
    spot,
    sigmaRef: Float64Array.from(rows, ({ asset }) => asset.sigmaRef),
    quantum: spot.map(quantumOf),
    beta: rows.map(({ asset }) => asset.beta),
    quote,
    curves,
    leafToRoot: leafToRoot(quote, ids),
  };
}

function chainsOf(snapshot: MarketSnapshot): readonly string[] {
  const chains = snapshot.chains.map(({ id }) => id).sort();
  return chains.length === 0 ? [''] : chains;
}

/**
 * Curves of all venues of an asset on some chains.
 *
 * @param on.price snapshot price of the asset in units of its quote
 * @returns null without a venue there
 */
export function curvesOf(
  snapshot: MarketSnapshot,
  asset: { readonly id: string },
  on: { readonly chains: readonly string[]; readonly price: number },
): VenueCurves | null {
  const anywhere = snapshot.chains.length <= 1;
  const pools = snapshot.pools.filter(
    (pool) => pool.base === asset.id && (anywhere || on.chains.includes(pool.chain)),
  );
  return pools.length === 0 ? null : venuesOf(pools, on.price).curves;
}

function homeRow(curves: readonly (VenueCurves | null)[], first: number, chains: number): number {
  const depth = (row: number): number => {
    const own = curves[row] ?? null;
    return own === null ? 0 : linearDepth(freshVenues(own));
  };
  let home = first;
  for (let row = first + 1; row < first + chains; row += 1) if (depth(row) > depth(home)) home = row;
  return home;
}

/** Each asset has one quote asset for all its venues, whatever their chain; on each chain it is that chain's row. */
function quoteTree(snapshot: MarketSnapshot, assets: AssetIndex): Int32Array {
  const { length } = assets.chains;
  const quote = new Int32Array(assets.index.size * length).fill(-1);
  for (const pool of snapshot.pools) {
    const owner = { name: `pool ${pool.id}`, chain: pool.chain };
    const base = requireAsset(assets, pool.base, owner);
    const own = requireAsset(assets, pool.quote, owner);
    if (quote[base]! >= 0 && quote[base] !== own) {
      throw new SnapshotContentError(
        `pool ${pool.id}`,
        'quote',
        pool.quote,
        'the one quote asset of all pools of its base',
      );
    }
    for (let chain = 0; chain < length; chain += 1)
      quote[base - (base % length) + chain] = own - (own % length) + chain;
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
