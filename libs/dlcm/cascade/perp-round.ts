import { quantiseDown } from '#libs/numeric/index';
import { isPerpLiquidatable, perpEquity, tradeOnBook, type LiquidationQueue } from '../perps/index.js';
import {
  markOf,
  restingMark,
  takesOrders,
  type PerpBatch,
  type PerpLiquidation,
  type PerpState,
} from './perp-state.js';
import type { RunState } from './run-state.js';

/**
 * Decides what the perpetual venues do in a round, from its prices (MODEL 5 stages 2 and 4, 0.15): liquidation of accounts
 * below maintenance, and arbitrage that carries the last round's flow to spot. Hedges add their orders before.
 *
 * @returns whether anyone trades on a perpetual or through arbitrage
 */
export function orderPerps(state: RunState): boolean {
  const { perps } = state;
  if (perps === null) return false;
  const { batch } = perps;
  batch.count = 0;
  let any = false;
  for (let v = 0; v < perps.flow.length; v += 1) {
    any = orderArbitrage(state, perps, v) || any;
    any = reachAccounts(state, perps, v) || any;
    any = any || batch.sells[v]! > 0 || batch.buys[v]! > 0;
  }
  return any;
}

/** Empties the batch and notes the marks the round decides on; before any order of the round. */
export function openPerpBatch(state: RunState): void {
  const { perps } = state;
  if (perps === null) return;
  const { batch } = perps;
  batch.sells.fill(0);
  batch.buys.fill(0);
  batch.toSpot.fill(0);
  batch.passed.fill(0);
  for (let v = 0; v < perps.flow.length; v += 1) batch.mark[v] = markOf(state, perps, v);
}

/** Spot order of arbitrage: the part of the last round's flow that passes through. */
function orderArbitrage(state: RunState, perps: PerpState, v: number): boolean {
  const wanted = perps.pending[v]!;
  if (wanted === 0) return false;
  perps.pending[v] = 0;
  const asset = state.segments.leader[perps.table.asset[v]!]!;
  if (wanted < 0 ? state.drained[asset] !== 0 : state.absorbedUp[asset] !== 0) return false;
  perps.batch.toSpot[v] = wanted;
  if (wanted > 0) state.flows.buys[asset]! += wanted;
  else state.flows.sells[asset]! -= wanted;
  return true;
}

/** Moves the queues of venue `v` to its mark and orders the liquidation of every reached account below maintenance. */
function reachAccounts(state: RunState, perps: PerpState, v: number): boolean {
  const { table, batch, reached } = perps;
  const mark = batch.mark[v]!;
  const { mmr } = table.venues[v]!;
  const paid = perps.fundingPaid[v]!;
  advance(perps.nextLong, v, {
    queue: table.longs[v]!,
    into: reached[v]!,
    hits: (at) => mark <= at + paid / (1 - mmr),
  });
  advance(perps.nextShort, v, {
    queue: table.shorts[v]!,
    into: reached[v]!,
    hits: (at) => mark >= at + paid / (1 + mmr),
  });
  let any = false;
  for (const account of reached[v]!) any = orderLiquidation(state, perps, [v, account]) || any;
  return any;
}

function advance(
  next: Int32Array,
  v: number,
  over: { readonly queue: LiquidationQueue; readonly into: number[]; readonly hits: (at: number) => boolean },
): void {
  const { accounts, reachedAt } = over.queue;
  while (next[v]! < accounts.length && over.hits(reachedAt[next[v]!]!)) {
    over.into.push(accounts[next[v]!]!);
    next[v]! += 1;
  }
}

function orderLiquidation(
  state: RunState,
  perps: PerpState,
  [v, account]: readonly [number, number],
): boolean {
  const { table, batch } = perps;
  const position = positionOf(perps, v, account);
  if (!isPerpLiquidatable(position, batch.mark[v]!, table.venues[v]!.mmr)) return false;
  const side = -Math.sign(position.quantity);
  if (!takesOrders(state, perps, [v, side])) return false;
  const row = nextRow(batch);
  row.account = account;
  row.venue = v;
  row.order = quantiseDown(-position.quantity, state.system.assets.quantum[table.asset[v]!]!);
  row.equityUsd = perpEquity(position, batch.mark[v]!);
  row.closed = row.badDebtUsd = 0;
  if (side < 0) batch.sells[v]! -= row.order;
  else batch.buys[v]! += row.order;
  return true;
}

function positionOf(perps: PerpState, v: number, account: number) {
  return {
    quantity: perps.quantity[account]!,
    entry: perps.table.entry[account]!,
    margin: perps.margin[account]!,
    fundingPaid: perps.fundingPaid[v]!,
  };
}

function nextRow(batch: PerpBatch): PerpLiquidation {
  const row = (batch.orders[batch.count] ??= {
    account: 0,
    venue: 0,
    order: 0,
    closed: 0,
    price: 0,
    equityUsd: 0,
    badDebtUsd: 0,
  });
  batch.count += 1;
  return row;
}

/**
 * Executes the round's batch on every venue, after spot: arbitrage mirrors what it could do there; crossed volume trades at
 * the mark before the batch, the net side pays one blended price. What others than arbitrage traded, times the
 * pass-through share, is carried to spot in the next round.
 */
export function tradePerps(state: RunState): void {
  const { perps } = state;
  if (perps === null) return;
  for (let v = 0; v < perps.flow.length; v += 1) {
    mirrorArbitrage(state, perps, v);
    executeVenue(state, perps, v);
  }
  for (let j = 0; j < perps.batch.count; j += 1) settleLiquidation(perps, perps.batch.orders[j]!);
  if (perps.batch.count === 0) return;
  for (let v = 0; v < perps.flow.length; v += 1) {
    perps.reached[v] = perps.reached[v]!.filter((account) => perps.quantity[account] !== 0);
  }
}

function mirrorArbitrage(state: RunState, perps: PerpState, v: number): void {
  const wanted = perps.batch.toSpot[v]!;
  if (wanted === 0) return;
  const asset = state.segments.leader[perps.table.asset[v]!]!;
  const buying = wanted > 0;
  const share = buying ? state.flows.buyShare[asset]! : state.flows.sellShare[asset]!;
  const price = buying ? state.flows.buyPrice[asset]! : state.flows.sellPrice[asset]!;
  const executed = wanted * share;
  perps.batch.passed[v] = executed;
  perps.arbitrageCash[v]! -= executed * price;
  state.holdings.books[asset]! += wanted;
}

function executeVenue(state: RunState, perps: PerpState, v: number): void {
  const { batch, table } = perps;
  const passed = batch.passed[v]!;
  const sells = batch.sells[v]! + Math.max(0, passed);
  const buys = batch.buys[v]! - Math.min(0, passed);
  batch.sellShare[v] = batch.buyShare[v] = 1;
  batch.sellPrice[v] = batch.buyPrice[v] = batch.mark[v]!;
  if (sells === 0 && buys === 0) return;
  const net = buys - sells;
  const fill = tradeOnBook(table.books[v]!, perps.flow[v]!, net);
  const cash = fill.cash * restingMark(state, perps, v);
  perps.flow[v]! += fill.executed;
  perps.makerCash[v]! += cash;
  const executed = Math.min(sells, buys) + Math.abs(fill.executed);
  const price =
    executed > 0 ? (Math.min(sells, buys) * batch.mark[v]! + Math.abs(cash)) / executed : batch.mark[v]!;
  const short = fill.executed !== net;
  const share = short ? executed / Math.max(sells, buys) : 1;
  if (net < 0) {
    batch.sellShare[v] = share;
    batch.sellPrice[v] = price;
    if (short) perps.bidsOut[v] = state.tick;
  } else {
    batch.buyShare[v] = share;
    batch.buyPrice[v] = price;
    if (short) perps.asksOut[v] = state.tick;
  }
  settleArbitrage(perps, v);
  const outside = batch.buys[v]! * batch.buyShare[v]! - batch.sells[v]! * batch.sellShare[v]!;
  const quantum = state.system.assets.quantum[table.asset[v]!]!;
  perps.pending[v] = quantiseDown(state.scenario.perpPassThrough * outside, quantum);
}

function settleArbitrage(perps: PerpState, v: number): void {
  const { batch } = perps;
  const passed = batch.passed[v]!;
  if (passed === 0) return;
  const selling = passed > 0;
  const traded = -passed * (selling ? batch.sellShare[v]! : batch.buyShare[v]!);
  perps.arbitrageUnits[v]! += traded;
  perps.arbitrageCash[v]! -= traded * (selling ? batch.sellPrice[v]! : batch.buyPrice[v]!);
}

function settleLiquidation(perps: PerpState, row: PerpLiquidation): void {
  const { batch } = perps;
  const { account, venue: v } = row;
  const selling = perps.quantity[account]! > 0;
  const share = selling ? batch.sellShare[v]! : batch.buyShare[v]!;
  row.price = selling ? batch.sellPrice[v]! : batch.buyPrice[v]!;
  row.closed = share === 1 ? perps.quantity[account]! : -row.order * share;
  if (row.closed === 0) return;
  perps.margin[account]! += row.closed * (row.price - perps.table.entry[account]! - perps.fundingPaid[v]!);
  perps.quantity[account]! -= row.closed;
  perps.liquidations[v]! += 1;
  if (perps.quantity[account] === 0) row.badDebtUsd = Math.max(0, -perps.margin[account]!);
}
