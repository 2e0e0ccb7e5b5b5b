import type { AccountTable } from '../lending/account-table.js';
import type { AssetTable } from './asset-table.js';
import { indexMemory, type IndexMemory } from './indexed-examiner.js';
import { clearOrders, roundOrders, type RoundOrders } from './round-orders.js';

/**
 * What a run needs for every account. It is as large as the accounts, so a search uses one memory for all its runs and
 * cleans it only where a run has been.
 */
export interface AccountMemory {
  /** Values of all accounts, laid out like `units` of the account table. */
  readonly units: Float64Array;
  /** 1 once a collateral leg was seized whole, by row of `units`. */
  readonly legClosed: Uint8Array;
  /** 1 once an account has debt and no collateral left: the debt is realised bad debt. */
  readonly writtenOff: Uint8Array;
  readonly topUpUsed: Uint8Array;
  /** Tick since which an account has been unhealthy without a break, 0 if it is not; empty where no protocol waits. */
  readonly unhealthySince: Int32Array;
  /** By cohort: accounts from this one on were never looked at and are as in the snapshot. */
  readonly reached: Int32Array;
  readonly orders: RoundOrders;
  readonly index: IndexMemory;
}

/** A memory as at the snapshot. */
export function accountMemory(accounts: AccountTable, { ids }: Pick<AssetTable, 'ids'>): AccountMemory {
  const assets = ids.length;
  const cohorts = accounts.cohorts.protocol.length;
  return {
    units: accounts.units.slice(),
    legClosed: new Uint8Array(accounts.units.length),
    writtenOff: new Uint8Array(accounts.count),
    topUpUsed: new Uint8Array(accounts.count),
    unhealthySince: new Int32Array(accounts.waits ? accounts.count : 0),
    reached: accounts.cohorts.first.slice(0, cohorts),
    orders: roundOrders({
      terms: accounts.terms.asset.length,
      assets,
    }),
    index: indexMemory(accounts, assets),
  };
}

/** Brings a memory back to the snapshot: every account looked at stands before `reached` in its cohort. */
export function cleanMemory(memory: AccountMemory, accounts: AccountTable): void {
  const { first } = accounts.cohorts;
  clearOrders(memory.orders);
  for (let g = 0; g < memory.reached.length; g += 1) {
    const from = first[g]!;
    const to = memory.reached[g]!;
    if (from === to) continue;
    const rows = [accounts.first[from]!, accounts.first[to]!] as const;
    memory.units.set(accounts.units.subarray(...rows), rows[0]);
    memory.legClosed.fill(0, ...rows);
    memory.writtenOff.fill(0, from, to);
    memory.topUpUsed.fill(0, from, to);
    if (accounts.waits) memory.unhealthySince.fill(0, from, to);
    memory.reached[g] = from;
  }
}
