import { debtUsd, healthFactor } from '../lending/health.js';
import {
  breakEvenRatio,
  isToxic,
  liquidatorShare,
  sizeLiquidation,
  type LiquidationPair,
} from '../lending/liquidation.js';
import { nextOrder, type LiquidationOrder, type OrderList } from '../lending/liquidation-order.js';
import type { RunState } from './run-state.js';

/**
 * Collects every liquidation wanted at this round's oracle prices (MODEL 5 stage 4, 0.16): accounts with health
 * strictly below 1, one (collateral, debt) pair each. Top-ups are applied before the check.
 *
 * @param orders emptied, then filled in account order
 * @returns whether any top-up was made
 */
export function collectLiquidations(state: RunState, orders: OrderList): boolean {
  const { accounts, protocols } = state.system;
  orders.count = 0;
  let toppedUp = false;
  for (let p = 0; p < protocols.length; p += 1) {
    const price = state.oracles[p]!.price;
    const end = accounts.firstOfProtocol[p + 1]!;
    for (let account = accounts.firstOfProtocol[p]!; account < end; account += 1) {
      if (state.writtenOff[account] !== 0) continue;
      const at = { account, price };
      let health = healthFactor(accounts, state, at);
      if (topUp(state, account, health)) {
        toppedUp = true;
        health = healthFactor(accounts, state, at);
      }
      if (health < 1) orderLiquidation(state, orders, { account, price, health });
    }
  }
  return toppedUp;
}

/** Brings in the account's reserve once its health is below the owner's mark: repays debt of that asset, else adds collateral. */
function topUp(state: RunState, account: number, health: number): boolean {
  const { accounts } = state.system;
  const asset = accounts.topUpAsset[account]!;
  if (asset < 0 || state.topUpUsed[account] !== 0 || !(health < accounts.topUpBelow[account]!)) return false;
  state.topUpUsed[account] = 1;
  const units = accounts.topUpUnits[account]!;
  for (let leg = accounts.debtFirst[account]!; leg < accounts.debtFirst[account + 1]!; leg += 1) {
    if (accounts.debtAsset[leg] !== asset) continue;
    const repaid = Math.min(units, state.debtUnits[leg]!);
    state.debtUnits[leg]! -= repaid;
    state.holdings.protocols[asset]! += repaid;
    state.holdings.toppedUp[asset]! += repaid;
    return repaid > 0;
  }
  for (let leg = accounts.collateralFirst[account]!; leg < accounts.collateralFirst[account + 1]!; leg += 1) {
    if (accounts.collateralAsset[leg] !== asset) continue;
    state.collateralUnits[leg]! += units;
    state.holdings.toppedUp[asset]! += units;
    return units > 0;
  }
  return false;
}

interface Unhealthy {
  readonly account: number;
  readonly price: Float64Array;
  readonly health: number;
}

function orderLiquidation(state: RunState, orders: OrderList, found: Unhealthy): void {
  const { accounts, assets, protocols } = state.system;
  const collateralLeg = firstOpenCollateral(state, found.account);
  const debtLeg = largestDebt(state, found);
  if (collateralLeg < 0 || debtLeg < 0) return;
  const order = nextOrder(orders);
  order.account = found.account;
  order.collateralLeg = collateralLeg;
  order.debtLeg = debtLeg;
  order.collateral = accounts.collateralAsset[collateralLeg]!;
  order.debt = accounts.debtAsset[debtLeg]!;
  order.health = found.health;
  const pair = pairOf(state, order, found);
  const protocol = protocols[accounts.protocol[found.account]!]!;
  sizeLiquidation(pair, protocol, { quantum: assets.quantum[order.collateral]!, size: order });
  if (!(order.seize > 0)) return;
  const fee = accounts.collateralFee[collateralLeg]!;
  const received = liquidatorShare(pair.bonus, fee);
  order.limit = breakEvenRatio(pair, fee);
  order.feeShare = 1 - received;
  order.soldShare = received * (1 - state.scenario.inventoryShare);
  order.toxic = isToxic(found.health, accounts.collateralLt[collateralLeg]!, pair.bonus);
  orders.count += 1;
}

function pairOf(state: RunState, order: LiquidationOrder, found: Unhealthy): LiquidationPair {
  const { accounts } = state.system;
  return {
    health: found.health,
    totalDebtUsd: debtUsd(accounts, state, found),
    collateralUnits: state.collateralUnits[order.collateralLeg]!,
    debtUnits: state.debtUnits[order.debtLeg]!,
    collateralPrice: found.price[order.collateral]!,
    debtPrice: found.price[order.debt]!,
    bonus: accounts.collateralBonus[order.collateralLeg]!,
  };
}

/** Legs stand in the liquidators' order of preference: the first one that still holds something. */
function firstOpenCollateral(state: RunState, account: number): number {
  const { accounts } = state.system;
  for (let leg = accounts.collateralFirst[account]!; leg < accounts.collateralFirst[account + 1]!; leg += 1) {
    if (state.legClosed[leg] === 0 && state.collateralUnits[leg]! > 0) return leg;
  }
  return -1;
}

function largestDebt(state: RunState, found: Unhealthy): number {
  const { accounts } = state.system;
  let largest = -1;
  let most = 0;
  for (let leg = accounts.debtFirst[found.account]!; leg < accounts.debtFirst[found.account + 1]!; leg += 1) {
    const usd = state.debtUnits[leg]! * found.price[accounts.debtAsset[leg]!]!;
    if (usd <= most) continue;
    most = usd;
    largest = leg;
  }
  return largest;
}

/** Whether an account has no collateral left to seize. */
export function isExhausted(state: RunState, account: number): boolean {
  return firstOpenCollateral(state, account) < 0;
}
