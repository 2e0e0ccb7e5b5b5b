import { fundingPerUnit, markRatio, type PerpTable } from '../perps/index.js';
import type { RunState } from './run-state.js';

/** The perpetual venues during one run. Columns by venue unless said otherwise; USD and base units, + bought. */
export interface PerpState {
  readonly table: PerpTable;
  /** Cumulative flow on the order book: where the mark stands. */
  readonly flow: Float64Array;
  /** Flow that arbitrage carries to spot in the coming round. */
  readonly pending: Float64Array;
  /** USD that one long unit has paid in funding since the snapshot. */
  readonly fundingPaid: Float64Array;
  /** By account: open quantity, and margin with the results of closed parts. */
  readonly quantity: Float64Array;
  readonly margin: Float64Array;
  /** Position in the liquidation queues of longs and shorts. */
  readonly nextLong: Int32Array;
  readonly nextShort: Int32Array;
  /** Accounts whose liquidation price was reached and which are still open. */
  readonly reached: number[][];
  /** Tick in which the bids or asks last ran out; 0 if never. */
  readonly bidsOut: Int32Array;
  readonly asksOut: Int32Array;
  readonly batch: PerpBatch;
  /** What order book makers and arbitrageurs hold since the snapshot. */
  readonly makerCash: Float64Array;
  readonly arbitrageUnits: Float64Array;
  readonly arbitrageCash: Float64Array;
  readonly liquidations: Int32Array;
}

/** One round's market orders on the perpetual venues and what became of them. */
export interface PerpBatch {
  readonly orders: PerpLiquidation[];
  count: number;
  /** Orders of liquidations and hedges, gross. */
  readonly sells: Float64Array;
  readonly buys: Float64Array;
  /** Arbitrage: order on spot, and what it executed there and mirrors here. */
  readonly toSpot: Float64Array;
  readonly passed: Float64Array;
  readonly sellShare: Float64Array;
  readonly buyShare: Float64Array;
  readonly sellPrice: Float64Array;
  readonly buyPrice: Float64Array;
  /** Mark on which the round decides. */
  readonly mark: Float64Array;
}

/** One account's liquidation in the present round. Objects are reused from round to round. */
export interface PerpLiquidation {
  account: number;
  venue: number;
  /** Base units to trade, rounded to the asset's quantum: + buys back a short. */
  order: number;
  /** What was closed of the position, its price and the account's equity before, USD. */
  closed: number;
  price: number;
  equityUsd: number;
  badDebtUsd: number;
}

/** The venues at the snapshot; null where there is nothing to run. */
export function freshPerps(table: PerpTable): PerpState | null {
  const n = table.venues.length;
  if (n === 0) return null;
  const column = (): Float64Array => new Float64Array(n);
  return {
    table,
    flow: column(),
    pending: column(),
    fundingPaid: column(),
    quantity: table.quantity.slice(),
    margin: table.margin.slice(),
    nextLong: new Int32Array(n),
    nextShort: new Int32Array(n),
    reached: table.venues.map(() => []),
    bidsOut: new Int32Array(n),
    asksOut: new Int32Array(n),
    batch: {
      orders: [],
      count: 0,
      sells: column(),
      buys: column(),
      toSpot: column(),
      passed: column(),
      sellShare: column(),
      buyShare: column(),
      sellPrice: column(),
      buyPrice: column(),
      mark: column(),
    },
    makerCash: column(),
    arbitrageUnits: column(),
    arbitrageCash: column(),
    liquidations: new Int32Array(n),
  };
}

/** Mark price of venue `v`, USD: index x snapshot basis x where the order book stands. */
export function markOf(state: RunState, perps: PerpState, v: number): number {
  return restingMark(state, perps, v) * markRatio(perps.table.books[v]!, perps.flow[v]!);
}

/** Mark of venue `v` if no flow stood on its book: makers quote around the index. */
export function restingMark(state: RunState, perps: PerpState, v: number): number {
  return state.market[perps.table.asset[v]!]! * perps.table.basis[v]!;
}

/**
 * Charges one tick of funding at the mark the tick opens with (MODEL 5): accounts by their quantity, hedging books at once.
 * Frozen after the shock's duration (MODEL 0.1), so that a run comes to rest.
 */
export function chargeFunding(state: RunState): void {
  const { perps, tick } = state;
  const { stepSec, durationSec } = state.scenario.path;
  if (perps === null || tick * stepSec > durationSec) return;
  for (let v = 0; v < perps.flow.length; v += 1) {
    const due = fundingPerUnit(markOf(state, perps, v), perps.table.venues[v]!.funding8h, stepSec);
    perps.fundingPaid[v]! += due;
    for (const book of state.books) if (book.perpUnits[v]! !== 0) book.cash -= book.perpUnits[v]! * due;
  }
}

/** Whether some order book ran out during the run. */
export function ranDry(perps: PerpState): boolean {
  return perps.bidsOut.some((tick) => tick !== 0) || perps.asksOut.some((tick) => tick !== 0);
}

/**
 * Whether venue `v` takes orders on one side: not again in the tick in which that side ran out, and not at all any more once
 * the shock is over, so that a thin book ends the run instead of prolonging it.
 */
export function takesOrders(
  state: RunState,
  perps: PerpState,
  [v, sign]: readonly [number, number],
): boolean {
  const out = (sign < 0 ? perps.bidsOut : perps.asksOut)[v]!;
  if (out === 0) return true;
  const { stepSec, durationSec } = state.scenario.path;
  return state.tick > out && state.tick * stepSec <= durationSec;
}
