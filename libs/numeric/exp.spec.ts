import { describe, expect, it } from '@jest/globals';
import { SeededRandom, exp, expm1 } from './index.js';
import { exactExp, fixedOf, ulpsFrom } from '#test/support/high-precision';

const BITS = 600;
const random = new SeededRandom('exp');
const arguments_ = Array.from({ length: 400 }, (_, i) =>
  i % 2 === 0 ? random.between(-700, 709) : random.between(-1, 1),
);

function expUlps(x: number): number {
  const reference = exactExp({ value: fixedOf(x, BITS), bits: BITS });
  return ulpsFrom(exp(x), reference, reference.exponent);
}

describe('exp', () => {
  it('default: agrees with Abramowitz & Stegun, table 4.4', () => {
    expect(exp(1)).toBe(2.718281828459045);
    expect(exp(10)).toBe(22026.465794806718);
    expect(exp(-10)).toBe(4.5399929762484854e-5);
    expect(exp(0)).toBe(1);
  });

  it('behavior: stays within 0.6 ulp of big-integer series', () => {
    expect(Math.max(...arguments_.map(expUlps))).toBeLessThan(0.6);
  });

  it('behavior: ends of the range', () => {
    expect(exp(710)).toBe(Infinity);
    expect(exp(-746)).toBe(0);
    expect(exp(-745)).toBe(5e-324);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(NaN)).toBeNaN();
  });
});

describe('expm1', () => {
  it('behavior: stays within 2 ulp near and far from zero', () => {
    const ulps = [...arguments_, 1e-12, -1e-12, 1e-300, 0.35, -0.35, 43, -43].map((x) => {
      const reference = exactExp({ value: fixedOf(x, BITS), bits: BITS });
      const shifted =
        reference.exponent >= 0
          ? reference.value << BigInt(reference.exponent)
          : reference.value >> BigInt(-reference.exponent);
      return Math.abs(x) < 1e-200
        ? ulpsFrom(expm1(x), { value: fixedOf(x, 1600), bits: 1600 })
        : ulpsFrom(expm1(x), { value: shifted - (1n << BigInt(BITS)), bits: BITS });
    });
    expect(Math.max(...ulps)).toBeLessThan(2);
  });

  it('behavior: ends of the range', () => {
    expect(expm1(-1000)).toBe(-1);
    expect(expm1(1000)).toBe(Infinity);
    expect(expm1(NaN)).toBeNaN();
  });
});
