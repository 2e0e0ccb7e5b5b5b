import { describe, expect, it } from '@jest/globals';
import { SeededRandom, exp, log, log1p } from './index.js';
import { exactLog, fixedOf, ulpsFrom } from '#test/support/high-precision';

const BITS = 400;
const random = new SeededRandom('log');

describe('log', () => {
  it('default: agrees with Abramowitz & Stegun, table 4.2', () => {
    expect(log(2)).toBe(0.6931471805599453);
    expect(log(3)).toBeCloseTo(1.0986122886681098, 15);
    expect(log(10)).toBe(2.302585092994046);
    expect(log(1)).toBe(0);
  });

  it('behavior: stays within 1 ulp of big-integer series, also for subnormal numbers', () => {
    const xs = Array.from({ length: 400 }, (_, i) =>
      i % 2 === 0 ? exp(random.between(-700, 700)) : random.between(0.5, 2),
    );
    const ulps = [
      ...xs,
      5e-324,
      2.2250738585072014e-308,
      1.7976931348623157e308,
      1 + 2 ** -52,
      1 - 2 ** -53,
    ].map((x) => ulpsFrom(log(x), exactLog(x, BITS)));
    expect(Math.max(...ulps)).toBeLessThan(1);
  });

  it('behavior: outside the domain', () => {
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
  });
});

describe('log1p', () => {
  it('behavior: stays within 1 ulp where 1 + x is exact in the reference', () => {
    const ulps = Array.from({ length: 300 }, (_, i) =>
      i % 2 === 0 ? random.between(-0.99, 3) : exp(random.between(-30, 30)),
    ).map((x) => {
      // ln(1+x) in fixed point: 1 + x is exact with enough bits, then 2 artanh(x / (2 + x)).
      const bits = 600;
      const f = fixedOf(x, bits);
      const one = 1n << BigInt(bits);
      if (x > 1) {
        const whole = exactLog(x, bits);
        const ratio = (one << BigInt(bits)) / f;
        return ulpsFrom(log1p(x), { value: whole.value + artanhLog1p(ratio, bits), bits });
      }
      return ulpsFrom(log1p(x), { value: artanhLog1p(f, bits), bits });
    });
    expect(Math.max(...ulps)).toBeLessThan(1.5);
  });

  it('behavior: ends of the domain', () => {
    expect(log1p(-1)).toBe(-Infinity);
    expect(log1p(-2)).toBeNaN();
    expect(log1p(1e-18)).toBe(1e-18);
    expect(log1p(1e300)).toBe(log(1e300));
  });
});

function artanhLog1p(f: bigint, bits: number): bigint {
  const one = 1n << BigInt(bits);
  const z = (f << BigInt(bits)) / (2n * one + f);
  const z2 = (z * z) >> BigInt(bits);
  let sum = 0n;
  for (let term = z, n = 1n; term !== 0n; n += 2n, term = (term * z2) / one) sum += term / n;
  return 2n * sum;
}
