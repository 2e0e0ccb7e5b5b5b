import { describe, expect, it } from '@jest/globals';
import { anOrderBook, aPool } from '#test/support/builders';
import { baseInCurve, quoteInCurve } from './curve.js';
import { linearDepth, marginalPrice, sellCapacityTo } from './price.js';
import { recentre } from './recentre.js';
import { routeLimitOrder, routeMarketOrder } from './router.js';
import { venuesOf } from './venue.js';

const book = (overrides = {}) => venuesOf([anOrderBook(overrides)], 2000);

describe('venuesOf an order book', () => {
  it('default: orders walk the levels from the best one outwards', () => {
    const sold = routeMarketOrder(book(), -15);
    expect(sold.quote / (10 * 1980 + 5 * 1900)).toBeCloseTo(1, 7);
    expect(sold.netPrice).toBeCloseTo(1900, 3);
    const bought = routeMarketOrder(book(), 12);
    expect(bought.quote / (10 * 2020 + 2 * 2100)).toBeCloseTo(1, 7);
  });

  it('behavior: the fee is taken from the input', () => {
    // 10 reach the bid of 1,980 when 10 / 0.99 are sold.
    expect(routeMarketOrder(book({ fee: 0.01 }), -10 / 0.99).quote / 19_800).toBeCloseTo(1, 6);
  });

  it('behavior: a limit stops between the levels, a book that ends says ZERO', () => {
    const limited = routeLimitOrder(book(), -25, 1950);
    expect(limited.status).toBe('LIMIT');
    expect(limited.base).toBeCloseTo(-10, 6);
    const drained = routeMarketOrder(book(), -50);
    expect(drained.status).toBe('ZERO');
    expect(drained.base).toBeCloseTo(-30, 6);
    expect(sellCapacityTo(book(), 1)).toBeCloseTo(30, 6);
  });

  it('behavior: what was sold into a bid can be bought back there', () => {
    const venues = book();
    const out = routeMarketOrder(venues, -15);
    expect(routeMarketOrder(venues, 15).quote / out.quote).toBeCloseTo(1, 7);
  });

  it('behavior: with a pool beside it the order takes the better prices of both', () => {
    // The pool of k = 1e4 x 2e7 alone reaches 1,980 after x (1 / sqrt(0.99) - 1) = 50.4; 10 more at 1,980 in the book.
    const venues = venuesOf([anOrderBook(), aPool({ fee: 0 })], 2000);
    const x = 10_000 * (1 / Math.sqrt(0.99) - 1);
    const fill = routeMarketOrder(venues, -(x + 5));
    expect(fill.netPrice / 1980).toBeCloseTo(1, 6);
    const pool = 20_000_000 * (1 - Math.sqrt(0.99));
    expect(fill.quote / (pool + 5 * 1980)).toBeCloseTo(1, 7);
  });

  it('behavior: the price of an asset with pools is that of its pools, of one with books alone that of its books', () => {
    const venues = venuesOf([anOrderBook({ mid: 2001 }), aPool({ fee: 0 })], 2000);
    expect(marginalPrice(venues)).toBeCloseTo(2000, 9);
    expect(marginalPrice(book({ mid: 2001 }))).toBe(2001);
    // Only the second book has depth within 1 % of its price.
    const two = venuesOf(
      [anOrderBook({ mid: 1985, bids: [], asks: [] }), anOrderBook({ id: 'b', mid: 2010 })],
      2000,
    );
    expect(marginalPrice(two)).toBeCloseTo(2010, 6);
    // 10 + 10 within 1 %: 50 x 20.
    expect(
      linearDepth(book({ asks: [{ price: 2015, size: 10 }], bids: [{ price: 1985, size: 10 }] })),
    ).toBeCloseTo(1000, 4);
  });

  it('error: DLCM-121 for a crossed book, an empty level and levels that touch', () => {
    const wrong = (overrides: object) => () => book(overrides);
    const DLCM_121 = expect.objectContaining({ code: 'DLCM-121', poolId: 'eth-usdc-book' });
    expect(wrong({ bids: [{ price: 2000, size: 1 }] })).toThrow(DLCM_121);
    expect(wrong({ asks: [{ price: 1999, size: 1 }] })).toThrow(DLCM_121);
    expect(wrong({ asks: [{ price: 2010, size: 0 }] })).toThrow(DLCM_121);
    const touching = [
      { price: 2010, size: 1 },
      { price: 2010 * (1 + 1e-9), size: 1 },
    ];
    expect(wrong({ asks: touching })).toThrow(DLCM_121);
  });
});

describe('recentre of an order book', () => {
  it('default: the makers move all prices with the market, nothing trades', () => {
    const venues = book();
    expect(recentre(venues, 1800)).toEqual({ base: 0, quote: 0 });
    expect(marginalPrice(venues)).toBe(1800);
    expect(routeMarketOrder(venues, -15).quote / (0.9 * (10 * 1980 + 5 * 1900))).toBeCloseTo(1, 7);
  });

  it('behavior: what was taken stays away, or is posted again by the refill share', () => {
    const after = (refillPerTick: number) => {
      const venues = book({ refillPerTick });
      routeMarketOrder(venues, -8);
      recentre(venues, 2000);
      return sellCapacityTo(venues, 1);
    };
    expect(after(0)).toBeCloseTo(22, 6);
    expect(after(0.25)).toBeCloseTo(24, 6);
    expect(after(1)).toBeCloseTo(30, 6);
  });

  it('behavior: what makers bring in or take away is booked, so that tokens are conserved', () => {
    const venues = book({ refillPerTick: 0.5 });
    const held = () => [
      baseInCurve(venues, 0) + venues.feeBase[0]! + venues.withdrawnBase[0]!,
      quoteInCurve(venues, 0) + venues.feeQuote[0]! + venues.withdrawnQuote[0]!,
    ];
    const [base, quote] = held();
    const fill = routeMarketOrder(venues, -15);
    recentre(venues, 1500);
    recentre(venues, 1700);
    expect(held()[0]! - base!).toBeCloseTo(15, 6);
    expect((held()[1]! - quote!) / -fill.quote).toBeCloseTo(1, 9);
  });
});
