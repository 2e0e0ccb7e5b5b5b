import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/market/index';
import { aConcentratedPool, aPool } from '#test/support/builders';
import { propertyRun } from '#test/support/seed';
import { baseInCurve, quoteInCurve } from './curve.js';
import { bestBid, marginalPrice, sellCapacityTo } from './price.js';
import { recentre } from './recentre.js';
import { routeLimitOrder, routeMarketOrder } from './router.js';
import { venuesOf, type Venues } from './venue.js';

const SPOT = 2000;
const fee = fc.constantFrom(0, 0.0005, 0.003, 0.01);
const constantProduct = fc
  .record({ fee, size: fc.double({ min: 10, max: 1e5, noNaN: true }) })
  .map(({ fee, size }): Pool => aPool({ fee, reserveBase: size, reserveQuote: size * SPOT }));
const concentrated = fc
  .record({
    fee,
    bounds: fc.uniqueArray(fc.integer({ min: 200, max: 20_000 }), { minLength: 4, maxLength: 10 }),
    liquidity: fc.array(fc.double({ min: 100, max: 1e5, noNaN: true }), { minLength: 12, maxLength: 12 }),
  })
  .map(({ fee, bounds, liquidity }): Pool => {
    const edges = [...bounds].sort((a, b) => a - b);
    // Every other gap between the edges is a range, so that empty ranges occur.
    const ranges = edges
      .slice(1)
      .flatMap((priceUpper, i) =>
        i % 3 === 2 ? [] : [{ priceLower: edges[i]!, priceUpper, liquidity: liquidity[i]! }],
      );
    return aConcentratedPool({ fee, price: SPOT, ranges });
  });
const pools = fc
  .tuple(constantProduct, fc.array(fc.oneof(constantProduct, concentrated), { maxLength: 3 }))
  .map(([first, rest]) => [first, ...rest].map((pool, i): Pool => ({ ...pool, id: `pool-${i}` })));
/** Order sizes as a multiple of the first pool's base reserve, about. */
const quantity = fc.double({ min: -2e4, max: 5, noNaN: true, noDefaultInfinity: true });

const held = (venues: Venues): { base: number; quote: number } => {
  let [base, quote] = [0, 0];
  for (let v = 0; v < venues.price.length; v += 1) {
    base += baseInCurve(venues, v) + venues.feeBase[v]!;
    quote += quoteInCurve(venues, v) + venues.feeQuote[v]!;
  }
  return { base, quote };
};
const close = (value: number, expected: number, scale: number): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(scale);

describe('routeMarketOrder', () => {
  it('conserves tokens: what traders give the pools and their providers hold', () => {
    fc.assert(
      fc.property(pools, fc.array(quantity, { maxLength: 5 }), (list, orders) => {
        const venues = venuesOf(list, SPOT);
        const start = held(venues);
        let [base, quote] = [start.base, start.quote];
        for (const order of orders) {
          const fill = routeMarketOrder(venues, order);
          base -= fill.base;
          quote += order < 0 ? -fill.quote : fill.quote;
          close(fill.base + fill.unexecuted, order, 1e-9 * Math.abs(order));
        }
        close(held(venues).base, base, 1e-9 * (start.base + Math.abs(base)));
        close(held(venues).quote, quote, 1e-9 * (start.quote + Math.abs(quote)));
      }),
      propertyRun(200),
    );
  });

  it('does not depend on the path: an order in two parts ends where the whole does', () => {
    fc.assert(
      fc.property(pools, quantity, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (list, order, share) => {
        const whole = venuesOf(list, SPOT);
        const parts = venuesOf(list, SPOT);
        const once = routeMarketOrder(whole, order);
        const first = routeMarketOrder(parts, order * share);
        const second = routeMarketOrder(parts, order - order * share);
        close(first.quote + second.quote, once.quote, 1e-9 * once.quote + 1e-6);
        close(held(parts).base, held(whole).base, 1e-9 * held(whole).base);
      }),
      propertyRun(200),
    );
  });

  it('splitting a pool in two gives the same amounts and price; so does any order of the pools', () => {
    fc.assert(
      fc.property(pools, quantity, (list, order) => {
        const whole = venuesOf(list, SPOT);
        const split = venuesOf([...list.slice(1), ...halves(list[0]!)], SPOT);
        const reversed = venuesOf([...list].reverse(), SPOT);
        const fill = routeMarketOrder(whole, order);
        const inTwo = routeMarketOrder(split, order);
        expect(routeMarketOrder(reversed, order)).toEqual(fill);
        close(inTwo.quote, fill.quote, 1e-10 * fill.quote + 1e-9);
        close(marginalPrice(split), marginalPrice(whole), 1e-10 * marginalPrice(whole));
      }),
      propertyRun(200),
    );
  });

  it('k of a constant product pool never falls, fees counted', () => {
    fc.assert(
      fc.property(constantProduct, fc.array(quantity, { minLength: 1, maxLength: 6 }), (pool, orders) => {
        const venues = venuesOf([pool], SPOT);
        let last = held(venues).base * held(venues).quote;
        for (const order of orders) {
          routeMarketOrder(venues, order);
          const k = held(venues).base * held(venues).quote;
          expect(k).toBeGreaterThanOrEqual(last * (1 - 1e-12));
          last = k;
        }
      }),
      propertyRun(200),
    );
  });

  it('no round trip earns: selling and buying back costs at least nothing', () => {
    fc.assert(
      fc.property(pools, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (list, size) => {
        const venues = venuesOf(list, SPOT);
        const sold = routeMarketOrder(venues, -size);
        const bought = routeMarketOrder(venues, -sold.base);
        expect(bought.quote).toBeGreaterThanOrEqual(sold.quote * (1 - 1e-9) - 1e-9);
      }),
      propertyRun(200),
    );
  });

  it('a larger sale has a lower price and more proceeds; a split over two pools never beats the router', () => {
    fc.assert(
      fc.property(pools, fc.double({ min: 0.1, max: 1e4, noNaN: true }), (list, size) => {
        const small = routeMarketOrder(venuesOf(list, SPOT), -size);
        const large = routeMarketOrder(venuesOf(list, SPOT), -2 * size);
        expect(large.netPrice).toBeLessThanOrEqual(small.netPrice);
        expect(large.quote).toBeGreaterThanOrEqual(small.quote);
        if (list.length < 2) return;
        const manual = [list.slice(0, 1), list.slice(1)].map((part) =>
          routeMarketOrder(venuesOf(part, SPOT), -size),
        );
        expect(manual[0]!.quote + manual[1]!.quote).toBeLessThanOrEqual(large.quote * (1 + 1e-9) + 1e-6);
      }),
      propertyRun(200),
    );
  });
});

describe('routeLimitOrder', () => {
  it('never trades beyond its limit and fills min(order, capacity)', () => {
    fc.assert(
      fc.property(
        pools,
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 1.1, noNaN: true }),
        (list, size, share) => {
          const venues = venuesOf(list, SPOT);
          const limit = SPOT * share;
          const capacity = sellCapacityTo(venues, limit);
          const fill = routeLimitOrder(venues, -size, limit);
          close(-fill.base, Math.min(size, capacity), 1e-9 * size);
          if (fill.base < 0) expect(bestBid(venues)).toBeGreaterThanOrEqual(limit * (1 - 1e-12));
          if (fill.base < 0) expect(fill.averagePrice).toBeGreaterThanOrEqual(limit * (1 - 1e-9));
        },
      ),
      propertyRun(200),
    );
  });
});

describe('recentre', () => {
  it('is independent of the path and never gains for the providers', () => {
    fc.assert(
      fc.property(
        pools,
        fc.array(fc.double({ min: 10, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 4 }),
        (list, prices) => {
          const direct = venuesOf(list, SPOT);
          const wandering = venuesOf(list, SPOT);
          for (const price of prices) recentre(wandering, price);
          const last = prices.at(-1)!;
          const flow = recentre(direct, last);
          expect(flow.base * last + flow.quote).toBeGreaterThanOrEqual(-1e-6);
          close(held(wandering).base, held(direct).base, 1e-9 * held(direct).base + 1e-9);
          close(held(wandering).quote, held(direct).quote, 1e-9 * held(direct).quote + 1e-9);
        },
      ),
      propertyRun(200),
    );
  });
});

function halves(pool: Pool): Pool[] {
  return ['x', 'y'].map((suffix): Pool => {
    const id = `${pool.id}-${suffix}`;
    if (pool.kind === 'constantProduct') {
      return { ...pool, id, reserveBase: pool.reserveBase / 2, reserveQuote: pool.reserveQuote / 2 };
    }
    if (pool.kind !== 'concentrated') throw new Error(`no halves of a ${pool.kind} pool`);
    return {
      ...pool,
      id,
      ranges: pool.ranges.map((range) => ({ ...range, liquidity: range.liquidity / 2 })),
    };
  });
}
