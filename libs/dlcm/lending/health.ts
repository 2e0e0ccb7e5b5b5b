import type { AccountTable } from './account-table.js';

/** The mutable half of the account table during a run. */
export interface AccountUnits {
  /** Values of all accounts, laid out like `units` of the account table. */
  readonly units: Float64Array;
  /** 1 once a collateral leg was seized whole, by row of `units`. */
  readonly legClosed: Uint8Array;
  /** Liquidation threshold of each terms row. */
  readonly lt: Float64Array;
}

/** An account and the prices it is valued at, USD by asset. Mutable: rounds reuse one record. */
export interface AccountAt {
  account: number;
  price: Float64Array;
}

/** Collateral of an account weighted by liquidation thresholds, USD. */
export function weightedCollateralUsd(table: AccountTable, state: AccountUnits, at: AccountAt): number {
  const { first, firstDebt, leg: legs } = table.shapes;
  const { asset } = table.terms;
  const shape = table.shape[at.account]!;
  const end = firstDebt[shape]!;
  let row = table.first[at.account]!;
  let sum = 0;
  for (let leg = first[shape]!; leg < end; leg += 1, row += 1) {
    if (state.legClosed[row] !== 0) continue;
    const terms = legs[leg]!;
    sum += state.units[row]! * at.price[asset[terms]!]! * state.lt[terms]!;
  }
  return sum;
}

/** Collateral of an account, USD. */
export function collateralUsd(table: AccountTable, state: AccountUnits, at: AccountAt): number {
  const { first, firstDebt, leg: legs } = table.shapes;
  const { asset } = table.terms;
  const shape = table.shape[at.account]!;
  const end = firstDebt[shape]!;
  let row = table.first[at.account]!;
  let sum = 0;
  for (let leg = first[shape]!; leg < end; leg += 1, row += 1) {
    if (state.legClosed[row] === 0) sum += state.units[row]! * at.price[asset[legs[leg]!]!]!;
  }
  return sum;
}

/** Debt of an account, USD. */
export function debtUsd(table: AccountTable, state: Pick<AccountUnits, 'units'>, at: AccountAt): number {
  const { first, leg: legs } = table.shapes;
  const shape = table.shape[at.account]!;
  const end = first[shape + 1]!;
  let row = debtRow(table, at.account);
  let sum = 0;
  for (let leg = table.shapes.firstDebt[shape]!; leg < end; leg += 1, row += 1) {
    sum += state.units[row]! * at.price[legs[leg]!]!;
  }
  return sum;
}

/** Row in `units` of an account's first debt. */
export function debtRow(table: AccountTable, account: number): number {
  const shape = table.shape[account]!;
  return table.first[account]! + table.shapes.firstDebt[shape]! - table.shapes.first[shape]!;
}

/**
 * Health factor of an account: sum of collateral x price x liquidation threshold over sum of debt x price
 * (Aave v3, MODEL 5 stage 4); Infinity without debt. Liquidatable strictly below 1.
 */
export function healthFactor(table: AccountTable, state: AccountUnits, at: AccountAt): number {
  const debt = debtUsd(table, state, at);
  return debt > 0 ? weightedCollateralUsd(table, state, at) / debt : Infinity;
}
