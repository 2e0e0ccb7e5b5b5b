import { describe, expect, it } from '@jest/globals';
import { priceOf, priceOfTick, sqrtPriceX96Of, tickOf } from './uniswap-price.js';

const direct = { baseDecimals: 18, quoteDecimals: 6, baseIsToken0: true };
const inverse = { ...direct, baseIsToken0: false };

describe('sqrtPriceX96Of', () => {
  it('default: a price of one at equal decimals is two to the 96 (TickMath.sol, tick 0)', () => {
    const shape = { baseDecimals: 18, quoteDecimals: 18, baseIsToken0: true };
    expect(sqrtPriceX96Of(1, shape)).toBe(2n ** 96n);
    expect(tickOf(1, shape, 10)).toBe(0);
  });

  it('behavior: the mainnet USDC/WETH pool, whose base is token 1', () => {
    // 24 January 2026: tick 196,700 stands for 1.0001^-196700 x 1e12 = 2,868 USD.
    expect(priceOfTick(196_700, inverse)).toBeCloseTo(1e12 / 1.0001 ** 196_700, 2);
  });

  it.each([direct, inverse])('behavior: prices survive the way there and back', (shape) => {
    for (const price of [1, 458.65, 2_950, 89_500])
      expect(priceOf(sqrtPriceX96Of(price, shape), shape) / price).toBeCloseTo(1, 12);
  });
});

describe('tickOf', () => {
  it.each([direct, inverse])('behavior: the nearest usable tick lies within half a spacing', (shape) => {
    const tick = tickOf(2_950, shape, 60);
    expect(Math.abs(tick % 60)).toBe(0);
    expect(Math.abs(Math.log(priceOfTick(tick, shape) / 2_950))).toBeLessThanOrEqual(
      30.001 * Math.log(1.0001),
    );
  });
});
