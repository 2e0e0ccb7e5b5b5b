import { quantiseDown } from '#libs/numeric/index';
import { bestAsk, bestBid, buyCapacityTo, copyVenues, sellCapacityTo, type Venues } from '../amm/index.js';
import type { LiquidationOrder } from '../lending/liquidation-order.js';
import { clearFlows, executeFlows, flowRoom } from './flows.js';
import { loadOrder } from './order-columns.js';
import { NO_VENUE } from './market-segments.js';
import { redemption } from './nested-prices.js';
import type { NestedPart } from './nested-table.js';
import { boughtOf, feeOf, soldOf } from './round-orders.js';
import type { RunState } from './run-state.js';
import { standingBidFor, takeBid, type Offer } from './standing-bids.js';

/** Liquidation markets of one round with the same pair in one segment and the same limit; their orders are filled pro rata. */
interface OrderGroup {
  /** Leading rows of the two assets. */
  readonly collateral: number;
  readonly debt: number;
  readonly limit: number;
  /** Limit over the pre-round market ratio: the lower, the more willing. */
  readonly reach: number;
  readonly markets: number[];
  /** Collateral for sale and debt tokens to buy if every order were filled. */
  sell: number;
  buy: number;
  /** Some of the orders are held back and not in the sums. */
  offers: boolean;
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
 * as the market ratio collateral / debt net of fees stays at or above its limit. While a buyer of last resort stands above that
 * limit, the venues are sold down to its price only and it takes what is left; once it is used up for the tick, the next round
 * goes on against the venues. Moves the venues.
 *
 * @returns whether anything was filled
 */
export function executeLiquidations(state: RunState, onFill: OnFill): boolean {
  let any = false;
  for (const group of groupsOf(state)) {
    wantVenues(state, group);
    const bid = standingBidFor(state, group);
    if (group.offers && (bid !== null || !cannotFill(state, group))) release(state, group);
    const limited = state.scenario.liquidatorLimit || bid !== null;
    const pools = group.offers
      ? 0
      : fillShare(state, bid === null ? group : { ...group, limit: bid.ratio }, limited);
    const share = bid === null ? pools : Math.min(1, pools + shareOf(bid.units, group.sell));
    if (share < MIN_FILL) for (const market of group.markets) state.orders.blocked[market] = 1;
    else if (fillGroup(state, group, { share, bid, poolShare: pools / share, onFill })) any = true;
  }
  return any;
}

/** Puts the orders held back in the group's markets on the book. */
function release(state: RunState, group: OrderGroup): void {
  const { orders } = state;
  group.offers = false;
  group.sell = 0;
  group.buy = 0;
  for (const market of group.markets) {
    state.examiner.release(state, market);
    group.sell += orders.sell[market]!;
    group.buy += orders.buy[market]!;
  }
}

/** Someone wants to trade what no venue of the segment trades: that market counts as drained (MODEL 5, ZERO). */
function wantVenues(state: RunState, { collateral, debt }: OrderGroup): void {
  for (const wanted of [collateral, debt])
    for (const { row } of partsSold(state, wanted))
      if (state.drained[row] === NO_VENUE) state.drained[row] = 1;
}

function groupsOf(state: RunState): OrderGroup[] {
  const { orders, system, segments } = state;
  const { leader } = segments;
  const groups: OrderGroup[] = [];
  for (let j = 0; j < orders.openCount; j += 1) {
    const market = orders.open[j]!;
    const row = market % system.assets.ids.length;
    const debt = leader[row]!;
    const collateral = leader[system.accounts.terms.asset[(market - row) / system.assets.ids.length]!]!;
    const limit = orders.limit[market]!;
    let group = groups.find((g) => g.limit === limit && g.collateral === collateral && g.debt === debt);
    if (group === undefined) {
      const reach = limit / (state.market[collateral]! / state.market[debt]!);
      group = { collateral, debt, limit, reach, markets: [], sell: 0, buy: 0, offers: false };
      groups.push(group);
    }
    group.markets.push(market);
    group.sell += orders.sell[market]!;
    group.buy += orders.buy[market]!;
    if (orders.offers[market] !== 0) group.offers = true;
  }
  return groups.sort(inTurn);
}

/** The most willing first; ties in an order that does not depend on how accounts are numbered. */
function inTurn(a: OrderGroup, b: OrderGroup): number {
  return a.reach - b.reach || a.collateral - b.collateral || a.debt - b.debt || a.limit - b.limit;
}

/** Share of the group that its limit (and the venues' floor) lets through. */
function fillShare(state: RunState, group: OrderGroup, limited: boolean): number {
  const { collateral, debt } = group;
  if (!trades(state, collateral) || !trades(state, debt)) return 0;
  if (!limited || collateral === debt) return 1;
  if (state.scenario.level === 'v1')
    return state.market[collateral]! / state.market[debt]! >= group.limit ? 1 : 0;
  const selling = oneStep(state, collateral);
  const buying = oneStep(state, debt);
  const { market } = state;
  if (selling !== null && isCash(state, debt)) {
    const limit = (group.limit * market[debt]!) / selling.units / market[selling.quote]!;
    const capacity = sellCapacityTo(selling.venues, Math.max(limit, floorOf(selling.venues)));
    return shareOf(capacity, group.sell * selling.units);
  }
  if (buying !== null && isCash(state, collateral)) {
    const limit = market[collateral]! / group.limit / buying.units / market[buying.quote]!;
    return shareOf(buyCapacityTo(buying.venues, limit), group.buy * buying.units);
  }
  return searchShare(state, group);
}

/**
 * Whether the group's orders, those held back included, are sure to be filled by less than the smallest share. One order
 * held back bounds what the group wants from below.
 */
function cannotFill(state: RunState, group: OrderGroup): boolean {
  const { orders, scenario } = state;
  const { collateral, debt } = group;
  if (scenario.liquidatorLimit && scenario.level !== 'v1' && collateral !== debt) {
    const open = trades(state, collateral) && trades(state, debt);
    if (open && needsSearch(state, group)) return !(netRatio(state, state.venues, group) >= group.limit);
  }
  let { sell, buy } = group;
  for (const market of group.markets) {
    sell = Math.max(sell, orders.offeredSell[market]!);
    buy = Math.max(buy, orders.offeredBuy[market]!);
  }
  return fillShare(state, { ...group, sell, buy }, scenario.liquidatorLimit) < MIN_FILL;
}

/** Whether several venues move when the group trades. */
function needsSearch(state: RunState, { collateral, debt }: OrderGroup): boolean {
  const sells = oneStep(state, collateral) !== null && isCash(state, debt);
  const buys = oneStep(state, debt) !== null && isCash(state, collateral);
  return !sells && !buys;
}

const shareOf = (capacity: number, wanted: number): number => (wanted <= capacity ? 1 : capacity / wanted);

const floorOf = (venues: Venues): number => venues.curves.referencePrice * 1e-4;

/** A row whose price nobody moves: no venue trades it and it is not taken apart to be sold. */
function isCash(state: RunState, row: number): boolean {
  return state.venues[row] === null && redemption(state, row) === null;
}

/** Whether a row, or everything it is taken apart into, can be traded. */
function trades(state: RunState, row: number): boolean {
  if (state.drained[row] !== 0) return false;
  return redemption(state, row)?.every((part) => state.drained[part.row] === 0) ?? true;
}

/** Venues that alone move what a row is worth: its own, or those of the one thing it is taken apart into. */
interface OneStep {
  readonly venues: Venues;
  readonly quote: number;
  /** Units that go to the venues per unit of the row. */
  readonly units: number;
}

/** The venues of a row whose quote is cash, so that its price in USD moves by them alone; null otherwise. */
function oneStep(state: RunState, row: number): OneStep | null {
  const parts = redemption(state, row) ?? [{ row, units: 1 }];
  const only = parts.length === 1 ? parts[0]! : null;
  const venues = only === null ? null : (state.venues[only.row] ?? null);
  if (only === null || venues === null) return null;
  const quote = state.system.assets.quote[only.row]!;
  return state.venues[quote] === null ? { venues, quote, units: only.units } : null;
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
    if (own !== null) return best(own) * value(state.system.assets.quote[asset]!, best);
    const parts = redemption(state, asset);
    if (parts === null) return state.market[asset]!;
    return parts.reduce((sum, part) => sum + part.units * value(part.row, best), 0);
  };
  return value(group.collateral, bestBid) / value(group.debt, bestAsk);
}

function addLegs(
  state: RunState,
  flows: { readonly sells: Float64Array; readonly buys: Float64Array },
  legs: { readonly group: OrderGroup; readonly sell: number; readonly buy: number },
): void {
  for (const { row, units } of partsSold(state, legs.group.collateral))
    if (state.venues[row] !== null) flows.sells[row]! += legs.sell * units;
  for (const { row, units } of partsSold(state, legs.group.debt))
    if (state.venues[row] !== null) flows.buys[row]! += legs.buy * units;
}

/** What goes to the venues for one unit of a row. */
function partsSold(state: RunState, row: number): readonly NestedPart[] {
  return redemption(state, row) ?? [{ row, units: 1 }];
}

interface Fill {
  readonly share: number;
  /** Part of the sale that goes to the venues; the rest goes to the bid. */
  readonly poolShare: number;
  readonly bid: Offer | null;
  readonly onFill: OnFill;
}

/** What a group's fill came to, base units: multiples of the quanta, so that the order of the accounts does not matter. */
interface Filled {
  seized: number;
  fee: number;
  sell: number;
  buy: number;
  any: boolean;
}

function fillGroup(state: RunState, group: OrderGroup, fill: Fill): boolean {
  const { orders, holdings } = state;
  const filled: Filled = { seized: 0, fee: 0, sell: 0, buy: 0, any: false };
  const part = { seized: 0, repaid: 0, whole: fill.share === 1 };
  const into: FillInto = { share: fill.share, onFill: fill.onFill, filled, part };
  for (const market of group.markets) {
    for (let row = orders.head[market]!; row >= 0; row = orders.rows.next[row]!) fillOrder(state, row, into);
  }
  holdings.treasury[group.collateral]! += filled.fee;
  holdings.liquidators[group.collateral]! += filled.seized - filled.fee;
  holdings.liquidators[group.debt]! -= filled.buy;
  holdings.protocols[group.debt]! += filled.buy;
  if (filled.any && state.scenario.level !== 'v1') {
    const toBid = fill.bid === null ? 0 : filled.sell - toPools(state, group, filled.sell * fill.poolShare);
    if (fill.bid !== null) takeBid(state, fill.bid, { units: toBid, short: fill.share < 1 });
    tradeLegs(state, { group, sell: filled.sell - toBid, buy: filled.buy });
  }
  return filled.any;
}

function toPools(state: RunState, group: OrderGroup, units: number): number {
  return quantiseDown(units, state.system.assets.quantum[group.collateral]!);
}

/** One record each for all accounts of a group. */
interface FillInto extends Pick<Fill, 'share' | 'onFill'> {
  readonly filled: Filled;
  readonly part: { seized: number; repaid: number; readonly whole: boolean };
}

/** Executes the share of an order that is let through. */
function fillOrder(state: RunState, row: number, to: FillInto): void {
  const { share, filled, part } = to;
  const { order, rows } = state.orders;
  loadOrder(rows, row, order);
  const quantum = state.system.assets.quantum[order.collateral]!;
  const seized = part.whole ? order.seize : quantiseDown(order.seize * share, quantum);
  if (!(seized > 0)) return;
  const repaid = part.whole ? order.repay : (order.repay * seized) / order.seize;
  const sold = soldOf(state, order, seized);
  // A fill that sells nothing would leave the price where it is and be repeated for ever.
  if (!part.whole && sold === 0 && state.scenario.inventoryShare < 1) return;
  filled.seized += seized;
  filled.fee += feeOf(state, order, seized);
  filled.sell += sold;
  filled.buy += boughtOf(state, order, repaid);
  filled.any = true;
  part.seized = seized;
  part.repaid = repaid;
  to.onFill(order, part);
}

function tradeLegs(state: RunState, legs: { group: OrderGroup; sell: number; buy: number }): void {
  const { flows, holdings, venues, market, system } = state;
  clearFlows(flows);
  addLegs(state, flows, legs);
  const { collateral, debt } = legs.group;
  handOver(state, collateral, -legs.sell);
  handOver(state, debt, legs.buy);
  executeFlows(flows, { assets: system.assets, venues, market });
  for (let i = 0; i < holdings.liquidators.length; i += 1) {
    holdings.liquidators[i]! += flows.settled[i]!;
    if (flows.stopped[i] === 1) state.drained[i] = 1;
    if (flows.stopped[i] === 2) state.absorbedUp[i] = 1;
  }
}

/** Books what liquidators give to the venues (-) or take from them (+), taken apart or put together on the way. */
function handOver(state: RunState, row: number, units: number): void {
  const { holdings, venues } = state;
  const parts = redemption(state, row);
  if (parts === null) {
    if (venues[row] !== null) holdings.liquidators[row]! += units;
    return;
  }
  holdings.liquidators[row]! += units;
  holdings.redeemed[row]! -= units;
  for (const part of parts) {
    holdings.redeemed[part.row]! += units * part.units;
    // What no venue trades is cash, which the liquidator keeps or brings.
    if (venues[part.row] === null) holdings.liquidators[part.row]! -= units * part.units;
  }
}
