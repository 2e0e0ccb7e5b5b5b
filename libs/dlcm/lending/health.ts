import type { AccountTable } from './account-table.js';

/** The mutable half of the account table during a run. */
export interface AccountUnits {
  readonly collateralUnits: Float64Array;
  readonly debtUnits: Float64Array;
  /** 1 once a collateral leg was seized whole. */
  readonly legClosed: Uint8Array;
}

/** Collateral of account `a` weighted by liquidation thresholds, USD. */
export function weightedCollateralUsd(
  table: AccountTable,
  units: AccountUnits,
  at: { readonly account: number; readonly price: Float64Array },
): number {
  let sum = 0;
  const end = table.collateralFirst[at.account + 1]!;
  for (let leg = table.collateralFirst[at.account]!; leg < end; leg += 1) {
    if (units.legClosed[leg] !== 0) continue;
    sum += units.collateralUnits[leg]! * at.price[table.collateralAsset[leg]!]! * table.collateralLt[leg]!;
  }
  return sum;
}

/** Collateral of account `a`, USD. */
export function collateralUsd(
  table: AccountTable,
  units: AccountUnits,
  at: { readonly account: number; readonly price: Float64Array },
): number {
  let sum = 0;
  const end = table.collateralFirst[at.account + 1]!;
  for (let leg = table.collateralFirst[at.account]!; leg < end; leg += 1) {
    if (units.legClosed[leg] === 0)
      sum += units.collateralUnits[leg]! * at.price[table.collateralAsset[leg]!]!;
  }
  return sum;
}

/** Debt of account `a`, USD. */
export function debtUsd(
  table: AccountTable,
  units: AccountUnits,
  at: { readonly account: number; readonly price: Float64Array },
): number {
  let sum = 0;
  const end = table.debtFirst[at.account + 1]!;
  for (let leg = table.debtFirst[at.account]!; leg < end; leg += 1) {
    sum += units.debtUnits[leg]! * at.price[table.debtAsset[leg]!]!;
  }
  return sum;
}

/**
 * Health factor of an account: sum of collateral x price x liquidation threshold over sum of debt x price
 * (Aave v3, MODEL 5 stage 4); Infinity without debt. Liquidatable strictly below 1.
 */
export function healthFactor(
  table: AccountTable,
  units: AccountUnits,
  at: { readonly account: number; readonly price: Float64Array },
): number {
  const debt = debtUsd(table, units, at);
  return debt > 0 ? weightedCollateralUsd(table, units, at) / debt : Infinity;
}
