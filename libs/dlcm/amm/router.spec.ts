import { describe, expect, it } from '@jest/globals';
import { aConcentratedPool, aPool } from '#test/support/builders';
import { baseInCurve, quoteInCurve } from './curve.js';
import { impermanentLossUsd, impermanentLossV2, impermanentLossV3 } from './impermanent-loss.js';
import {
  bestAsk,
  bestBid,
  buyCapacityTo,
  flowToPrice,
  linearDepth,
  marginalPrice,
  sellCapacityTo,
} from './price.js';
import { recentre, withdrawDepth } from './recentre.js';
import { routeLimitOrder, routeMarketOrder } from './router.js';
import { copyVenues, freshVenues, venuesOf } from './venue.js';

const wide = (price: number, range: [number, number], liquidity: number, fee = 0) =>
  venuesOf(
    [aConcentratedPool({ price, fee, ranges: [{ priceLower: range[0], priceUpper: range[1], liquidity }] })],
    price,
  );

describe('routeMarketOrder', () => {
  // Uniswap v2-core, test/UniswapV2Pair.spec.ts, swapTestCases: amount in, reserve in, reserve out, amount out (1e18 units).
  it.each([
    [1, 5, 10, 1.662497915624478906],
    [1, 10, 5, 0.453305446940074565],
    [2, 5, 10, 2.851015155847869602],
    [2, 10, 5, 0.831248957812239453],
    [1, 10, 10, 0.90661089388014913],
    [1, 100, 100, 0.987158034397061298],
    [1, 1000, 1000, 0.996006981039903216],
  ])('sells %d into reserves %d and %d as Uniswap v2 does', (amount, reserveBase, reserveQuote, out) => {
    const venues = venuesOf([aPool({ reserveBase, reserveQuote, fee: 0.003 })], reserveQuote / reserveBase);
    const fill = routeMarketOrder(venues, -amount);
    expect(fill).toMatchObject({ status: 'FILLED', base: -amount, unexecuted: 0 });
    expect(fill.quote / out).toBeCloseTo(1, 13);
  });

  it('pays for a purchase what v2 getAmountIn asks: x 1000 out / ((y - out) 997)', () => {
    const venues = venuesOf([aPool({ reserveBase: 10, reserveQuote: 5, fee: 0.003 })], 0.5);
    expect(routeMarketOrder(venues, 2).quote).toBeCloseTo((5 * 2) / ((10 - 2) * 0.997), 13);
  });

  it('swaps inside one v3 range as the Uniswap V3 Development Book works out (5000 USDC per ETH, first swaps)', () => {
    const tick = (n: number): number => 1.0001 ** n;
    // Liquidity 1517882343751509868544 between ticks 84222 and 86129, sqrt price 5602277097478614198912276234240 / 2^96.
    const price = (5602277097478614198912276234240 / 2 ** 96) ** 2;
    const book = () => wide(price, [tick(84222), tick(86129)], 1517.882343751509868544);
    const buyEth = routeMarketOrder(book(), 0.008396714242162444);
    expect(buyEth.quote).toBeCloseTo(42, 9);
    const sellEth = routeMarketOrder(book(), -0.01337);
    expect(sellEth.quote).toBeCloseTo(66.80838889019940668, 9);
  });

  it('moves a v3 price from 1 to 1.01 with the amounts of v3-core SwapMath.spec.ts', () => {
    const venues = wide(1, [0.1, 10], 2, 0.0006);
    const base = buyCapacityTo(venues, 1.01 / (1 - 0.0006));
    expect(base).toBeCloseTo(0.009925619580021728, 15);
    const fill = routeMarketOrder(venues, base);
    expect(fill.quote).toBeCloseTo(0.009975124224178055 + 0.000005988667735148, 15);
    expect(venues.feeQuote[0]).toBeCloseTo(0.000005988667735148, 15);
    expect(marginalPrice(venues)).toBeCloseTo(1.01, 14);
  });

  it('fully spends an input as v3-core SwapMath.spec.ts: 1 in at fee 600 gives 0.666399946655997866', () => {
    const venues = wide(1, [0.01, 100], 2, 0.0006);
    const fill = routeMarketOrder(venues, 0.666399946655997866);
    expect(fill.quote).toBeCloseTo(1, 13);
  });

  it('ends with equal net-of-fee prices on every venue that traded; a worse one does not trade', () => {
    const cheap = aPool({ id: 'b', fee: 0.0005 });
    const dear = aPool({ id: 'a', fee: 0.01 });
    const venues = venuesOf([cheap, dear], 2000);
    expect(venues.curves.ids).toEqual(['a', 'b']);
    routeMarketOrder(venues, -1);
    expect(venues.price[0]).toBe(2000);
    const fill = routeMarketOrder(venues, -500);
    expect(venues.price[0]! * 0.99).toBeCloseTo(fill.netPrice, 9);
    expect(venues.price[1]! * 0.9995).toBeCloseTo(fill.netPrice, 9);
    expect(bestBid(venues)).toBeCloseTo(fill.netPrice, 9);
    const bought = routeMarketOrder(venues, 500);
    expect(bestAsk(venues)).toBeCloseTo(bought.netPrice, 9);
  });

  it('crosses an empty range at no volume', () => {
    const ranges = [
      { priceLower: 400, priceUpper: 900, liquidity: 100 },
      { priceLower: 1600, priceUpper: 2500, liquidity: 100 },
    ];
    const venues = venuesOf([aConcentratedPool({ price: 2025, fee: 0, ranges })], 2025);
    const upper = 100 * (1 / 40 - 1 / 45);
    const lower = 100 * (1 / 25 - 1 / 30);
    expect(sellCapacityTo(venues, 1000)).toBeCloseTo(upper, 12);
    const fill = routeMarketOrder(venues, -(upper + lower));
    expect(fill.quote).toBeCloseTo(100 * (45 - 40) + 100 * (30 - 25), 9);
    expect(marginalPrice(venues)).toBeCloseTo(625, 6);
  });

  it('behavior: beyond the floor the price is set there and the rest is left unexecuted (ZERO)', () => {
    const venues = venuesOf([aPool({ reserveBase: 10, reserveQuote: 20_000, fee: 0 })], 2000);
    const fill = routeMarketOrder(venues, -1e6);
    expect(fill.status).toBe('ZERO');
    expect(fill.base).toBeCloseTo(-10 * (1 / Math.sqrt(1e-4) - 1), 6);
    expect(fill.base + fill.unexecuted).toBeCloseTo(-1e6, 6);
    expect(marginalPrice(venues)).toBeCloseTo(0.2, 12);
    expect(routeMarketOrder(venues, -1)).toMatchObject({ status: 'ZERO', unexecuted: -1 });
  });

  it('behavior: a purchase stops at 1e4 times the snapshot price (ABSORBED_UP)', () => {
    const venues = venuesOf([aPool({ reserveBase: 10, reserveQuote: 20_000, fee: 0 })], 2000);
    const fill = routeMarketOrder(venues, 10);
    expect(fill.status).toBe('ABSORBED_UP');
    expect(fill.base).toBeCloseTo(10 * (1 - 0.01), 9);
    expect(marginalPrice(venues)).toBeCloseTo(2e7, 3);
  });

  it('behavior: a pool drained of its last range falls to the floor', () => {
    const venues = wide(2000, [1500, 2500], 100);
    const fill = routeMarketOrder(venues, -1000);
    expect(fill.status).toBe('ZERO');
    expect(fill.base).toBeCloseTo(-100 * (1 / Math.sqrt(1500) - 1 / Math.sqrt(2000)), 9);
    expect(marginalPrice(venues)).toBeCloseTo(0.2, 12);
  });

  it('behavior: an order of nothing changes nothing', () => {
    const venues = venuesOf([aPool(), aConcentratedPool()], 2000);
    const before = copyVenues(venues);
    expect(routeMarketOrder(venues, 0)).toMatchObject({ status: 'FILLED', base: 0, quote: 0 });
    expect(venues).toEqual(before);
  });

  it('error: DLCM-122 for a quantity that is not finite', () => {
    expect(() => routeMarketOrder(venuesOf([aPool()], 2000), NaN)).toThrow(
      expect.objectContaining({ code: 'DLCM-122', argument: 'quantity' }),
    );
  });
});

describe('routeLimitOrder', () => {
  it('fills a sale only down to its limit: capacity [sqrt(xy / p) - x] / (1 - fee) at p = limit / (1 - fee)', () => {
    const venues = venuesOf([aPool()], 2000);
    const limit = 1900;
    const capacity = (Math.sqrt((10_000 * 20_000_000 * 0.997) / limit) - 10_000) / 0.997;
    const fill = routeLimitOrder(venues, -1e5, limit);
    expect(fill.status).toBe('LIMIT');
    expect(fill.base).toBeCloseTo(-capacity, 8);
    expect(bestBid(venues)).toBeCloseTo(limit, 9);
    expect(routeLimitOrder(venues, -1, limit).base).toBeCloseTo(0, 8);
  });

  it('is a market order while its limit is out of reach', () => {
    const market = venuesOf([aPool()], 2000);
    const limited = venuesOf([aPool()], 2000);
    expect(routeLimitOrder(limited, -100, 1)).toEqual(routeMarketOrder(market, -100));
    expect(limited).toEqual(market);
  });

  it('fills a purchase only up to its limit', () => {
    const venues = venuesOf([aPool()], 2000);
    const fill = routeLimitOrder(venues, 1e4, 2100);
    expect(fill.status).toBe('LIMIT');
    expect(bestAsk(venues)).toBeCloseTo(2100, 9);
    expect(fill.averagePrice).toBeLessThan(2100);
  });

  it('does nothing at a limit already passed', () => {
    const venues = venuesOf([aPool()], 2000);
    expect(routeLimitOrder(venues, -5, 2000)).toMatchObject({ base: 0, unexecuted: -5, status: 'LIMIT' });
  });
});

describe('recentre', () => {
  it('moves every venue along its curve without fee; constant product keeps k and loses x0 p0 (1 - sqrt(m / S0))^2', () => {
    const venues = venuesOf([aPool()], 2000);
    const flow = recentre(venues, 1200);
    expect(marginalPrice(venues)).toBe(1200);
    expect(baseInCurve(venues, 0) * quoteInCurve(venues, 0)).toBeCloseTo(2e11, 0);
    expect(flow.base).toBeCloseTo(10_000 - baseInCurve(venues, 0), 6);
    expect(flow.quote).toBeCloseTo(2e7 - quoteInCurve(venues, 0), 4);
    const loss = impermanentLossUsd(venues, 0, { baseUsd: 1200, quoteUsd: 1 });
    expect(loss).toBeCloseTo(2e7 * (1 - Math.sqrt(0.6)) ** 2, 4);
    expect(recentre(venues, 2000).base).toBeCloseTo(-flow.base, 6);
    expect(impermanentLossUsd(venues, 0, { baseUsd: 2000, quoteUsd: 1 })).toBeCloseTo(0, 4);
  });

  it('remembers a price inside an empty range', () => {
    const ranges = [
      { priceLower: 400, priceUpper: 900, liquidity: 100 },
      { priceLower: 1600, priceUpper: 2500, liquidity: 100 },
    ];
    const venues = venuesOf([aConcentratedPool({ price: 2025, fee: 0, ranges })], 2025);
    recentre(venues, 1300);
    expect(marginalPrice(venues)).toBe(1300);
    expect(routeMarketOrder(venues, 1e-9).netPrice).toBeCloseTo(1600, 3);
  });
});

describe('withdrawDepth', () => {
  it('halves capacity and leaves price and the providers’ wealth alone', () => {
    const venues = venuesOf([aPool(), aConcentratedPool()], 2000);
    const capacity = sellCapacityTo(venues, 1500);
    withdrawDepth(venues, 0.5);
    expect(sellCapacityTo(venues, 1500)).toBeCloseTo(capacity / 2, 9);
    expect(marginalPrice(venues)).toBe(2000);
    for (const v of [0, 1]) {
      expect(impermanentLossUsd(venues, v, { baseUsd: 2000, quoteUsd: 1 })).toBeCloseTo(0, 4);
    }
    expect(() => withdrawDepth(venues, 0.6)).toThrow(expect.objectContaining({ code: 'DLCM-122' }));
    expect(() => withdrawDepth(venues, 0)).toThrow(expect.objectContaining({ code: 'DLCM-122' }));
  });
});

describe('impermanentLossV2', () => {
  // Pintail, "Uniswap: A Good Deal for Liquidity Providers?" (2019): loss against holding by price change.
  it.each([
    [1.25, 0.006],
    [1.5, 0.02],
    [1.75, 0.038],
    [2, 0.057],
    [3, 0.134],
    [4, 0.2],
    [5, 0.255],
  ])('at %d times the price loses %d', (ratio, loss) => {
    expect(Math.abs(impermanentLossV2(ratio) - loss)).toBeLessThan(0.0005001);
    expect(impermanentLossV2(1 / ratio)).toBeCloseTo(impermanentLossV2(ratio), 14);
  });
});

describe('impermanentLossV3', () => {
  it('is the loss of a venue with that one range', () => {
    for (const priceAfter of [900, 1500, 2600, 5000]) {
      const venues = wide(2000, [1000, 4000], 100);
      const start = baseInCurve(venues, 0) * priceAfter + quoteInCurve(venues, 0);
      recentre(venues, priceAfter);
      const share = impermanentLossUsd(venues, 0, { baseUsd: priceAfter, quoteUsd: 1 }) / start;
      const position = { priceLower: 1000, priceUpper: 4000, priceBefore: 2000, priceAfter };
      expect(impermanentLossV3(position)).toBeCloseTo(share, 12);
    }
  });

  it('tends to the constant product loss as the range opens', () => {
    const open = { priceLower: 1e-12, priceUpper: 1e18, priceBefore: 2000, priceAfter: 800 };
    expect(impermanentLossV3(open)).toBeCloseTo(impermanentLossV2(0.4), 6);
  });

  it('error: DLCM-122 for an empty range', () => {
    const empty = { priceLower: 10, priceUpper: 10, priceBefore: 1, priceAfter: 1 };
    expect(() => impermanentLossV3(empty)).toThrow(expect.objectContaining({ code: 'DLCM-122' }));
  });
});

describe('flowToPrice', () => {
  it('is inverted by the router', () => {
    for (const price of [500, 1500, 2100, 9000]) {
      const venues = venuesOf([aPool({ fee: 0.003 }), aConcentratedPool({ fee: 0.003 })], 2000);
      routeMarketOrder(venues, flowToPrice(venues, price));
      expect(marginalPrice(venues) / price).toBeCloseTo(1, 12);
    }
  });
});

describe('linearDepth', () => {
  it('is half the base reserve of a constant product pool', () => {
    expect(linearDepth(venuesOf([aPool()], 2000))).toBeCloseTo(5000, 9);
  });
});

describe('venuesOf', () => {
  it('weights prices of unequal pools by active liquidity', () => {
    const venues = venuesOf(
      [aPool({ id: 'a' }), aPool({ id: 'b', reserveBase: 1000, reserveQuote: 2.2e6 })],
      2000,
    );
    const [big, small] = [Math.sqrt(2e11), Math.sqrt(2.2e9)];
    const root = (big * Math.sqrt(2000) + small * Math.sqrt(2200)) / (big + small);
    expect(marginalPrice(venues)).toBeCloseTo(root * root, 9);
    expect(freshVenues(venues.curves)).toEqual(venues);
  });

  it.each([
    ['fee', aPool({ fee: 1 })],
    ['reserveBase', aPool({ reserveBase: 0 })],
    ['reserveQuote', aPool({ reserveQuote: NaN })],
    ['price', aConcentratedPool({ price: -1 })],
    ['liquidity', aConcentratedPool({ ranges: [{ priceLower: 1, priceUpper: 2, liquidity: -1 }] })],
    ['ranges', aConcentratedPool({ ranges: [{ priceLower: 2, priceUpper: 1, liquidity: 1 }] })],
  ])('error: DLCM-121 names the pool and its %s', (field, pool) => {
    expect(() => venuesOf([pool], 2000)).toThrow(
      expect.objectContaining({ code: 'DLCM-121', poolId: pool.id, field }),
    );
  });

  it('error: DLCM-121 for a second quote asset or a StableSwap pool without its coins', () => {
    const other = aPool({ id: 'z', quote: 'DAI' });
    expect(() => venuesOf([aPool(), other], 2000)).toThrow(
      expect.objectContaining({ code: 'DLCM-121', field: 'quote' }),
    );
    const { reserveBase, reserveQuote, ...face } = aPool();
    const stable = {
      ...face,
      kind: 'stableSwap',
      amplification: reserveBase + reserveQuote,
      coins: [],
    } as const;
    expect(() => venuesOf([stable], 2000)).toThrow(
      expect.objectContaining({ code: 'DLCM-121', field: 'coins' }),
    );
  });

  it('error: DLCM-120 without liquidity', () => {
    expect(() => venuesOf([], 2000)).toThrow(
      expect.objectContaining({ code: 'DLCM-120', reason: 'NO_LIQUIDITY' }),
    );
    expect(() => venuesOf([aConcentratedPool({ ranges: [] })], 2000)).toThrow(
      expect.objectContaining({ code: 'DLCM-120' }),
    );
  });
});
