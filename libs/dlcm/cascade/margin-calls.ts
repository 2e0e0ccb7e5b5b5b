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

/** Accounts this close above their trigger are looked at every round. */
const NEAR = 1.05;
/** Covers the rounding of a health factor and of the bound itself. */
const BOUND_SLACK = 1 - 1e-12;

/**
 * Which accounts of one protocol can have reached their trigger since the last full look at all of them.
 *
 * An account's health is a ratio of sums of prices with fixed positive weights, so it falls by no more than the largest
 * fall of a collateral price over the smallest rise of a debt price. While the weakest of the accounts left out stays
 * above its trigger by that bound, only `near` must be examined, and the result equals a full look.
 */
export interface Watch {
  readonly near: Int32Array;
  nearCount: number;
  /** Smallest health over trigger of the accounts left out; -1 before the first look. */
  weakest: number;
  /** Oracle prices of the last full look. */
  readonly seen: Float64Array;
}

/** A watch that has not looked yet. */
export function freshWatch(accounts: number, spot: Float64Array): Watch {
  return { near: new Int32Array(accounts), nearCount: 0, weakest: -1, seen: new Float64Array(spot.length) };
}

/**
 * Collects every liquidation wanted at this round's oracle prices (MODEL 5 stage 4, 0.16): accounts with health
 * strictly below 1, one (collateral, debt) pair each. Top-ups are applied before the check.
 *
 * @param orders emptied, then filled in account order
 * @returns whether any top-up was made
 */
export function collectLiquidations(state: RunState, orders: OrderList): boolean {
  orders.count = 0;
  let toppedUp = false;
  state.watches.forEach((watch, p) => {
    const price = state.oracles[p]!.price;
    if (!stillCovers(watch, price)) look(state, watch, p);
    for (let j = 0; j < watch.nearCount; j += 1) {
      const account = watch.near[j]!;
      if (state.writtenOff[account] !== 0) continue;
      let health = healthFactor(state.system.accounts, state, { account, price });
      if (topUp(state, account, health)) {
        toppedUp = true;
        health = healthFactor(state.system.accounts, state, { account, price });
      }
      if (health < 1) orderLiquidation(state, orders, { account, price, health });
    }
  });
  return toppedUp;
}

function stillCovers(watch: Watch, price: Float64Array): boolean {
  if (watch.weakest < 0) return false;
  let fall = 1;
  let rise = 1;
  for (let i = 0; i < price.length; i += 1) {
    const ratio = price[i]! / watch.seen[i]!;
    if (ratio < fall) fall = ratio;
    if (ratio > rise) rise = ratio;
  }
  return (watch.weakest * fall * BOUND_SLACK) / rise >= 1;
}

function look(state: RunState, watch: Watch, p: number): void {
  const { accounts } = state.system;
  const price = state.oracles[p]!.price;
  watch.seen.set(price);
  watch.nearCount = 0;
  watch.weakest = Infinity;
  const end = accounts.firstOfProtocol[p + 1]!;
  for (let account = accounts.firstOfProtocol[p]!; account < end; account += 1) {
    if (state.writtenOff[account] !== 0) continue;
    const reserve = accounts.topUpAsset[account]! >= 0 && state.topUpUsed[account] === 0;
    const trigger = reserve ? Math.max(1, accounts.topUpBelow[account]!) : 1;
    const ratio = healthFactor(accounts, state, { account, price }) / trigger;
    if (ratio > NEAR) watch.weakest = Math.min(watch.weakest, ratio);
    else watch.near[watch.nearCount++] = account;
  }
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
