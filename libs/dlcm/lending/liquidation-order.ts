import type { LiquidationSize } from './liquidation.js';

/** One liquidation wanted in a round, sized at the round's prices. One record is reused for all. */
export interface LiquidationOrder extends LiquidationSize {
  account: number;
  /** Row of the collateral and of the debt in the units of the account table. */
  collateralRow: number;
  debtRow: number;
  /** Terms row of the collateral. */
  terms: number;
  collateral: number;
  debt: number;
  health: number;
  toxic: boolean;
}

/** An empty record. */
export function liquidationOrder(): LiquidationOrder {
  return {
    account: 0,
    collateralRow: 0,
    debtRow: 0,
    terms: 0,
    collateral: 0,
    debt: 0,
    health: 0,
    toxic: false,
    repay: 0,
    seize: 0,
    seizesAll: false,
    closesDebt: false,
  };
}
