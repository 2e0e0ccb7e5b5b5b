import { protocolOf, reserveChain } from '../lending/account-table.js';
import { debtRow, debtUsd, healthFactor, type AccountAt } from '../lending/health.js';
import { isToxic, sizeLiquidation, type LiquidationPair } from '../lending/liquidation.js';
import { reaches } from './market-segments.js';
import { clearOrders } from './round-orders.js';
import type { RunState } from './run-state.js';

/** What a look at an account showed: its health after a top-up if one was due. */
export interface Look {
  health: number;
  toppedUp: boolean;
}

/**
 * Collects every liquidation wanted at this round's oracle prices (MODEL 5 stage 4, 0.16): accounts with health
 * strictly below 1, one (collateral, debt) pair each. Top-ups are applied before the check.
 *
 * @returns whether any top-up was made
 */
export function collectLiquidations(state: RunState): boolean {
  state.examiner.endRound(state);
  clearOrders(state.orders);
  let toppedUp = false;
  for (let p = 0; p < state.oracles.length; p += 1) {
    if (state.examiner.examine(state, p)) toppedUp = true;
  }
  return toppedUp;
}

/** Values an account and brings in its reserve if it is due. */
export function lookAt(state: RunState, at: AccountAt, look: Look): void {
  const { accounts } = state.system;
  look.health = healthFactor(accounts, state, at);
  look.toppedUp = topUp(state, at.account, look.health);
  if (look.toppedUp) look.health = healthFactor(accounts, state, at);
  if (accounts.waits) noteHealth(state, at.account, look.health);
}

function noteHealth({ unhealthySince, tick }: RunState, account: number, health: number): void {
  if (health >= 1) unhealthySince[account] = 0;
  else if (unhealthySince[account] === 0) unhealthySince[account] = tick;
}

/** Whether the account's protocol still waits: it liquidates only whom it has seen unhealthy for its delay. */
function stillWaits(state: RunState, account: number, delaySec: number): boolean {
  if (delaySec === 0 || state.scenario.level !== 'v3') return false;
  return (state.tick - state.unhealthySince[account]!) * state.scenario.path.stepSec < delaySec;
}

/** Health below which the owner brings in what is held in reserve; 0 when nothing is. */
export function reserveMark(state: RunState, account: number): number {
  const { shapes, shape, first } = state.system.accounts;
  if (shapes.reserve[shape[account]!]! < 0 || state.topUpUsed[account] !== 0) return 0;
  return state.units[first[account + 1]! - 1]!;
}

/** A reserve on another chain needs a way across (MODEL 8.2). */
function reserveReaches(state: RunState, account: number): boolean {
  const { accounts, protocols, assets } = state.system;
  if (assets.chains.length === 1) return true;
  const chain = reserveChain(accounts, account);
  return chain !== null && reaches(state, chain, protocols[protocolOf(accounts, account)]!.chain);
}

/** Brings in the account's reserve once its health is below the owner's mark: repays debt of that asset, else adds collateral. */
function topUp(state: RunState, account: number, health: number): boolean {
  if (!(health < reserveMark(state, account)) || !reserveReaches(state, account)) return false;
  const { accounts } = state.system;
  const { reserve, first, firstDebt, leg: legs } = accounts.shapes;
  const shape = accounts.shape[account]!;
  const asset = reserve[shape]!;
  state.topUpUsed[account] = 1;
  const units = state.units[accounts.first[account + 1]! - 2]!;
  let row = debtRow(accounts, account);
  for (let leg = firstDebt[shape]!; leg < first[shape + 1]!; leg += 1, row += 1) {
    if (legs[leg] !== asset) continue;
    const repaid = Math.min(units, state.units[row]!);
    state.units[row]! -= repaid;
    state.holdings.protocols[asset]! += repaid;
    state.holdings.toppedUp[asset]! += repaid;
    return repaid > 0;
  }
  row = accounts.first[account]!;
  for (let leg = first[shape]!; leg < firstDebt[shape]!; leg += 1, row += 1) {
    if (accounts.terms.asset[legs[leg]!] !== asset) continue;
    state.units[row]! += units;
    state.holdings.toppedUp[asset]! += units;
    return units > 0;
  }
  return false;
}

/** An account with health below 1. */
export interface Unhealthy extends AccountAt {
  health: number;
}

/**
 * Sizes the liquidation of an unhealthy account into the order at hand.
 *
 * @returns false when nothing can be seized
 */
export function wantLiquidation(state: RunState, found: Unhealthy): boolean {
  const { accounts, assets, protocols } = state.system;
  const { order } = state.orders;
  if (!findCollateral(state, found.account) || !findDebt(state, found)) return false;
  order.account = found.account;
  order.health = found.health;
  const pair = pairOf(state, found);
  const quantum = assets.quantum[order.collateral]!;
  const p = accounts.terms.protocol[order.terms]!;
  if (state.tick < state.pausedUntil[order.collateral]!) return false;
  if (stillWaits(state, found.account, protocols[p]!.liquidationDelaySec)) return false;
  sizeLiquidation(pair, state.liquidationRules[p]!, { quantum, size: order });
  if (!(order.seize > 0)) return false;
  order.toxic = isToxic(found.health, state.lt[order.terms]!, pair.bonus);
  if (order.toxic && state.scenario.lendingPolicy?.haltToxic === true) return false;
  return true;
}

function pairOf(state: RunState, found: Unhealthy): LiquidationPair {
  const { order, pair } = state.orders;
  const { accounts } = state.system;
  pair.health = found.health;
  pair.totalDebtUsd = debtUsd(accounts, state, found);
  pair.collateralUnits = state.units[order.collateralRow]!;
  pair.debtUnits = state.units[order.debtRow]!;
  pair.collateralPrice = found.price[order.collateral]!;
  pair.debtPrice = found.price[order.debt]!;
  pair.bonus = accounts.terms.bonus[order.terms]!;
  return pair;
}

/** Legs stand in the liquidators' order of preference: the first one that still holds something. */
function findCollateral(state: RunState, account: number): boolean {
  const { accounts } = state.system;
  const { order } = state.orders;
  const leg = openCollateral(state, account);
  if (leg < 0) return false;
  order.terms = accounts.shapes.leg[leg]!;
  order.collateral = accounts.terms.asset[order.terms]!;
  order.collateralRow = accounts.first[account]! + leg - accounts.shapes.first[accounts.shape[account]!]!;
  return true;
}

/** @returns leg of the shape, -1 if nothing is left to seize */
function openCollateral(state: RunState, account: number): number {
  const { shapes, shape, first } = state.system.accounts;
  const own = shape[account]!;
  let row = first[account]!;
  for (let leg = shapes.first[own]!; leg < shapes.firstDebt[own]!; leg += 1, row += 1) {
    if (state.legClosed[row] === 0 && state.units[row]! > 0) return leg;
  }
  return -1;
}

/** The largest debt in USD. */
function findDebt(state: RunState, found: Unhealthy): boolean {
  const { accounts } = state.system;
  const { order } = state.orders;
  const { first, firstDebt, leg: legs } = accounts.shapes;
  const shape = accounts.shape[found.account]!;
  let row = debtRow(accounts, found.account);
  let most = 0;
  for (let leg = firstDebt[shape]!; leg < first[shape + 1]!; leg += 1, row += 1) {
    const usd = state.units[row]! * found.price[legs[leg]!]!;
    if (usd <= most) continue;
    most = usd;
    order.debtRow = row;
    order.debt = legs[leg]!;
  }
  return most > 0;
}

/** Whether an account has no collateral left to seize. */
export function isExhausted(state: RunState, account: number): boolean {
  return openCollateral(state, account) < 0;
}
