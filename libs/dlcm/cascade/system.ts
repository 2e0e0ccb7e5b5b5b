import type { LendingDesk, MarketSnapshot } from '#libs/market/index';
import type { VenueCurves } from '../amm/index.js';
import { accountTable, type AccountTable } from '../lending/account-table.js';
import { accountMemory, cleanMemory, type AccountMemory } from './account-memory.js';
import { assetTable, type AssetTable } from './asset-table.js';
import { perpTable, type PerpTable } from '../perps/index.js';
import { byId, requireAsset } from './lookup.js';
import { requireBridges } from './market-segments.js';
import { nestedTable, type NestedTable } from './nested-table.js';
import { optionBooks, type OptionBooks } from './option-books.js';

/**
 * A snapshot laid out for running: sorted by id (so that the order of any list in the snapshot cannot matter) and
 * indexed. Immutable; every run of a search shares it.
 */
export interface System {
  readonly snapshot: MarketSnapshot;
  readonly assets: AssetTable;
  readonly protocols: readonly LendingDesk[];
  readonly accounts: AccountTable;
  readonly options: OptionBooks;
  readonly perps: PerpTable;
  readonly nested: NestedTable;
  readonly members: readonly string[];
  /** USD of debt that may be liquidated per second, by chain; Infinity without a limit. */
  readonly liquidationUsdPerSec: Float64Array;
  /** Curves of venues on several chains at once, by asset and chains; filled as runs ask. */
  readonly segmentCurves: Map<string, VenueCurves | null>;
  /** Memories of runs that have ended, clean, for the next run of a search. */
  readonly idle: AccountMemory[];
}

/** Makes one run in a memory that is used again; what `read` takes from the run must not be its state. */
export function inIdleMemory<T>(system: System, read: (memory: AccountMemory) => T): T {
  const memory = system.idle.pop() ?? accountMemory(system.accounts, system.assets);
  const result = read(memory);
  cleanMemory(memory, system.accounts);
  system.idle.push(memory);
  return result;
}

/**
 * Lays a snapshot out for running.
 *
 * @throws SnapshotContentError (DLCM-141) for a snapshot that contradicts itself
 */
export function systemOf(snapshot: MarketSnapshot): System {
  const assets = assetTable(snapshot);
  requireBridges(snapshot.bridges, assets);
  const protocols = [...snapshot.lending].sort(byId);
  for (const { id, chain, safetyModule } of protocols)
    if (safetyModule !== null)
      requireAsset(assets, safetyModule.token, { name: `safety module of ${id}`, chain });
  const books = [...snapshot.books].sort(byId);
  return {
    snapshot,
    assets,
    protocols,
    accounts: accountTable(protocols, assets),
    options: optionBooks(books, snapshot, assets),
    nested: nestedTable(snapshot, assets, books),
    perps: perpTable([...snapshot.perps].sort(byId), (venue) =>
      requireAsset(assets, venue.asset, { name: `perpetual venue ${venue.id}`, chain: venue.chain }),
    ),
    members: membersOf(snapshot),
    liquidationUsdPerSec: liquidationPace(snapshot, assets.chains),
    segmentCurves: new Map(),
    idle: [],
  };
}

function liquidationPace(snapshot: MarketSnapshot, chains: readonly string[]): Float64Array {
  return Float64Array.from(chains, (id) => {
    const chain = chains.length === 1 ? snapshot.chains[0] : snapshot.chains.find((own) => own.id === id);
    const capacity = chain?.liquidationCapacityUsdPerBlock ?? null;
    return chain === undefined || capacity === null ? Infinity : capacity / chain.blockTimeSec;
  });
}

/** Every coalition member named anywhere, in id order. */
function membersOf(snapshot: MarketSnapshot): readonly string[] {
  const named = [
    ...snapshot.lending.map((protocol) => protocol.member),
    ...snapshot.pools.map((pool) => pool.owner),
    ...snapshot.books.map((book) => book.member),
    ...snapshot.perps.map((venue) => venue.member),
    ...snapshot.dao.members,
  ];
  return [...new Set(named.filter((member) => member !== null))].sort();
}
