import { compensatedSum } from '#libs/numeric/index';
import { linesValue } from '../options/index.js';
import type { CapitalAdequacy } from '../vaults/index.js';
import { heldHedge, optionClock } from './hedging.js';
import { markOf } from './perp-state.js';
import type { BookState, RunState } from './run-state.js';
import { slippageOn, vaultStanding } from './vault-capital.js';

/** Why and at what worth a book was closed: its options bought back at their marks, its hedge sold or bought back. */
export interface BookClosure {
  readonly book: number;
  /** `capitalRatio`: a vault fell below its minimum. `equityGone`: a market maker lost all that secured it. */
  readonly reason: 'capitalRatio' | 'equityGone';
  /** Capital of a vault against its minimum; null for a market maker. */
  readonly capital: CapitalAdequacy | null;
  readonly minRatio: number | null;
  readonly equityUsd: number;
  /** Value of the options at their marks, owner sign, USD. */
  readonly optionsUsd: number;
  /** Base units of hedge to be closed. */
  readonly hedge: number;
}

/**
 * Judges every open book once per tick, at the prices the tick opens with (MODEL 0.10, 5 stage 4, 12.3): a vault whose
 * capital ratio is below its minimum is liquidated, a market maker whose equity is gone defaults. Both are closed alike:
 * the options are bought back at their marks at once, the hedge becomes market orders of the coming rounds.
 */
export function closeBooks(state: RunState): void {
  if (state.scenario.level === 'v1' || !state.scenario.hedgeFlow) return;
  for (let b = 0; b < state.books.length; b += 1) {
    const book = state.books[b]!;
    if (!book.open || (book.curve.lines.count === 0 && heldHedge(book) === 0)) continue;
    const closure =
      state.system.options.books[b]!.kind === 'vault' ? judgeVault(state, b) : judgeMaker(state, b);
    if (closure === null) continue;
    state.closures.push(closure);
    book.open = false;
    book.cash += closure.optionsUsd;
  }
}

function judgeVault(state: RunState, b: number): BookClosure | null {
  const book = state.books[b]!;
  const { capital, minRatio, short } = vaultStanding(state.system.options, state.scenario.vaultRule, {
    book: b,
    prices: state.market,
    clock: optionClock(state, book.asset),
    hedge: heldHedge(book),
    hedgeEquityUsd: hedgeUsd(state, book) + book.cash,
    slippage: closingSlippage(state, book),
    vol: Math.sqrt(state.volatility.variance[book.asset]!),
  });
  return short ? { ...closureOf(state, b), reason: 'capitalRatio', capital, minRatio } : null;
}

/** A maker whose capital the snapshot does not state cannot be judged. */
function judgeMaker(state: RunState, b: number): BookClosure | null {
  if (state.system.options.collateral[b]!.length === 0) return null;
  return bookEquityUsd(state, b) > 0 ? null : closureOf(state, b);
}

function closureOf(state: RunState, b: number): BookClosure {
  return {
    book: b,
    reason: 'equityGone',
    capital: null,
    minRatio: null,
    equityUsd: bookEquityUsd(state, b),
    optionsUsd: optionMarksUsd(state, b),
    hedge: heldHedge(state.books[b]!),
  };
}

/** Share of the hedge's value that closing it now would cost. */
function closingSlippage(state: RunState, book: BookState): number {
  const venues = state.venues[book.asset] ?? null;
  return venues === null ? 0 : slippageOn(venues, heldHedge(book));
}

/** Value of a book's hedge in USD: spot at the market, perpetuals at their marks. */
function hedgeUsd(state: RunState, book: BookState): number {
  const { perps } = state;
  let usd = book.hedge * state.market[book.asset]!;
  if (perps === null || book.perpFraction === 0) return usd;
  for (let v = 0; v < book.perpUnits.length; v += 1) {
    if (book.perpUnits[v] !== 0) usd += book.perpUnits[v]! * markOf(state, perps, v);
  }
  return usd;
}

/** Value of book `b`'s options at their marks, owner sign, USD; 0 once they are bought back. */
function optionMarksUsd(state: RunState, b: number): number {
  const book = state.books[b]!;
  if (!book.open) return 0;
  return linesValue(book.curve.lines, {
    ...optionClock(state, book.asset),
    spot: state.market[book.asset]!,
  });
}

/** Equity of book `b` in USD at market prices: collateral + options (owner sign) + hedge + cash of the hedge and buy-back. */
export function bookEquityUsd(state: RunState, b: number): number {
  const book: BookState = state.books[b]!;
  return compensatedSum([
    ...state.system.options.collateral[b]!.map(({ asset, units }) => units * state.market[asset]!),
    optionMarksUsd(state, b),
    hedgeUsd(state, book),
    book.cash,
  ]);
}
