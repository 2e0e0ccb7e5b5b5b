import type { LendingDesk, MarketSnapshot } from '#libs/market/index';
import { accountTable, type AccountTable } from '../lending/account-table.js';
import { accountMemory, cleanMemory, type AccountMemory } from './account-memory.js';
import { assetTable, type AssetTable } from './asset-table.js';
import { perpTable, type PerpTable } from '../perps/index.js';
import { byId, requireAsset } from './lookup.js';
import { optionBooks, type OptionBooks } from './option-books.js';
import { requireSupported } from './supported.js';

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
  readonly members: readonly string[];
  /** USD of collateral value that may be liquidated per second; null without a limit. */
  readonly liquidationUsdPerSec: number | null;
  /** Memories of runs that have ended, clean, for the next run of a search. */
  readonly idle: AccountMemory[];
}

/** Makes one run in a memory that is used again; what `read` takes from the run must not be its state. */
export function inIdleMemory<T>(system: System, read: (memory: AccountMemory) => T): T {
  const memory = system.idle.pop() ?? accountMemory(system.accounts, system.assets.ids.length);
  const result = read(memory);
  cleanMemory(memory, system.accounts);
  system.idle.push(memory);
  return result;
}

/**
 * Lays a snapshot out for running.
 *
 * @throws UnsupportedPartError (DLCM-140) for a part this level does not model; SnapshotContentError (DLCM-141) for a
 *   snapshot that contradicts itself
 */
export function systemOf(snapshot: MarketSnapshot): System {
  requireSupported(snapshot);
  const assets = assetTable(snapshot);
  const protocols = [...snapshot.lending].sort(byId);
  return {
    snapshot,
    assets,
    protocols,
    accounts: accountTable(protocols, assets),
    options: optionBooks([...snapshot.books].sort(byId), snapshot, assets),
    perps: perpTable([...snapshot.perps].sort(byId), (venue) =>
      requireAsset(assets, venue.asset, `perpetual venue ${venue.id}`),
    ),
    members: membersOf(snapshot),
    liquidationUsdPerSec: liquidationPace(snapshot),
    idle: [],
  };
}

function liquidationPace(snapshot: MarketSnapshot): number | null {
  const chain = snapshot.chains[0];
  const capacity = chain?.liquidationCapacityUsdPerBlock ?? null;
  return chain === undefined || capacity === null ? null : capacity / chain.blockTimeSec;
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
