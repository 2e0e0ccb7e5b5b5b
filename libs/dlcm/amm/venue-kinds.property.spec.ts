import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anOrderBook, aPool, aStablePool } from '#test/support/builders';
import { baseInCurve, quoteInCurve } from './curve.js';
import { recentre } from './recentre.js';
import { routeMarketOrder } from './router.js';
import { venuesOf, type Venues } from './venue.js';

const levels = (low: number, high: number) =>
  fc.uniqueArray(
    fc.record({
      price: fc.integer({ min: low, max: high }),
      size: fc.double({ min: 0.1, max: 50, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8, selector: (level) => level.price },
  );
const books = fc
  .record({
    bids: levels(1500, 1999),
    asks: levels(2001, 2500),
    fee: fc.constantFrom(0, 0.001),
    refillPerTick: fc.constantFrom(0, 0.3, 1),
  })
  .map((overrides) => anOrderBook(overrides));
const stables = fc
  .tuple(
    fc.double({ min: 2e5, max: 2e6, noNaN: true }),
    fc.double({ min: 100, max: 1000, noNaN: true }),
    fc.integer({ min: 1, max: 500 }),
  )
  .map(([usdc, eth, amplification]) =>
    aStablePool({
      base: 'ETH',
      amplification,
      coins: [
        { asset: 'ETH', balance: eth, rate: 2000 },
        { asset: 'USDC', balance: usdc, rate: 1 },
        { asset: 'DAI', balance: 5e5, rate: 1 },
      ],
    }),
  );
const acts = fc.array(
  fc.oneof(
    fc.record({ order: fc.double({ min: -60, max: 60, noNaN: true }) }),
    fc.record({ price: fc.double({ min: 1200, max: 2800, noNaN: true }) }),
  ),
  { minLength: 1, maxLength: 6 },
);

type Act = { readonly order: number } | { readonly price: number };

/** Runs the acts; what the outside world received from the venues. */
function play(venues: Venues, list: readonly Act[]): { readonly base: number; readonly quote: number } {
  let [base, quote] = [0, 0];
  for (const act of list) {
    if ('price' in act) {
      const moved = recentre(venues, act.price);
      base += moved.base;
      quote += moved.quote;
    } else {
      const fill = routeMarketOrder(venues, act.order);
      base += fill.base;
      quote -= Math.sign(act.order) * fill.quote;
    }
  }
  return { base, quote };
}

const held = (venues: Venues): readonly [number, number] => {
  let [base, quote] = [0, 0];
  venues.curves.ids.forEach((_, v) => {
    base += baseInCurve(venues, v) + venues.feeBase[v]! + venues.withdrawnBase[v]!;
    quote += quoteInCurve(venues, v) + venues.feeQuote[v]! + venues.withdrawnQuote[v]!;
  });
  return [base, quote];
};

describe('venuesOf', () => {
  it('DLCM-P80: The order of the coins of a StableSwap pool and of the levels of a book changes no bit', () => {
    fc.assert(
      fc.property(books, stables, acts, (book, stable, list) => {
        const direct = venuesOf([book, stable], 2000);
        const turned = venuesOf(
          [
            { ...stable, coins: [...stable.coins].reverse() },
            { ...book, bids: [...book.bids].reverse(), asks: [...book.asks].reverse() },
          ],
          2000,
        );
        expect(play(turned, list)).toEqual(play(direct, list));
        expect(turned).toEqual(direct);
      }),
      { numRuns: 15 },
    );
  });

  it('DLCM-P81: Order books, StableSwap pools and pools side by side conserve tokens through trades and re-centring', () => {
    fc.assert(
      fc.property(books, stables, acts, (book, stable, list) => {
        const venues = venuesOf([book, stable, aPool({ reserveBase: 50, reserveQuote: 1e5 })], 2000);
        const [base, quote] = held(venues);
        const out = play(venues, list);
        const [baseAfter, quoteAfter] = held(venues);
        expect(Math.abs(baseAfter + out.base - base) / base).toBeLessThan(1e-8);
        expect(Math.abs(quoteAfter + out.quote - quote) / quote).toBeLessThan(1e-8);
      }),
      { numRuns: 15 },
    );
  });
});
