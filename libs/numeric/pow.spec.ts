import { describe, expect, it } from '@jest/globals';
import { NumericDomainError, SeededRandom, exp, pow } from './index.js';
import { exactExp, exactLog, fixedOf, ulpsFrom } from '#test/support/high-precision';

const BITS = 600;

function powUlps([x, y]: readonly [number, number]): number {
  const product = (exactLog(x, BITS).value * fixedOf(y, BITS)) >> BigInt(BITS);
  const reference = exactExp({ value: product, bits: BITS });
  return ulpsFrom(pow(x, y), reference, reference.exponent);
}

describe('pow', () => {
  it('default: powers that are exact', () => {
    expect(pow(2, 10)).toBe(1024);
    expect(pow(10, 18)).toBe(1e18);
    expect(pow(10, 12)).toBe(1e12);
    expect(pow(9, 0.5)).toBe(3);
    expect(pow(0, 2)).toBe(0);
    expect(pow(7, 0)).toBe(1);
  });

  it('behavior: stays within 1 ulp of big-integer arithmetic over the whole range', () => {
    const random = new SeededRandom('pow');
    const pairs = Array.from({ length: 300 }, (): readonly [number, number] => {
      const x = exp(random.between(-20, 20));
      return [x, random.between(-30, 30)];
    });
    const ticks = [-887272, -196429, -1, 1, 60, 196429, 887272].map((tick): readonly [number, number] => [
      1.0001,
      tick,
    ]);
    expect(Math.max(...[...pairs, ...ticks].map(powUlps))).toBeLessThan(1);
  });

  it('behavior: the price of tick 887272 is the square of MAX_SQRT_RATIO of Uniswap v3 TickMath', () => {
    const root = Number(1461446703485210103287273052203988822378723970342n) / 2 ** 96;
    expect(pow(1.0001, 887272) / (root * root)).toBeCloseTo(1, 9);
  });

  it('error: NUM-101', () => {
    expect(() => pow(-1, 2)).toThrow(NumericDomainError);
    expect(() => pow(0, -1)).toThrow(NumericDomainError);
    expect(() => pow(2, NaN)).toThrow(NumericDomainError);
    expect(() => pow(Infinity, 1)).toThrow(expect.objectContaining({ code: 'NUM-101', value: Infinity }));
  });
});
