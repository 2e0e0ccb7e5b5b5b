import { compensatedSum } from '#libs/numeric/index';

/**
 * A lending account seen from one asset: what of its collateral and debt moves with the asset, the rest in USD at
 * present prices.
 */
export interface LiquidationAccount {
  /** Collateral in the asset, base units. */
  readonly collateralUnits: number;
  /** Liquidation threshold of that collateral. */
  readonly liquidationThreshold: number;
  readonly bonus: number;
  readonly closeFactor: number;
  /** Debt in other assets, USD. */
  readonly debtUsd: number;
  /** Debt in the asset, base units. */
  readonly debtUnits: number;
  /** Other collateral, USD, whole and weighted by its liquidation thresholds. */
  readonly otherCollateralUsd: number;
  readonly otherCapacityUsd: number;
}

/** Health factor of the account at a price of the asset; Infinity without debt. */
export function healthAt(account: LiquidationAccount, spot: number): number {
  const debt = account.debtUsd + account.debtUnits * spot;
  if (debt === 0) return Infinity;
  return (account.collateralUnits * spot * account.liquidationThreshold + account.otherCapacityUsd) / debt;
}

/**
 * Base units that liquidations of all accounts with health below 1 trade at a price, one close factor each: sales of
 * collateral min(C, cf D (1 + b) / S) negative, purchases to repay short debt positive (MODEL 7 and 0.20).
 */
export function forcedFlow(accounts: readonly LiquidationAccount[], spot: number): number {
  return compensatedSum(accounts.map((account) => (healthAt(account, spot) < 1 ? traded(account, spot) : 0)));
}

function traded(account: LiquidationAccount, spot: number): number {
  const { closeFactor, bonus } = account;
  const sold = Math.min(account.collateralUnits, (closeFactor * account.debtUsd * (1 + bonus)) / spot);
  const affordable = account.otherCollateralUsd / ((1 + bonus) * spot);
  return Math.min(closeFactor * account.debtUnits, affordable) - sold;
}
