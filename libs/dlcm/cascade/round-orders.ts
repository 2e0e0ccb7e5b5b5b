import { quantise, quantiseDown } from '#libs/numeric/index';
import { breakEvenRatio, liquidatorShare, type LiquidationPair } from '../lending/liquidation.js';
import { liquidationOrder, type LiquidationOrder } from '../lending/liquidation-order.js';
import { orderColumns, storeOrder, type OrderColumns } from './order-columns.js';
import type { RunState } from './run-state.js';

/**
 * The liquidations wanted in one round, by liquidation market: a market is a pair of collateral on given terms and debt
 * asset. All orders of a market have one limit, since they see the same oracle prices. Sums are of multiples of the assets'
 * quanta, so that the order in which accounts come does not matter.
 */
export interface RoundOrders {
  /** Number of orders. */
  count: number;
  /** Number of markets with orders held back. */
  offered: number;
  /** Markets with an order on the book or held back, `openCount` of `open`. */
  readonly open: Int32Array;
  openCount: number;
  readonly isOpen: Uint8Array;
  /** The orders, `count` rows. */
  readonly rows: OrderColumns;
  /** First order of each market, -1 for none. */
  readonly head: Int32Array;
  /** Collateral for sale and debt tokens to buy if every order of the market were filled. */
  readonly sell: Float64Array;
  readonly buy: Float64Array;
  /** Lowest market price ratio collateral / debt, net of fees, at which the market's orders are executed. */
  readonly limit: Float64Array;
  /** 1 when the market holds orders back; what one of them sells and buys. */
  readonly offers: Uint8Array;
  readonly offeredSell: Float64Array;
  readonly offeredBuy: Float64Array;
  /** 1 when the market could not fill its orders. */
  readonly blocked: Uint8Array;
  /** By terms row: share of the seized collateral that is sold in this run, and that the protocol keeps as fee. */
  readonly soldShare: Float64Array;
  readonly feeShare: Float64Array;
  /** The order at hand, and the pair it is for; one record for all, since a round may see a million. */
  readonly order: LiquidationOrder;
  readonly pair: LiquidationPair;
}

/** Room for the orders of a round. */
export function roundOrders(sizes: { readonly terms: number; readonly assets: number }): RoundOrders {
  const markets = sizes.terms * sizes.assets;
  return {
    count: 0,
    offered: 0,
    open: new Int32Array(markets),
    openCount: 0,
    isOpen: new Uint8Array(markets),
    head: new Int32Array(markets).fill(-1),
    rows: orderColumns(),
    sell: new Float64Array(markets),
    buy: new Float64Array(markets),
    limit: new Float64Array(markets),
    offers: new Uint8Array(markets),
    offeredSell: new Float64Array(markets),
    offeredBuy: new Float64Array(markets),
    blocked: new Uint8Array(markets),
    soldShare: new Float64Array(sizes.terms),
    feeShare: new Float64Array(sizes.terms),
    order: liquidationOrder(),
    pair: {
      health: 0,
      totalDebtUsd: 0,
      collateralUnits: 0,
      debtUnits: 0,
      collateralPrice: 0,
      debtPrice: 0,
      bonus: 0,
    },
  };
}

/** Before the first round of a run. */
export function beginOrders(state: RunState): void {
  const { bonus, fee } = state.system.accounts.terms;
  for (let row = 0; row < bonus.length; row += 1) {
    const received = liquidatorShare(bonus[row]!, fee[row]!);
    state.orders.soldShare[row] = received * (1 - state.scenario.inventoryShare);
    state.orders.feeShare[row] = 1 - received;
  }
}

/** Empties the book for the next round. */
export function clearOrders(orders: RoundOrders): void {
  for (let j = 0; j < orders.openCount; j += 1) {
    orders.head[orders.open[j]!] = -1;
    orders.isOpen[orders.open[j]!] = 0;
  }
  orders.openCount = 0;
  orders.count = 0;
  orders.offered = 0;
}

/** Market of collateral on terms `terms` against debt `debt`. */
export function marketOf(state: RunState, terms: number, debt: number): number {
  return terms * state.system.assets.ids.length + debt;
}

/** Puts the order at hand on the book. */
export function addOrder(state: RunState, price: Float64Array): void {
  const { orders } = state;
  const { order } = orders;
  const market = marketOf(state, order.terms, order.debt);
  openMarket(state, market, price);
  storeOrder(orders.rows, orders.count, order);
  orders.rows.next[orders.count] = orders.head[market]!;
  orders.head[market] = orders.count;
  orders.count += 1;
  addToSums(state, market);
}

/** Shows the order at hand as one of those that a market holds back. */
export function offerOrder(state: RunState, market: number, price: Float64Array): void {
  const { orders } = state;
  openMarket(state, market, price);
  orders.offered += 1;
  orders.offers[market] = 1;
  orders.offeredSell[market] = soldOf(state, orders.order, orders.order.seize);
  orders.offeredBuy[market] = boughtOf(state, orders.order, orders.order.repay);
}

/** Adds the order at hand to what its market wants to sell and buy. */
export function addToSums(state: RunState, market: number): void {
  const { orders } = state;
  orders.sell[market]! += soldOf(state, orders.order, orders.order.seize);
  orders.buy[market]! += boughtOf(state, orders.order, orders.order.repay);
}

function openMarket(state: RunState, market: number, price: Float64Array): void {
  const { orders } = state;
  if (orders.isOpen[market] !== 0) return;
  const { terms, collateral, debt } = orders.order;
  const { bonus, fee } = state.system.accounts.terms;
  orders.isOpen[market] = 1;
  orders.blocked[market] = 0;
  orders.offers[market] = 0;
  orders.offeredSell[market] = 0;
  orders.offeredBuy[market] = 0;
  orders.open[orders.openCount++] = market;
  orders.sell[market] = 0;
  orders.buy[market] = 0;
  const pair = { collateralPrice: price[collateral]!, debtPrice: price[debt]!, bonus: bonus[terms]! };
  orders.limit[market] = breakEvenRatio(pair, fee[terms]!);
}

/** Collateral that the liquidator sells of what is seized, base units. */
export function soldOf(state: RunState, order: LiquidationOrder, seized: number): number {
  const share = state.orders.soldShare[order.terms]!;
  return quantiseDown(seized * share, state.system.assets.quantum[order.collateral]!);
}

/** Collateral that the protocol keeps as fee of what is seized, base units. */
export function feeOf(state: RunState, order: LiquidationOrder, seized: number): number {
  const share = state.orders.feeShare[order.terms]!;
  return quantise(seized * share, state.system.assets.quantum[order.collateral]!);
}

/** Debt tokens that the liquidator buys for what is repaid, base units. */
export function boughtOf(state: RunState, order: LiquidationOrder, repaid: number): number {
  return quantise(repaid, state.system.assets.quantum[order.debt]!);
}
