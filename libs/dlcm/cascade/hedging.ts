import { quantiseDown } from '#libs/numeric/index';
import { bookDelta, type OptionClock } from '../options/index.js';
import { deltaBandTrade } from '../vaults/index.js';
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
 * Decides every book's hedge trade from the prices of this round (MODEL 5 stage 2) and adds it to the batch.
 * A book trades when its normalised delta leaves its band, back to zero or to the band's edge, only in the direction of
 * its first trade of the tick, and never less than a billionth of its gross quantity.
 *
 * @returns whether any book trades
 */
export function orderHedges(state: RunState): boolean {
  let any = false;
  state.books.forEach((book, b) => {
    book.traded = 0;
    book.order = hedgeOrder(state, book, b);
    if (book.order === 0) return;
    any = true;
    if (book.order > 0) state.flows.buys[book.asset]! += book.order;
    else state.flows.sells[book.asset]! -= book.order;
  });
  return any;
}

function hedgeOrder(state: RunState, book: BookState, b: number): number {
  const gross = book.curve.lines.gross;
  if (!book.open) return closingOrder(state, book);
  if (!book.trades || gross === 0 || state.drained[book.asset] !== 0) return 0;
  const { bandDelta: band, rebalanceTo } = state.system.options.books[b]!;
  const delta = bookDelta(book.curve, state.market[book.asset]!, optionClock(state, book.asset)) + book.hedge;
  const wanted = deltaBandTrade({ delta, gross }, { band, rebalanceTo });
  const trade = quantiseDown(wanted, state.system.assets.quantum[book.asset]!);
  if (trade * book.lock < 0) return 0;
  if (trade > 0 && state.absorbedUp[book.asset] !== 0) return 0;
  return trade;
}

/** A closed book sells or buys back what is left of its hedge, as far as its venues let it. */
function closingOrder(state: RunState, book: BookState): number {
  if (state.drained[book.asset] !== 0) return 0;
  const trade = quantiseDown(-book.hedge, state.system.assets.quantum[book.asset]!);
  return trade > 0 && state.absorbedUp[book.asset] !== 0 ? 0 : trade;
}

/** Books what the batch did with every book's order. */
export function settleHedges(state: RunState): void {
  const { flows, holdings } = state;
  for (const book of state.books) {
    if (book.order === 0) continue;
    const buying = book.order > 0;
    const share = buying ? flows.buyShare[book.asset]! : flows.sellShare[book.asset]!;
    const price = buying ? flows.buyPrice[book.asset]! : flows.sellPrice[book.asset]!;
    const trade = book.order * share;
    book.traded = trade;
    book.tradedPrice = price;
    book.hedge += trade;
    book.cash -= trade * price;
    book.volume += Math.abs(trade);
    book.netTrade += trade;
    book.lock = Math.sign(trade) || book.lock;
    holdings.books[book.asset]! += book.order;
  }
  // What was not executed goes back; at a root of the quote tree this is the cash of the whole batch.
  for (let i = 0; i < holdings.books.length; i += 1) holdings.books[i]! += flows.settled[i]!;
}
