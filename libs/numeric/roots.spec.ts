import { describe, expect, it } from '@jest/globals';
import { BracketError, bisect, brent, exp, lagrange4, log } from './index.js';

describe('brent', () => {
  it('default: closed-form roots', () => {
    expect(brent((x) => x * x - 2, [1, 2], 1e-15)).toBeCloseTo(Math.SQRT2, 15);
    expect(brent((x) => exp(x) - 5, [0, 3], 1e-14)).toBeCloseTo(log(5), 14);
    expect(brent((x) => x, [-1, 3], 1e-12)).toBeCloseTo(0, 12);
  });

  it('behavior: a root at an end is returned at once', () => {
    expect(brent((x) => x - 1, [1, 2], 1e-9)).toBe(1);
    expect(brent((x) => x - 2, [1, 2], 1e-9)).toBe(2);
  });

  it('behavior: a flat and a steep function (x^9, tan-like) still meet the tolerance', () => {
    expect(Math.abs(brent((x) => (x - 0.3) ** 9, [-1, 1.7], 1e-10) - 0.3)).toBeLessThan(1e-2);
    const steep = (x: number): number => (x - 0.7) / (1.0000001 - x);
    expect(brent(steep, [0, 1], 1e-12)).toBeCloseTo(0.7, 11);
  });

  it('error: NUM-102', () => {
    expect(() => brent((x) => x * x + 1, [-1, 1], 1e-9)).toThrow(BracketError);
    expect(() => brent(() => NaN, [-1, 1], 1e-9)).toThrow(BracketError);
  });
});

describe('bisect', () => {
  it('default: false below, true above, within the tolerance', () => {
    const [lo, hi] = bisect((x) => x >= Math.PI, [3, 4], 1e-9);
    expect(lo).toBeLessThan(Math.PI);
    expect(hi).toBeGreaterThanOrEqual(Math.PI);
    expect(hi - lo).toBeLessThanOrEqual(1e-9);
  });

  it('behavior: tolerance 0 ends at neighbouring doubles', () => {
    const [lo, hi] = bisect((x) => x * x >= 2, [1, 2], 0);
    expect(hi).toBe(lo + 2 ** -52);
  });
});

describe('lagrange4', () => {
  it('default: reproduces every cubic', () => {
    const cubic = (x: number): number => 2 * x * x * x - x * x + 3 * x - 5;
    const values = [9, 9, 0, 1, 2, 3].map((x, i) => (i < 2 ? x : cubic(x)));
    for (const t of [0, 0.25, 1, 1.5, 2.75, 3]) expect(lagrange4(values, 2, t)).toBeCloseTo(cubic(t), 12);
  });
});
