import type { LendingDesk, MarketSnapshot } from './position-columns.js';
import type { Pool, Snapshot } from './snapshot.js';

type Key = string | number;

/** A sorted copy. Identifiers are ASCII, so that the order of code units is the order of bytes. */
export function sortedBy<T>(list: readonly T[], keysOf: (item: T) => readonly Key[]): T[] {
  if (isSorted(list, keysOf)) return [...list];
  const keyed = list.map((item) => ({ item, keys: keysOf(item) }));
  keyed.sort((a, b) => compareKeys(a.keys, b.keys));
  return keyed.map(({ item }) => item);
}

function isSorted<T>(list: readonly T[], keysOf: (item: T) => readonly Key[]): boolean {
  for (let i = 1; i < list.length; i++) {
    if (compareKeys(keysOf(list[i - 1]!), keysOf(list[i]!)) > 0) return false;
  }
  return true;
}

function compareKeys(a: readonly Key[], b: readonly Key[]): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}

const byId = <T extends { readonly id: string }>(list: readonly T[]): T[] =>
  sortedBy(list, (item) => [item.id]);
const byPrice = <T extends { readonly price: number; readonly size: number }>(list: readonly T[]): T[] =>
  sortedBy(list, (item) => [item.price, item.size]);
const byText = (list: readonly string[]): string[] => sortedBy(list, (item) => [item]);

function poolInOrder(pool: Pool): Pool {
  switch (pool.kind) {
    case 'constantProduct':
      return pool;
    case 'concentrated':
      return { ...pool, ranges: sortedBy(pool.ranges, (range) => [range.priceLower, range.priceUpper]) };
    case 'stableSwap':
      return { ...pool, coins: sortedBy(pool.coins, (coin) => [coin.asset]) };
    case 'orderBook':
      return { ...pool, bids: byPrice(pool.bids), asks: byPrice(pool.asks) };
  }
}

/** Columns ascend by their own promise. */
function positionsInOrder({ positions }: LendingDesk): LendingDesk['positions'] {
  return 'batches' in positions ? positions : byId(positions);
}

/**
 * The same snapshot with every list in the order of its identifiers (ranges, slices and levels by their numbers).
 * Two snapshots that differ in the order of lists only become equal.
 */
export function inCanonicalOrder(snapshot: Snapshot): Snapshot;
export function inCanonicalOrder(snapshot: MarketSnapshot): MarketSnapshot;
export function inCanonicalOrder(snapshot: MarketSnapshot): MarketSnapshot {
  return {
    ...snapshot,
    provenance: {
      ...snapshot.provenance,
      blocks: sortedBy(snapshot.provenance.blocks, (block) => [block.chain]),
      sources: byText(snapshot.provenance.sources),
    },
    assets: byId(snapshot.assets),
    surfaces: byId(snapshot.surfaces).map((surface) => ({
      ...surface,
      slices: sortedBy(surface.slices, (slice) => [slice.expirySec]).map((slice) =>
        slice.model.kind === 'grid'
          ? {
              ...slice,
              model: { ...slice.model, points: sortedBy(slice.model.points, (point) => [point.strike]) },
            }
          : slice,
      ),
    })),
    pools: byId(snapshot.pools).map(poolInOrder),
    lending: byId(snapshot.lending).map((protocol) => ({
      ...protocol,
      markets: sortedBy(protocol.markets, (market) => [market.asset]),
      eModes: byId(protocol.eModes).map((mode) => ({ ...mode, collateral: byText(mode.collateral) })),
      positions: positionsInOrder(protocol),
    })),
    perps: byId(snapshot.perps).map((venue) => ({
      ...venue,
      bids: byPrice(venue.bids),
      asks: byPrice(venue.asks),
      accounts: byId(venue.accounts),
    })),
    books: byId(snapshot.books).map((book) => ({ ...book, options: byId(book.options) })),
    nested: sortedBy(snapshot.nested, (nested) => [nested.token]),
    chains: byId(snapshot.chains),
    bridges: byId(snapshot.bridges).map((bridge) => ({ ...bridge, assets: byText(bridge.assets) })),
    funds: byId(snapshot.funds).map((fund) => ({ ...fund, covers: byText(fund.covers) })),
    governanceTokens: byId(snapshot.governanceTokens),
    dao: { ...snapshot.dao, members: byText(snapshot.dao.members) },
  };
}
