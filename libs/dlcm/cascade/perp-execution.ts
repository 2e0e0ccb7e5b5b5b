import { quantiseDown } from '#libs/numeric/index';
import { tradeOnBook } from '../perps/index.js';
import { restingMark, type PerpLiquidation, type PerpState } from './perp-state.js';
import type { RunState } from './run-state.js';

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
  const { batch } = perps;
  const passed = batch.passed[v]!;
  const sells = batch.sells[v]! + Math.max(0, passed);
  const buys = batch.buys[v]! - Math.min(0, passed);
  batch.sellShare[v] = batch.buyShare[v] = 1;
  batch.sellPrice[v] = batch.buyPrice[v] = batch.mark[v]!;
  if (sells === 0 && buys === 0) return;
  fillNet(state, perps, { v, crossed: Math.min(sells, buys), net: buys - sells });
  settleArbitrage(perps, v);
  const outside = batch.buys[v]! * batch.buyShare[v]! - batch.sells[v]! * batch.sellShare[v]!;
  const quantum = state.system.assets.quantum[perps.table.asset[v]!]!;
  perps.pending[v] = quantiseDown(state.scenario.perpPassThrough * outside, quantum);
}

/** The net side of a batch goes to the order book of venue `v` and pays one price for crossed and net volume together. */
function fillNet(
  state: RunState,
  perps: PerpState,
  { v, crossed, net }: { readonly v: number; readonly crossed: number; readonly net: number },
): void {
  const { batch } = perps;
  const fill = tradeOnBook(perps.table.books[v]!, perps.flow[v]!, net);
  const cash = fill.cash * restingMark(state, perps, v);
  perps.flow[v]! += fill.executed;
  perps.makerCash[v]! += cash;
  const executed = crossed + Math.abs(fill.executed);
  const ranOut = fill.executed !== net;
  const share = ranOut ? executed / (crossed + Math.abs(net)) : 1;
  const price = executed > 0 ? (crossed * batch.mark[v]! + Math.abs(cash)) / executed : batch.mark[v]!;
  const selling = net < 0;
  (selling ? batch.sellShare : batch.buyShare)[v] = share;
  (selling ? batch.sellPrice : batch.buyPrice)[v] = price;
  if (ranOut) (selling ? perps.bidsOut : perps.asksOut)[v] = state.tick;
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
