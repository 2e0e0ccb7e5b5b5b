import { compensatedSum } from '#libs/numeric/index';
import type { ClosureEvent, HedgeAttribution, HedgeEvent } from './events.js';
import { attributeDelta, type BookMoment, type DeltaAttribution } from './hedge-attribution.js';
import { optionClock } from './hedging.js';
import type { BookState, RunState } from './run-state.js';

/** What a recorder remembers of the books: the prices a round decides on and where each book traded last. */
export interface BookJournal {
  readonly decidedAt: Float64Array;
  readonly lastTrade: BookMoment[];
}

/** A journal at the snapshot, where every book counts as hedged. */
export function bookJournal(state: RunState): BookJournal {
  const volShift = state.scenario.iv === 'endogenous' ? 0 : null;
  return {
    decidedAt: state.market.slice(),
    lastTrade: state.books.map(({ curve }) => ({ spot: curve.lines.spot, elapsedSec: 0, volShift })),
  };
}

/** The hedge trades of the round that ends, each with its attribution since the book's last trade. */
export function hedgeEvents(state: RunState, journal: BookJournal): readonly HedgeEvent[] {
  const { options, assets } = state.system;
  return state.books.flatMap((book, b) =>
    book.traded === 0
      ? []
      : [
          {
            ...momentOf(state),
            book: options.books[b]!.id,
            asset: assets.ids[book.asset]!,
            trade: book.traded,
            averagePrice: book.tradedPrice,
            why: attributionOf(state, journal, b),
          },
        ],
  );
}

function attributionOf(state: RunState, journal: BookJournal, b: number): HedgeAttribution {
  const book = state.books[b]!;
  const now = { ...optionClock(state, book.asset), spot: journal.decidedAt[book.asset]! };
  const change = book.open ? attributeDelta(book.curve.lines, journal.lastTrade[b]!, now) : NO_CHANGE;
  journal.lastTrade[b] = now;
  return { ...change, carried: carriedBy(book, change) };
}

const NO_CHANGE: DeltaAttribution = { gamma: 0, speed: 0, vanna: 0, charm: 0, residual: 0 };

function carriedBy(book: BookState, { gamma, speed, vanna, charm, residual }: DeltaAttribution): number {
  return compensatedSum([book.traded, gamma, speed, vanna, charm, residual]);
}

/** The books closed in the round that ends. */
export function closureEvents(state: RunState): readonly ClosureEvent[] {
  const { options, assets } = state.system;
  return state.closures.map(({ book, capital, ...closure }) => ({
    ...momentOf(state),
    ...closure,
    book: options.books[book]!.id,
    asset: assets.ids[options.asset[book]!]!,
    requiredUsd: capital?.requiredUsd ?? null,
    availableUsd: capital?.availableUsd ?? null,
    ratio: capital?.ratio ?? null,
  }));
}

function momentOf(state: RunState): { readonly tick: number; readonly round: number; readonly sec: number } {
  return { tick: state.tick, round: state.rounds, sec: state.tick * state.scenario.path.stepSec };
}
