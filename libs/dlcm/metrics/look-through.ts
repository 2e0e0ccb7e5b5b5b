import { positionsOf, type MarketSnapshot, type NestedFormula, type Pool } from '#libs/market/index';
import { MetricInputError } from './error.js';

/**
 * Collateral of all accounts by root asset, USD at snapshot prices, nested tokens looked through: a liquid-staking token
 * counts as its underlying, a pool share as half of either side, a receipt as its asset, a vault share as the asset of its
 * book, a basket as its parts by value (MODEL 7, weights of the LAC index; MODEL 9 HHI).
 *
 * @throws MetricInputError for a nested token that refers to something the snapshot lacks, or to itself
 * @example lookThroughCollateral(snapshot).get('ETH')
 */
export function lookThroughCollateral(snapshot: MarketSnapshot): ReadonlyMap<string, number> {
  const spot = new Map(snapshot.assets.map((asset) => [asset.id, asset.spot]));
  const held = new Map<string, number>();
  for (const protocol of snapshot.lending) {
    for (const position of positionsOf(protocol)) {
      for (const [id, units] of Object.entries(position.collateral))
        held.set(id, (held.get(id) ?? 0) + units * priceOf(spot, id));
    }
  }
  const roots = new Map<string, number>();
  for (const id of [...held.keys()].sort()) {
    for (const [root, share] of rootShares(snapshot, spot, [id]))
      roots.set(root, (roots.get(root) ?? 0) + share * held.get(id)!);
  }
  return roots;
}

type Prices = ReadonlyMap<string, number>;
type Share = readonly [root: string, share: number];

function priceOf(spot: Prices, id: string): number {
  const price = spot.get(id);
  if (price !== undefined) return price;
  throw new MetricInputError('asset', id, `one of: ${[...spot.keys()].join(', ')}`);
}

/** Shares of the value of the path's last token by root asset; they add up to 1. */
function rootShares(snapshot: MarketSnapshot, spot: Prices, path: readonly string[]): readonly Share[] {
  const token = path.at(-1)!;
  const nested = snapshot.nested.find((candidate) => candidate.token === token);
  if (nested === undefined) return [[token, 1]];
  const parts = partsOf(snapshot, nested.formula, spot);
  const total = parts.reduce((sum, [, value]) => sum + value, 0);
  return parts.flatMap(([id, value]) => {
    if (path.includes(id)) throw new MetricInputError('nested', token, 'tokens that do not hold themselves');
    const own = total > 0 ? value / total : 1 / parts.length;
    return rootShares(snapshot, spot, [...path, id]).map(([root, share]): Share => [root, own * share]);
  });
}

/** What a nested token is made of, by relative value. */
function partsOf(snapshot: MarketSnapshot, formula: NestedFormula, spot: Prices): readonly Share[] {
  switch (formula.kind) {
    case 'lst':
      return [[formula.underlying, 1]];
    case 'receipt':
      return [[formula.asset, 1]];
    case 'lp': {
      const pool: Pool = found(snapshot.pools, formula.pool);
      return [
        [pool.base, 1],
        [pool.quote, 1],
      ];
    }
    case 'vaultShare':
      return [[found(snapshot.books, formula.book).asset, 1]];
    case 'basket':
      return Object.entries(formula.backing).map(([id, weight]): Share => [id, weight * priceOf(spot, id)]);
  }
}

function found<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const object = list.find((candidate) => candidate.id === id);
  if (object !== undefined) return object;
  throw new MetricInputError('nested', id, `one of: ${list.map((candidate) => candidate.id).join(', ')}`);
}
