import type { MarketSnapshot, NestedFormula, NestedToken } from '#libs/market/index';
import type { AssetTable } from './asset-table.js';
import { SnapshotContentError } from './error.js';
import { requireAsset } from './lookup.js';

/** A part of a nested token: so many units of another row per token. */
export interface NestedPart {
  readonly row: number;
  readonly units: number;
}

/** How a nested token on one chain gets its price from other rows of that chain. */
export type NestedRule =
  /** Sum of units x price: a basket, a receipt, a staking token without a discount. */
  | { readonly kind: 'parts'; readonly parts: readonly NestedPart[] }
  /** A staking token that trades: its redemption value, or less if its own pool says so. */
  | { readonly kind: 'staked'; readonly part: NestedPart }
  /** A share of a pool: 2 root sqrt(p0 p1), root = sqrt(r0 r1) per share. */
  | { readonly kind: 'pool'; readonly base: number; readonly quote: number; readonly root: number }
  /** A share of an option vault: its equity over the supply. */
  | { readonly kind: 'vault'; readonly book: number; readonly supply: number };

/** One nested token on one chain. Rows stand in an order in which every part comes before its whole. */
export interface NestedRow {
  readonly row: number;
  readonly rule: NestedRule;
}

/** The tokens of a snapshot and the order of their rows. */
export interface NestedTable {
  readonly rows: readonly NestedRow[];
  /** Rule of each row of the asset table; null for a token that is no nested one. */
  readonly ruleOf: readonly (NestedRule | null)[];
}

/**
 * Builds the nested tokens of every chain.
 *
 * @param books in id order
 * @throws SnapshotContentError (DLCM-141) for an unknown part, a pool without two reserves, or a circle
 */
export function nestedTable(
  snapshot: MarketSnapshot,
  assets: AssetTable,
  books: readonly { readonly id: string }[],
): NestedTable {
  const ruleOf = new Array<NestedRule | null>(assets.ids.length).fill(null);
  for (const token of snapshot.nested) {
    for (const chain of assets.chains) {
      const at = { name: `nested token ${token.token}`, chain };
      ruleOf[requireAsset(assets, token.token, at)] = ruleFor(token, { snapshot, assets, books, at });
    }
  }
  return { rows: inOrder(ruleOf, assets), ruleOf };
}

interface Lookups {
  readonly snapshot: MarketSnapshot;
  readonly assets: AssetTable;
  readonly books: readonly { readonly id: string }[];
  readonly at: { readonly name: string; readonly chain: string };
}

function ruleFor({ formula }: NestedToken, lookups: Lookups): NestedRule {
  const { assets, at } = lookups;
  const part = (id: string, units: number): NestedPart => ({ row: requireAsset(assets, id, at), units });
  switch (formula.kind) {
    case 'lst': {
      const own = part(formula.underlying, formula.redemptionRate);
      return formula.discountPool === null ? { kind: 'parts', parts: [own] } : { kind: 'staked', part: own };
    }
    case 'receipt':
      return { kind: 'parts', parts: [part(formula.asset, formula.exchangeRate)] };
    case 'basket':
      return {
        kind: 'parts',
        parts: Object.keys(formula.backing)
          .sort()
          .map((id) => part(id, formula.backing[id]!)),
      };
    case 'lp':
      return poolShare(formula, lookups);
    case 'vaultShare': {
      const book = lookups.books.findIndex(({ id }) => id === formula.book);
      if (book < 0) throw new SnapshotContentError(at.name, 'book', formula.book, 'a book of the snapshot');
      return { kind: 'vault', book, supply: formula.supply };
    }
  }
}

function poolShare(
  formula: NestedFormula & { readonly kind: 'lp' },
  { snapshot, assets, at }: Lookups,
): NestedRule {
  const pool = snapshot.pools.find(({ id }) => id === formula.pool);
  if (pool?.kind !== 'constantProduct')
    throw new SnapshotContentError(at.name, 'pool', formula.pool, 'a constant product pool of the snapshot');
  return {
    kind: 'pool',
    base: requireAsset(assets, pool.base, at),
    quote: requireAsset(assets, pool.quote, at),
    root: (Math.sqrt(pool.reserveBase) * Math.sqrt(pool.reserveQuote)) / formula.supply,
  };
}

function partsOf(rule: NestedRule): readonly number[] {
  if (rule.kind === 'parts') return rule.parts.map(({ row }) => row);
  if (rule.kind === 'staked') return [rule.part.row];
  return rule.kind === 'pool' ? [rule.base, rule.quote] : [];
}

/** Depth first: every part before its whole. */
function inOrder(ruleOf: readonly (NestedRule | null)[], assets: AssetTable): readonly NestedRow[] {
  const rows: NestedRow[] = [];
  const state = new Uint8Array(ruleOf.length);
  const visit = (row: number): void => {
    const rule = ruleOf[row] ?? null;
    if (rule === null || state[row] === 2) return;
    if (state[row] === 1)
      throw new SnapshotContentError(
        `nested token ${assets.ids[row]!}`,
        'formula',
        'a circle',
        'nesting without circles',
      );
    state[row] = 1;
    for (const part of partsOf(rule)) visit(part);
    state[row] = 2;
    rows.push({ row, rule });
  };
  for (let row = 0; row < ruleOf.length; row += 1) visit(row);
  return rows;
}
