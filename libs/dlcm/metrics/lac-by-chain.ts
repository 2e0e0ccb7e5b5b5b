import type { MarketSnapshot } from '#libs/market/index';
import { venuesOf } from '../amm/index.js';
import { MetricInputError } from './error.js';
import { lac, type Lac } from './lac.js';

/** LAC of one asset on one chain alone. */
export interface ChainLac extends Lac {
  readonly chain: string;
}

/**
 * LAC(theta) of an asset chain by chain, in chain id order: only the pools of that chain count and nothing crosses a bridge
 * (MODEL 7, 8.2). Chains without a pool of the asset are left out. The pool prices of each chain are its own.
 *
 * @param question asset id and price shift theta in (0, 1)
 * @throws MetricInputError for an asset the snapshot lacks or a shift outside (0, 1); the venue errors of the pools
 * @example lacByChain(snapshot, { asset: 'ETH', shift: 0.05 })[0]?.usd
 */
export function lacByChain(
  snapshot: MarketSnapshot,
  question: { readonly asset: string; readonly shift: number },
): readonly ChainLac[] {
  const { asset, shift } = question;
  const spot = new Map(snapshot.assets.map((each) => [each.id, each.spot]));
  const base = spot.get(asset);
  if (base === undefined)
    throw new MetricInputError('asset', asset, `one of: ${[...spot.keys()].join(', ')}`);
  const pools = snapshot.pools.filter((pool) => pool.base === asset);
  const chains = [...new Set(pools.map((pool) => pool.chain))].sort();
  return chains.map((chain) => {
    const own = pools.filter((pool) => pool.chain === chain);
    const quoteUsd = spot.get(own[0]!.quote) ?? 1;
    return { chain, ...lac(venuesOf(own, base / quoteUsd), shift, quoteUsd) };
  });
}
