import { quantise, quantiseDown } from '#libs/numeric/index';
import { bestAsk, bestBid, buyCapacityTo, copyVenues, sellCapacityTo, type Venues } from '../amm/index.js';
import type { LiquidationOrder, OrderList } from '../lending/liquidation-order.js';
import { clearFlows, executeFlows, flowRoom } from './flows.js';
import type { RunState } from './run-state.js';

/** Orders of one round with the same pair and the same limit; they are filled pro rata. */
interface OrderGroup {
  readonly collateral: number;
  readonly debt: number;
  readonly limit: number;
  /** Limit over the pre-round market ratio: the lower, the more willing. */
  readonly reach: number;
  readonly orders: LiquidationOrder[];
  /** Collateral for sale and debt tokens to buy if every order were filled. */
  sell: number;
  buy: number;
}

/** A fill below this share is no action (MODEL 5, termination). */
const MIN_FILL = 1e-12;
const HALVINGS = 60;

/** Receives the executed part of every order: seized and repaid units after rounding, and whether legs close. */
export type OnFill = (
  order: LiquidationOrder,
  fill: { readonly seized: number; readonly repaid: number; readonly whole: boolean },
) => void;

/**
 * Executes the liquidators' sales of one round as limit orders (MODEL 4.4 b, 0.3): the most willing group first, within
 * a group pro rata. A group sells collateral and buys the debt asset in one batch, both legs with one fill share, as far
 * as the market ratio collateral / debt net of fees stays at or above its limit. Moves the venues.
 *
 * @returns whether anything was filled
 */
export function executeLiquidations(state: RunState, orders: OrderList, onFill: OnFill): boolean {
  let any = false;
  for (const group of groupsOf(state, orders)) {
    const share = fillShare(state, group);
    if (share < MIN_FILL) continue;
    if (fillGroup(state, group, { share, onFill })) any = true;
  }
  return any;
}

function groupsOf(state: RunState, orders: OrderList): OrderGroup[] {
  const groups: OrderGroup[] = [];
  for (let j = 0; j < orders.count; j += 1) {
    const order = orders.rows[j]!;
    const { collateral, debt, limit } = order;
    let group = groups.find((g) => g.limit === limit && g.collateral === collateral && g.debt === debt);
    if (group === undefined) {
      const reach = limit / (state.market[collateral]! / state.market[debt]!);
      group = { collateral, debt, limit, reach, orders: [], sell: 0, buy: 0 };
      groups.push(group);
    }
    group.orders.push(order);
    group.sell += soldOf(state, order, order.seize);
    group.buy += boughtOf(state, order, order.repay);
  }
  return groups.sort((a, b) => a.reach - b.reach || a.collateral - b.collateral || a.debt - b.debt);
}

function soldOf(state: RunState, order: LiquidationOrder, seized: number): number {
  return quantiseDown(seized * order.soldShare, state.system.assets.quantum[order.collateral]!);
}

function boughtOf(state: RunState, order: LiquidationOrder, repaid: number): number {
  return quantise(repaid, state.system.assets.quantum[order.debt]!);
}

/** Share of the group that its limit (and the venues' floor) lets through. */
function fillShare(state: RunState, group: OrderGroup): number {
  const { collateral, debt } = group;
  if (state.drained[collateral] !== 0 || state.drained[debt] !== 0) return 0;
  if (!state.scenario.liquidatorLimit || collateral === debt) return 1;
  if (state.scenario.level === 'v1')
    return state.market[collateral]! / state.market[debt]! >= group.limit ? 1 : 0;
  const selling = oneStep(state, collateral);
  const buying = oneStep(state, debt);
  const { market } = state;
  if (selling !== null && state.venues[debt] === null) {
    const limit = (group.limit * market[debt]!) / market[selling.quote]!;
    return shareOf(sellCapacityTo(selling.venues, Math.max(limit, floorOf(selling.venues))), group.sell);
  }
  if (buying !== null && state.venues[collateral] === null) {
    const limit = market[collateral]! / group.limit / market[buying.quote]!;
    return shareOf(buyCapacityTo(buying.venues, limit), group.buy);
  }
  return searchShare(state, group);
}

const shareOf = (capacity: number, wanted: number): number => (wanted <= capacity ? 1 : capacity / wanted);

const floorOf = (venues: Venues): number => venues.curves.referencePrice * 1e-4;

/** Venues of an asset whose quote is a root, so that its price in USD moves by its own venues alone. */
function oneStep(state: RunState, asset: number): { venues: Venues; quote: number } | null {
  const venues = state.venues[asset] ?? null;
  const quote = state.system.assets.quote[asset]!;
  return venues !== null && state.venues[quote] === null ? { venues, quote } : null;
}

/** Several venues move at once: bisection on the share, each trial on copies. The share found keeps the limit. */
function searchShare(state: RunState, group: OrderGroup): number {
  if (!(netRatio(state, state.venues, group) >= group.limit)) return 0;
  const holds = (share: number): boolean => {
    const venues = state.venues.map((venue) => (venue === null ? null : copyVenues(venue)));
    const flows = flowRoom(venues.length);
    addLegs(state, flows, { group, sell: group.sell * share, buy: group.buy * share });
    executeFlows(flows, { assets: state.system.assets, venues, market: state.market });
    return flows.stopped.every((stop) => stop === 0) && netRatio(state, venues, group) >= group.limit;
  };
  if (holds(1)) return 1;
  let low = 0;
  let high = 1;
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Proceeds of one marginal unit of collateral over the cost of one marginal unit of debt, through the quote tree. */
function netRatio(state: RunState, venues: readonly (Venues | null)[], group: OrderGroup): number {
  const value = (asset: number, best: (of: Venues) => number): number => {
    const own = venues[asset] ?? null;
    return own === null ? state.market[asset]! : best(own) * value(state.system.assets.quote[asset]!, best);
  };
  return value(group.collateral, bestBid) / value(group.debt, bestAsk);
}

function addLegs(
  state: RunState,
  flows: { readonly sells: Float64Array; readonly buys: Float64Array },
  legs: { readonly group: OrderGroup; readonly sell: number; readonly buy: number },
): void {
  const { collateral, debt } = legs.group;
  if (state.venues[collateral] !== null) flows.sells[collateral]! += legs.sell;
  if (state.venues[debt] !== null) flows.buys[debt]! += legs.buy;
}

function fillGroup(state: RunState, group: OrderGroup, how: { share: number; onFill: OnFill }): boolean {
  const { quantum } = state.system.assets;
  let sell = 0;
  let buy = 0;
  let any = false;
  for (const order of group.orders) {
    const whole = how.share === 1;
    const seized = whole ? order.seize : quantiseDown(order.seize * how.share, quantum[order.collateral]!);
    if (!(seized > 0)) continue;
    const repaid = whole ? order.repay : (order.repay * seized) / order.seize;
    const sold = soldOf(state, order, seized);
    // A fill that sells nothing would leave the price where it is and be repeated for ever.
    if (!whole && sold === 0 && order.soldShare > 0) continue;
    const bought = boughtOf(state, order, repaid);
    sell += sold;
    buy += bought;
    any = true;
    state.holdings.treasury[order.collateral]! += seized * order.feeShare;
    state.holdings.liquidators[order.collateral]! += seized - seized * order.feeShare;
    state.holdings.liquidators[order.debt]! -= repaid;
    state.holdings.protocols[order.debt]! += repaid;
    how.onFill(order, { seized, repaid, whole });
  }
  if (any && state.scenario.level !== 'v1') tradeLegs(state, { group, sell, buy });
  return any;
}

function tradeLegs(state: RunState, legs: { group: OrderGroup; sell: number; buy: number }): void {
  const { flows, holdings, venues, market, system } = state;
  clearFlows(flows);
  addLegs(state, flows, legs);
  const { collateral, debt } = legs.group;
  if (venues[collateral] !== null) holdings.liquidators[collateral]! -= legs.sell;
  if (venues[debt] !== null) holdings.liquidators[debt]! += legs.buy;
  executeFlows(flows, { assets: system.assets, venues, market });
  for (let i = 0; i < holdings.liquidators.length; i += 1) {
    holdings.liquidators[i]! += flows.settled[i]!;
    if (flows.stopped[i] === 1) state.drained[i] = 1;
    if (flows.stopped[i] === 2) state.absorbedUp[i] = 1;
  }
}
