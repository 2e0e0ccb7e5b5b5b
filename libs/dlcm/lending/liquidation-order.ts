import type { LiquidationSize } from './liquidation.js';

/** One liquidation wanted in a round, sized at the round's prices. Records are reused from round to round. */
export interface LiquidationOrder extends LiquidationSize {
  account: number;
  /** Row of the collateral leg and of the debt leg in the account table. */
  collateralLeg: number;
  debtLeg: number;
  collateral: number;
  debt: number;
  health: number;
  toxic: boolean;
  /** Lowest market price ratio collateral / debt, net of fees, at which it is executed. */
  limit: number;
  /** Share of the seized collateral that is sold. */
  soldShare: number;
  /** Share of the seized collateral that the protocol keeps as fee. */
  feeShare: number;
}

/** The orders of one round; `count` of `rows` are in use. */
export interface OrderList {
  readonly rows: LiquidationOrder[];
  count: number;
}

/** An empty list of orders. */
export function orderList(): OrderList {
  return { rows: [], count: 0 };
}

/** The next record to fill in, new or reused; it counts once `count` is raised. */
export function nextOrder(list: OrderList): LiquidationOrder {
  const free = list.rows[list.count];
  if (free !== undefined) return free;
  const order: LiquidationOrder = {
    account: 0,
    collateralLeg: 0,
    debtLeg: 0,
    collateral: 0,
    debt: 0,
    health: 0,
    toxic: false,
    limit: 0,
    soldShare: 0,
    feeShare: 0,
    repay: 0,
    seize: 0,
    seizesAll: false,
    closesDebt: false,
  };
  list.rows.push(order);
  return order;
}
