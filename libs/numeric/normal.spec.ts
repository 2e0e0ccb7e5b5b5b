import { describe, expect, it } from '@jest/globals';
import { erfc, normalCdf, normalPdf } from './index.js';
import { exactErfc, exactExp, exactNormalCdf, fixedOf, ulpsFrom } from '#test/support/high-precision';

const GRID = Array.from({ length: 130 }, (_, i) => i * 0.2003);

describe('erfc', () => {
  it('default: agrees with Abramowitz & Stegun, table 7.1 (ten decimals of erf)', () => {
    expect(1 - erfc(0.5)).toBeCloseTo(0.5204998778, 10);
    expect(1 - erfc(1)).toBeCloseTo(0.8427007929, 10);
    expect(1 - erfc(2)).toBeCloseTo(0.995322265, 10);
  });

  it('behavior: relative error below 8 ulp from -3 to the far tail, against a big-integer series', () => {
    const ulps = [...GRID, ...GRID.slice(0, 15).map((x) => -x)].map((x) => ulpsFrom(erfc(x), exactErfc(x)));
    expect(Math.max(...ulps)).toBeLessThan(8);
  });

  it('behavior: reflects, and ends at 0 and 2', () => {
    expect(erfc(0)).toBe(1);
    expect(erfc(30)).toBe(0);
    expect(erfc(-30)).toBe(2);
    expect(erfc(0.7) + erfc(-0.7)).toBeCloseTo(2, 15);
    expect(erfc(NaN)).toBeNaN();
  });
});

describe('normalCdf', () => {
  it('default: agrees with Abramowitz & Stegun, table 26.2 (-log10 Q)', () => {
    expect(-Math.log10(normalCdf(-5))).toBeCloseTo(6.54265, 5);
    expect(-Math.log10(normalCdf(-10))).toBeCloseTo(23.11805, 5);
    expect(-Math.log10(normalCdf(-20))).toBeCloseTo(88.5601, 5);
  });

  it('behavior: full relative accuracy in the lower tail, 8 ulp', () => {
    const xs = [...GRID.map((x) => -1.4 * x), ...GRID.slice(0, 30)];
    expect(Math.max(...xs.map((x) => ulpsFrom(normalCdf(x), exactNormalCdf(x))))).toBeLessThan(8);
  });

  it('behavior: symmetric, monotone across the joins of the fits', () => {
    for (const join of [-5.656854249492381, -0.662912607362388, 0.662912607362388]) {
      expect(normalCdf(join - 1e-9)).toBeLessThan(normalCdf(join + 1e-9));
    }
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(40)).toBe(1);
    expect(normalCdf(-40)).toBe(0);
    expect(normalCdf(NaN)).toBeNaN();
  });
});

describe('normalPdf', () => {
  it('default: agrees with Abramowitz & Stegun, table 26.1', () => {
    expect(normalPdf(0)).toBeCloseTo(0.398942280401433, 15);
    expect(normalPdf(1)).toBeCloseTo(0.241970724519143, 15);
    expect(normalPdf(3)).toBeCloseTo(0.004431848411938, 15);
  });

  it('behavior: full relative accuracy in the tail', () => {
    // phi(x) sqrt(2 pi) = e^(-x^2/2), the reference exponential of an exact square.
    const bits = 3000;
    for (const x of [0.1, 1.7, 5.3, 12.9, 25.1, 36.7]) {
      const square = fixedOf(x, bits);
      const reference = exactExp({ value: -((square * square) >> BigInt(bits + 1)), bits });
      expect(ulpsFrom(normalPdf(x) * Math.sqrt(2 * Math.PI), reference, reference.exponent)).toBeLessThan(6);
    }
  });
});
