import { quantiseDown } from '#libs/numeric/index';
import { isPerpLiquidatable, perpEquity, type LiquidationQueue } from '../perps/index.js';
import { markOf, takesOrders, type PerpBatch, type PerpLiquidation, type PerpState } from './perp-state.js';
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
