import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StableSwapPool } from '#libs/market/index';
import { aStablePool } from '#test/support/builders';
import { marginalPrice, sellCapacityTo } from './price.js';
import { routeMarketOrder } from './router.js';
import { stableCurve } from './stable-ranges.js';
import { venuesOf } from './venue.js';

// An independent second method: the contracts' own integer arithmetic (curve-contract, StableSwap template: get_D, get_y,
// xp = balance x rate / 1e18, A_PRECISION 1), in 18 decimals and without fee.
const WAD = 10n ** 18n;
const toWad = (x: number): bigint => (BigInt(Math.round(x * 1e9)) * WAD) / 10n ** 9n;

function getD(xp: readonly bigint[], ann: bigint): bigint {
  const n = BigInt(xp.length);
  const sum = xp.reduce((a, b) => a + b, 0n);
  let d = sum;
  for (let i = 0; i < 255; i += 1) {
    let p = d;
    for (const x of xp) p = (p * d) / (x * n);
    const next = ((ann * sum + p * n) * d) / ((ann - 1n) * d + (n + 1n) * p);
    const apart = next > d ? next - d : d - next;
    d = next;
    if (apart <= 1n) break;
  }
  return d;
}

function getDy(pool: StableSwapPool, sold: number): number {
  const ann = BigInt(pool.amplification) * BigInt(pool.coins.length);
  const n = BigInt(pool.coins.length);
  const xp = pool.coins.map((coin) => toWad(coin.balance * coin.rate));
  const i = pool.coins.findIndex((coin) => coin.asset === pool.base);
  const j = pool.coins.findIndex((coin) => coin.asset === pool.quote);
  const d = getD(xp, ann);
  const after = xp.map((x, k) => (k === i ? x + toWad(sold * pool.coins[i]!.rate) : x));
  let c = d;
  let sum = 0n;
  after.forEach((x, k) => {
    if (k === j) return;
    sum += x;
    c = (c * d) / (x * n);
  });
  c = (c * d) / (ann * n);
  const b = sum + d / ann;
  let y = d;
  for (let k = 0; k < 255; k += 1) {
    const next = (y * y + c) / (2n * y + b - d);
    const apart = next > y ? next - y : y - next;
    y = next;
    if (apart <= 1n) break;
  }
  return Number(xp[j]! - y) / 1e18 / pool.coins[j]!.rate;
}

const threeCoins = (balances: readonly [number, number, number], amplification: number): StableSwapPool =>
  aStablePool({
    amplification,
    coins: ['DAI', 'USDC', 'USDT'].map((asset, i) => ({ asset, balance: balances[i]!, rate: 1 })),
  });

describe('venuesOf a StableSwap pool', () => {
  it('default: a sale gives what the contract gives, balanced or not, with two coins or three', () => {
    const amount = fc.double({ min: 200_000, max: 2_000_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(amount, amount, amount),
        fc.integer({ min: 2, max: 2000 }),
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.boolean(),
        (balances, amplification, share, three) => {
          const [dai, usdc] = balances;
          const pool = three
            ? threeCoins(balances, amplification)
            : aStablePool({
                amplification,
                coins: [
                  { asset: 'DAI', balance: dai, rate: 1 },
                  { asset: 'USDC', balance: usdc, rate: 1 },
                ],
              });
          const sold = share * dai;
          const fill = routeMarketOrder(venuesOf([pool], 1), -sold);
          // Largest where a high amplification meets a sale of most of a coin.
          expect(Math.abs(fill.quote / getDy(pool, sold) - 1)).toBeLessThan(5e-7);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('behavior: a balanced pool stands at 1 whatever its amplification, and rates shift it', () => {
    for (const amplification of [1, 85, 5000]) {
      expect(stableCurve(aStablePool({ amplification })).price).toBeCloseTo(1, 12);
      expect(stableCurve(threeCoins([5e5, 5e5, 5e5], amplification)).price).toBeCloseTo(1, 12);
    }
    const staked = aStablePool({
      base: 'WSTETH',
      quote: 'ETH',
      coins: [
        { asset: 'WSTETH', balance: 1000, rate: 1.2 },
        { asset: 'ETH', balance: 1200, rate: 1 },
      ],
    });
    expect(marginalPrice(venuesOf([staked], 1.2))).toBeCloseTo(1.2, 12);
  });

  it('behavior: the larger the amplification, the nearer to a sale at par; the smaller, the nearer to x y = k', () => {
    // At A = 10^6 a tenth of the pool sells at par to 1e-5. x y = k gives y dx / (x + dx), and a small A approaches it from above.
    const sale = (amplification: number) =>
      routeMarketOrder(venuesOf([aStablePool({ amplification })], 1), -1e5).quote;
    expect(sale(1e6) / 1e5).toBeGreaterThan(1 - 1e-5);
    const product = (1e6 * 1e5) / 1.1e6;
    expect(sale(0.501) / product).toBeGreaterThan(1);
    expect(sale(0.501)).toBeLessThan(sale(1));
    expect(sale(1)).toBeLessThan(sale(100));
  });

  it('behavior: the marginal price is the text formula', () => {
    // (Ann + D^3 / 4 x^2 y) / (Ann + D^3 / 4 x y^2) for two coins, D from the contract's integers.
    const [x, y, ann] = [1_400_000, 600_000, 200];
    const d = Number(getD([toWad(x), toWad(y)], BigInt(ann))) / 1e18;
    const pool = aStablePool({
      coins: [
        { asset: 'DAI', balance: x, rate: 1 },
        { asset: 'USDC', balance: y, rate: 1 },
      ],
    });
    const cube = (d * d * d) / 4;
    expect(stableCurve(pool).price).toBeCloseTo((ann + cube / (x * x * y)) / (ann + cube / (x * y * y)), 12);
  });

  it('behavior: it never gives all its quote', () => {
    const venues = venuesOf([aStablePool()], 1);
    expect(routeMarketOrder(venues, -sellCapacityTo(venues, 1e-4)).quote).toBeLessThan(1e6);
  });

  it('error: DLCM-121 for a coin that is missing, empty, or no amplification', () => {
    const DLCM_121 = expect.objectContaining({ code: 'DLCM-121', poolId: 'dai-usdc' });
    const wrong = (overrides: Partial<StableSwapPool>) => () => venuesOf([aStablePool(overrides)], 1);
    expect(wrong({ quote: 'USDT' })).toThrow(DLCM_121);
    expect(wrong({ amplification: 0 })).toThrow(DLCM_121);
    const coins = [
      { asset: 'DAI', balance: 0, rate: 1 },
      { asset: 'USDC', balance: 1, rate: 1 },
    ];
    expect(wrong({ coins })).toThrow(DLCM_121);
  });
});
