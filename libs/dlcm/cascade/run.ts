import { addTo, quantiseDown, splitSum, valueOf, type SplitSum } from '#libs/numeric/index';
import type { RunStatus } from '../evaluation-record.js';
import { debtUsd } from '../lending/health.js';
import type { LiquidationOrder } from '../lending/liquidation-order.js';
import type { Scenario } from '../scenario.js';
import { noTotals, type RunTotals } from './events.js';
import { accountMemory, type AccountMemory } from './account-memory.js';
import { closeBooks } from './book-capital.js';
import { scanExaminer, type Examine } from './examiner.js';
import { breakCircuits } from './circuit-breaker.js';
import { cutThresholds } from './dynamic-haircuts.js';
import { clearFlows, executeFlows, readMarket } from './flows.js';
import { orderHedges, settleHedges, unlockBooks } from './hedging.js';
import { indexedExaminer } from './indexed-examiner.js';
import { executeLiquidations } from './limit-orders.js';
import { failBridges, followLeaders } from './market-segments.js';
import { collectLiquidations, isExhausted } from './margin-calls.js';
import { priceNested, priceUntraded } from './nested-prices.js';
import { loadOrder, storeOrder } from './order-columns.js';
import { followsRounds, pushOracle, readOracle, type Oracle } from './oracle.js';
import { tradePerps } from './perp-execution.js';
import { openPerpBatch, orderPerps } from './perp-orders.js';
import { chargeFunding, ranDry } from './perp-state.js';
import { recordTick } from './price-history.js';
import { updateVolatility } from './realised-volatility.js';
import { addToSums, beginOrders, marketOf } from './round-orders.js';
import { freshState, type RunState } from './run-state.js';
import { renewBids } from './standing-bids.js';
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
  roundEnds(state: RunState): void;
}

export interface Executed {
  readonly seized: number;
  readonly repaid: number;
  readonly filled: number;
  /** Debt left without collateral, USD at oracle prices. */
  readonly badDebtUsd: number;
}

/** How a run is made; none of it changes a number of the result. */
export interface RunHow {
  readonly observer?: RunObserver | null;
  /** Indexed unless told otherwise. */
  readonly examine?: Examine;
  /** A clean memory to run in, which holds the final state and must not be used again before it has been read. */
  readonly memory?: AccountMemory;
}

interface Run {
  readonly state: RunState;
  readonly totals: RunTotals;
  readonly observer: RunObserver | null;
  /** USD of debt that may be liquidated in a tick, and what has been in this one, by chain. */
  readonly pace: Float64Array;
  paid: readonly SplitSum[];
}

/**
 * Runs the cascade of one scenario over a system: five stages per tick, rounds of synchronous batches until no one
 * acts, ticks until the system has been quiet for the longest oracle memory (MODEL 5, 0.1).
 *
 * @throws ScenarioError (DLCM-142) for a scenario out of its domain
 */
export function runCascade(system: System, scenario: Scenario, how: RunHow = {}): FinishedRun {
  requireScenario(scenario);
  const { stepSec, durationSec } = scenario.path;
  const pace = system.liquidationUsdPerSec.map((usd) => usd * stepSec);
  const observer = how.observer ?? null;
  const state = freshState(system, scenario, {
    memory: how.memory ?? accountMemory(system.accounts, system.assets),
    // Whoever counts orders must see them all.
    examiner:
      how.examine === 'scan'
        ? scanExaminer()
        : indexedExaminer(observer === null && pace.every((usd) => usd === Infinity)),
  });
  beginOrders(state);
  state.examiner.begin(state);
  const run: Run = {
    state,
    totals: noTotals(),
    observer,
    pace,
    paid: [],
  };
  const pathTicks = Math.ceil(durationSec / stepSec);
  const memory =
    Math.max(0, ...state.oracles.map((oracle) => oracle.lag + oracle.samples)) + longestWait(state);
  let quiet = 0;
  while (state.tick < pathTicks || quiet <= memory) {
    if (state.tick >= MAX_TICKS_PER_PATH * pathTicks + memory) return finish(run, true);
    state.tick += 1;
    // While the path still moves, a quiet tick says nothing: an oracle may not have seen its prices yet.
    quiet = runTick(run) || state.tick < pathTicks ? 0 : quiet + 1;
    if (state.rounds >= MAX_ROUNDS) return finish(run, true);
  }
  return finish(run, false);
}

/** Ticks in which nobody may act although someone is about to: liquidation delays and pauses. */
function longestWait({ system, scenario }: RunState): number {
  const { stepSec } = scenario.path;
  const delays = scenario.level === 'v3' ? system.protocols.map((p) => p.liquidationDelaySec) : [];
  const breaker = scenario.lendingPolicy?.circuitBreaker;
  const ticks = (seconds = 0): number => Math.ceil(seconds / stepSec);
  // While a fall is in its window, every pause that ends begins anew.
  return ticks(Math.max(0, ...delays)) + ticks(breaker?.windowSec) + ticks(breaker?.pauseSec);
}

function finish(run: Run, capped: boolean): FinishedRun {
  const { drained: assets, perps } = run.state;
  const drained = assets.includes(1) || (perps !== null && ranDry(perps));
  return { status: capped ? 'CAPPED' : drained ? 'ZERO' : 'STABLE', state: run.state, totals: run.totals };
}

/** @returns whether anyone acted in this tick */
function runTick(run: Run): boolean {
  const { state } = run;
  const { stepSec, durationSec } = state.scenario.path;
  failBridges(state);
  startTick(state);
  cutThresholds(state);
  breakCircuits(state);
  unlockBooks(state);
  chargeFunding(state);
  closeBooks(state);
  renewBids(state);
  run.paid = Array.from(run.pace, () => splitSum());
  for (const oracle of state.oracles) readPrices(state, oracle);
  let acted = false;
  while (state.rounds < MAX_ROUNDS && runRound(run)) acted = true;
  for (const oracle of state.oracles) {
    if (pushOracle(oracle, { ...oracleTime(state), sec: state.tick * stepSec }))
      priceNested(state, oracle.price);
  }
  recordTick(state.history, state.market);
  updateVolatility(state.volatility, state.history, state.tick * stepSec > durationSec);
  return acted;
}

/** Nested formulas apply to what the oracle makes of the market (MODEL 0.17); a pushed oracle has done so when it pushed. */
function readPrices(state: RunState, oracle: Oracle): void {
  readOracle(oracle, oracleTime(state));
  if (oracle.push === null) priceNested(state, oracle.price);
}

function oracleTime(state: RunState) {
  return { history: state.history, k: state.tick, market: state.market };
}

/** All decisions from the same prices, one batch: market orders, then limit orders (MODEL 4.4, 5 stage 5). */
function runRound(run: Run): boolean {
  const { state, observer } = run;
  const { orders } = state;
  for (const oracle of state.oracles) if (followsRounds(oracle)) readPrices(state, oracle);
  observer?.roundStarts(state);
  clearFlows(state.flows);
  openPerpBatch(state);
  const hedged = orderHedges(state);
  const perped = orderPerps(state);
  const toppedUp = collectLiquidations(state);
  const closed = state.closures.length > 0;
  const wanted = orders.count + orders.offered > 0;
  if (!hedged && !perped && !toppedUp && !closed && !wanted) return false;
  state.rounds += 1;
  if (hedged || perped) tradeMarketOrders(state);
  keepPace(run);
  const liquidated = executeLiquidations(state, (order, fill) => settle(run, order, fill));
  readMarket(state.market, { assets: state.system.assets, venues: state.venues });
  followLeaders(state, state.market);
  priceUntraded(state);
  observer?.roundEnds(state);
  state.closures.length = 0;
  return hedged || perped || toppedUp || closed || liquidated;
}

/** Spot first, then the perpetuals, where arbitrage mirrors what it could do on spot. */
function tradeMarketOrders(state: RunState): void {
  const { flows, system, venues, market, holdings } = state;
  executeFlows(flows, { assets: system.assets, venues, market });
  tradePerps(state);
  settleHedges(state);
  for (let i = 0; i < flows.stopped.length; i += 1) {
    // What was not executed goes back; at a root of the quote tree this is the cash of the whole batch.
    holdings.books[i]! += flows.settled[i]!;
    if (flows.stopped[i] === 1) state.drained[i] = 1;
    if (flows.stopped[i] === 2) state.absorbedUp[i] = 1;
  }
}

/** A chain carries only so much liquidation per tick: beyond it every order there is cut pro rata to its debt (MODEL 0.16). */
function keepPace(run: Run): void {
  if (run.pace.every((pace) => pace === Infinity)) return;
  const { state } = run;
  const { orders } = state;
  const wanted = Array.from(run.pace, () => splitSum());
  forEachOrder(state, (order) => addTo(wanted[chainOf(run, order)]!, repaidUsd(state, order, order.repay)));
  const cut = run.pace.map((pace, chain) => {
    const left = pace - valueOf(run.paid[chain]!);
    const usd = valueOf(wanted[chain]!);
    return usd <= left ? 1 : Math.max(0, left) / usd;
  });
  if (cut.every((share) => share === 1)) return;
  for (let j = 0; j < orders.openCount; j += 1)
    orders.sell[orders.open[j]!] = orders.buy[orders.open[j]!] = 0;
  forEachOrder(state, (order, row) => {
    const share = cut[chainOf(run, order)]!;
    if (share < 1) cutOrder(order, { share, quantum: state.system.assets.quantum[order.collateral]! });
    storeOrder(orders.rows, row, order);
    addToSums(state, marketOf(state, order.terms, order.debt));
  });
}

/** Chain on which a liquidation happens: that of the protocol, whose rows its assets are. */
function chainOf(run: Run, order: LiquidationOrder): number {
  return order.collateral % run.pace.length;
}

function cutOrder(order: LiquidationOrder, by: { readonly quantum: number; readonly share: number }): void {
  const seized = quantiseDown(order.seize * by.share, by.quantum);
  order.repay *= seized / order.seize;
  order.seize = seized;
  order.seizesAll = order.closesDebt = false;
}

/** Every order of the round, one by one, in one record. */
function forEachOrder(state: RunState, visit: (order: LiquidationOrder, row: number) => void): void {
  const { orders } = state;
  for (let row = 0; row < orders.count; row += 1) {
    loadOrder(orders.rows, row, orders.order);
    visit(orders.order, row);
  }
}

function oraclePrice(state: RunState, order: LiquidationOrder): Float64Array {
  return state.oracles[state.system.accounts.terms.protocol[order.terms]!]!.price;
}

function repaidUsd(state: RunState, order: LiquidationOrder, repaid: number): number {
  return repaid * oraclePrice(state, order)[order.debt]!;
}

function settle(
  run: Run,
  order: LiquidationOrder,
  fill: { readonly seized: number; readonly repaid: number; readonly whole: boolean },
): void {
  const { state, totals } = run;
  state.units[order.collateralRow]! -= fill.seized;
  if (fill.whole && order.seizesAll) state.legClosed[order.collateralRow] = 1;
  if (fill.whole && order.closesDebt) state.units[order.debtRow] = 0;
  else state.units[order.debtRow] = Math.max(0, state.units[order.debtRow]! - fill.repaid);
  const badDebtUsd = writeOff(state, order);
  const paidUsd = repaidUsd(state, order, fill.repaid);
  addTo(run.paid[chainOf(run, order)]!, paidUsd);
  addTo(totals.valueLiquidated, fill.seized * oraclePrice(state, order)[order.collateral]!);
  addTo(totals.debtRepaid, paidUsd);
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
function writeOff(state: RunState, order: LiquidationOrder): number {
  const { account } = order;
  if (!isExhausted(state, account)) return 0;
  const usd = debtUsd(state.system.accounts, state, { account, price: oraclePrice(state, order) });
  if (usd > 0) state.writtenOff[account] = 1;
  return usd;
}
