import { quantiseDown } from '#libs/numeric/index';
import type { RunStatus } from '../evaluation-record.js';
import { orderList, type LiquidationOrder, type OrderList } from '../lending/liquidation-order.js';
import type { Scenario } from '../scenario.js';
import { noTotals, type RunTotals } from './events.js';
import { clearFlows, executeFlows, readMarket } from './flows.js';
import { orderHedges, settleHedges, unlockBooks } from './hedging.js';
import { executeLiquidations } from './limit-orders.js';
import { collectLiquidations, isExhausted } from './margin-calls.js';
import { followsRounds, pushOracle, readOracle } from './oracle.js';
import { recordTick } from './price-history.js';
import { updateVolatility } from './realised-volatility.js';
import { freshState, type RunState } from './run-state.js';
import { requireScenario } from './supported.js';
import type { System } from './system.js';
import { startTick } from './tick-start.js';

/** A run is cut off (CAPPED) after this many rounds, or ten times the path's ticks plus the oracle lag. */
const MAX_ROUNDS = 100_000;
const MAX_TICKS_PER_PATH = 10;

/** A finished run: how it ended, its final state and its sums. */
export interface FinishedRun {
  readonly status: RunStatus;
  readonly state: RunState;
  readonly totals: RunTotals;
}

/** Watches a run round by round; calls come in the order of events. */
export interface RunObserver {
  roundStarts(state: RunState): void;
  liquidated(state: RunState, order: LiquidationOrder, fill: Executed): void;
  roundEnds(state: RunState, orders: OrderList): void;
}

export interface Executed {
  readonly seized: number;
  readonly repaid: number;
  readonly filled: number;
  /** Debt left without collateral, USD at oracle prices. */
  readonly badDebtUsd: number;
}

interface Run {
  readonly state: RunState;
  readonly totals: RunTotals;
  readonly orders: OrderList;
  readonly observer: RunObserver | null;
  /** USD of debt that may still be liquidated in this tick. */
  pace: number;
}

/**
 * Runs the cascade of one scenario over a system: five stages per tick, rounds of synchronous batches until no one
 * acts, ticks until the system has been quiet for the longest oracle memory (MODEL 5, 0.1).
 *
 * @throws ScenarioError (DLCM-142) for a scenario out of its domain
 */
export function runCascade(
  system: System,
  scenario: Scenario,
  observer: RunObserver | null = null,
): FinishedRun {
  requireScenario(scenario);
  const state = freshState(system, scenario);
  const run: Run = { state, totals: noTotals(), orders: orderList(), observer, pace: Infinity };
  const { stepSec, durationSec } = scenario.path;
  const pathTicks = Math.ceil(durationSec / stepSec);
  const memory = Math.max(0, ...state.oracles.map((oracle) => oracle.lag + oracle.samples));
  let quiet = 0;
  while (state.tick < pathTicks || quiet <= memory) {
    if (state.tick >= MAX_TICKS_PER_PATH * pathTicks + memory) return finish(run, true);
    state.tick += 1;
    quiet = runTick(run) ? 0 : quiet + 1;
    if (state.rounds >= MAX_ROUNDS) return finish(run, true);
  }
  return finish(run, false);
}

function finish(run: Run, capped: boolean): FinishedRun {
  const drained = run.state.drained.some((flag) => flag !== 0);
  return { status: capped ? 'CAPPED' : drained ? 'ZERO' : 'STABLE', state: run.state, totals: run.totals };
}

/** @returns whether anyone acted in this tick */
function runTick(run: Run): boolean {
  const { state } = run;
  const { stepSec, durationSec } = state.scenario.path;
  const { liquidationUsdPerSec } = state.system;
  startTick(state);
  unlockBooks(state);
  run.pace = liquidationUsdPerSec === null ? Infinity : liquidationUsdPerSec * stepSec;
  for (const oracle of state.oracles) readOracle(oracle, oracleTime(state));
  let acted = false;
  while (state.rounds < MAX_ROUNDS && runRound(run)) acted = true;
  for (const oracle of state.oracles) pushOracle(oracle, { ...oracleTime(state), sec: state.tick * stepSec });
  recordTick(state.history, state.market);
  updateVolatility(state.volatility, state.history, state.tick * stepSec > durationSec);
  return acted;
}

function oracleTime(state: RunState) {
  return { history: state.history, k: state.tick, market: state.market };
}

/** All decisions from the same prices, one batch: market orders, then limit orders (MODEL 4.4, 5 stage 5). */
function runRound(run: Run): boolean {
  const { state, orders, observer } = run;
  for (const oracle of state.oracles) if (followsRounds(oracle)) readOracle(oracle, oracleTime(state));
  observer?.roundStarts(state);
  clearFlows(state.flows);
  const hedged = orderHedges(state);
  const toppedUp = collectLiquidations(state, orders);
  if (!hedged && !toppedUp && orders.count === 0) return false;
  state.rounds += 1;
  if (hedged) tradeHedges(state);
  keepPace(run);
  const liquidated = executeLiquidations(state, orders, (order, fill) => settle(run, order, fill));
  readMarket(state.market, { assets: state.system.assets, venues: state.venues });
  observer?.roundEnds(state, orders);
  return hedged || toppedUp || liquidated;
}

function tradeHedges(state: RunState): void {
  const { flows, system, venues, market } = state;
  executeFlows(flows, { assets: system.assets, venues, market });
  settleHedges(state);
  for (let i = 0; i < flows.stopped.length; i += 1) {
    if (flows.stopped[i] === 1) state.drained[i] = 1;
    if (flows.stopped[i] === 2) state.absorbedUp[i] = 1;
  }
}

/** The chain carries only so much liquidation per tick: beyond it every order is cut pro rata to its debt (MODEL 0.16). */
function keepPace(run: Run): void {
  if (run.pace === Infinity) return;
  const { state, orders } = run;
  let wanted = 0;
  for (let j = 0; j < orders.count; j += 1)
    wanted += repaidUsd(state, orders.rows[j]!, orders.rows[j]!.repay);
  if (wanted <= run.pace) return;
  const share = Math.max(0, run.pace) / wanted;
  for (let j = 0; j < orders.count; j += 1) {
    const order = orders.rows[j]!;
    const seized = quantiseDown(order.seize * share, state.system.assets.quantum[order.collateral]!);
    order.repay *= seized / order.seize;
    order.seize = seized;
    order.seizesAll = order.closesDebt = false;
  }
}

function oraclePrice(state: RunState, account: number, asset: number): number {
  return state.oracles[state.system.accounts.protocol[account]!]!.price[asset]!;
}

function repaidUsd(state: RunState, order: LiquidationOrder, repaid: number): number {
  return repaid * oraclePrice(state, order.account, order.debt);
}

function settle(
  run: Run,
  order: LiquidationOrder,
  fill: { readonly seized: number; readonly repaid: number; readonly whole: boolean },
): void {
  const { state, totals } = run;
  state.collateralUnits[order.collateralLeg]! -= fill.seized;
  if (fill.whole && order.seizesAll) state.legClosed[order.collateralLeg] = 1;
  if (fill.whole && order.closesDebt) state.debtUnits[order.debtLeg] = 0;
  else state.debtUnits[order.debtLeg] = Math.max(0, state.debtUnits[order.debtLeg]! - fill.repaid);
  const badDebtUsd = writeOff(state, order.account);
  const valueUsd = fill.seized * oraclePrice(state, order.account, order.collateral);
  const paidUsd = repaidUsd(state, order, fill.repaid);
  run.pace -= paidUsd;
  totals.valueLiquidatedUsd += valueUsd;
  totals.debtRepaidUsd += paidUsd;
  totals.liquidations += 1;
  if (order.toxic) totals.toxicLiquidations += 1;
  totals.firstLiquidationSec ??= state.tick * state.scenario.path.stepSec;
  run.observer?.liquidated(state, order, {
    seized: fill.seized,
    repaid: fill.repaid,
    filled: fill.seized / order.seize,
    badDebtUsd,
  });
}

/** An account with debt and nothing left to seize becomes realised bad debt. @returns its USD at oracle prices */
function writeOff(state: RunState, account: number): number {
  if (!isExhausted(state, account)) return 0;
  const { accounts } = state.system;
  let usd = 0;
  for (let leg = accounts.debtFirst[account]!; leg < accounts.debtFirst[account + 1]!; leg += 1) {
    usd += state.debtUnits[leg]! * oraclePrice(state, account, accounts.debtAsset[leg]!);
  }
  if (usd > 0) state.writtenOff[account] = 1;
  return usd;
}
