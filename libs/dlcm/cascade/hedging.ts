import { quantiseDown } from '#libs/numeric/index';
import { bookDelta, type OptionClock } from '../options/index.js';
import { deltaBandTrade } from '../vaults/index.js';
import type { Flows } from './flows.js';
import { takesOrders } from './perp-state.js';
import type { BookState, RunState } from './run-state.js';

/** Time and volatility at which asset `asset`'s options are valued in the present tick. */
export function optionClock(state: RunState, asset: number): OptionClock {
  const { scenario, volatility, tick } = state;
  const sec = Math.min(tick * scenario.path.stepSec, scenario.path.durationSec);
  return {
    elapsedSec: scenario.timeDecay ? sec : 0,
    volShift: scenario.iv === 'endogenous' ? volatility.lift[asset]! : null,
  };
}

/** Unlocks every book for a new tick. */
export function unlockBooks(state: RunState): void {
  for (const book of state.books) book.lock = 0;
}

/**
 * Decides every book's hedge trade from the prices of this round (MODEL 5 stage 2) and adds it to the batches of spot and
 * perpetuals. A book trades when its normalised delta leaves its band, back to zero or to the band's edge, only in the
 * direction of its first trade of the tick, and never less than a billionth of its gross quantity.
 *
 * @returns whether any book trades on spot
 */
export function orderHedges(state: RunState): boolean {
  let any = false;
  state.books.forEach((book, b) => {
    book.traded = 0;
    book.order = 0;
    if (book.perpFraction > 0) book.perpOrders.fill(0);
    if (book.open) placeHedge(state, book, hedgeOrder(state, book, b));
    else placeClose(state, book);
    if (book.order === 0) return;
    any = true;
    if (book.order > 0) state.flows.buys[book.asset]! += book.order;
    else state.flows.sells[book.asset]! -= book.order;
  });
  return any;
}

function hedgeOrder(state: RunState, book: BookState, b: number): number {
  const gross = book.curve.lines.gross;
  if (!book.trades || gross === 0 || state.drained[book.asset] !== 0) return 0;
  const { bandDelta: band, rebalanceTo } = state.system.options.books[b]!;
  const delta =
    bookDelta(book.curve, state.market[book.asset]!, optionClock(state, book.asset)) + heldHedge(book);
  const wanted = deltaBandTrade({ delta, gross }, { band, rebalanceTo });
  const trade = quantiseDown(wanted, state.system.assets.quantum[book.asset]!);
  if (trade * book.lock < 0) return 0;
  if (trade > 0 && state.absorbedUp[book.asset] !== 0) return 0;
  return trade;
}

/** Base units of hedge on spot and all perpetual venues. */
export function heldHedge(book: BookState): number {
  let units = book.hedge;
  if (book.perpFraction > 0) for (const held of book.perpUnits) units += held;
  return units;
}

/** Splits a trade between perpetuals, by their depth, and spot; what no perpetual takes goes to spot. */
function placeHedge(state: RunState, book: BookState, trade: number): void {
  book.order = trade;
  const { perps } = state;
  if (trade === 0 || perps === null || book.perpFraction === 0) return;
  const quantum = state.system.assets.quantum[book.asset]!;
  for (let v = 0; v < book.perpOrders.length; v += 1) {
    if (perps.table.asset[v] !== book.ownAsset) continue;
    const part = trade * book.perpFraction * perps.table.hedgeShare[v]!;
    book.order -= orderOnPerp(state, book, [v, quantiseDown(part, quantum)]);
  }
}

/** A closed book sells or buys back what is left of its hedge, each part where it lies, as far as the venues let it. */
function placeClose(state: RunState, book: BookState): void {
  const quantum = state.system.assets.quantum[book.asset]!;
  if (book.perpFraction > 0) {
    book.perpUnits.forEach((held, v) => orderOnPerp(state, book, [v, quantiseDown(-held, quantum)]));
  }
  if (state.drained[book.asset] !== 0) return;
  const trade = quantiseDown(-book.hedge, quantum);
  book.order = trade > 0 && state.absorbedUp[book.asset] !== 0 ? 0 : trade;
}

/** @returns the units ordered on perpetual venue `v`: all of them, or none where its side has run out */
function orderOnPerp(state: RunState, book: BookState, [v, units]: readonly [number, number]): number {
  const { perps } = state;
  if (perps === null || units === 0 || !takesOrders(state, perps, [v, Math.sign(units)])) return 0;
  book.perpOrders[v] = units;
  if (units > 0) perps.batch.buys[v]! += units;
  else perps.batch.sells[v]! -= units;
  return units;
}

/** Books what the batches did with every book's orders. */
export function settleHedges(state: RunState): void {
  for (const book of state.books) {
    let paid = 0;
    if (book.order !== 0) {
      state.holdings.books[book.asset]! += book.order;
      const trade = book.order * shareOf(state.flows, book.asset, book.order);
      book.hedge += trade;
      book.traded += trade;
      paid += trade * priceOf(state.flows, book.asset, book.order);
    }
    if (book.perpFraction > 0) paid += settlePerpHedge(state, book);
    if (book.traded === 0) continue;
    book.tradedPrice = paid / book.traded;
    book.cash -= paid;
    book.volume += Math.abs(book.traded);
    book.netTrade += book.traded;
    book.lock = Math.sign(book.traded);
  }
}

/** @returns USD paid for the perpetual part, which joins the book's trade */
function settlePerpHedge(state: RunState, book: BookState): number {
  const { perps } = state;
  let paid = 0;
  for (let v = 0; perps !== null && v < book.perpOrders.length; v += 1) {
    const order = book.perpOrders[v]!;
    if (order === 0) continue;
    const trade = order * shareOf(perps.batch, v, order);
    book.perpUnits[v]! += trade;
    book.traded += trade;
    paid += trade * priceOf(perps.batch, v, order);
  }
  return paid;
}

type Outcome = Pick<Flows, 'sellShare' | 'buyShare' | 'sellPrice' | 'buyPrice'>;

const shareOf = (outcome: Outcome, row: number, order: number): number =>
  order > 0 ? outcome.buyShare[row]! : outcome.sellShare[row]!;

const priceOf = (outcome: Outcome, row: number, order: number): number =>
  order > 0 ? outcome.buyPrice[row]! : outcome.sellPrice[row]!;
