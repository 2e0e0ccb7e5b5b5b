import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRun } from '#test/support/seed';
import { black76 } from './black76.js';
import { impliedVol } from './implied-vol.js';
import { otmValue } from './otm-value.js';

const EPSILON = 2.220446049250313e-16;

describe('otmValue', () => {
  const vectors = JSON.parse(readFileSync('test/vectors/otm-value-mpmath.json', 'utf8')) as {
    source: string;
    cases: { strike: number; deviation: number; value: string }[];
  };

  it(`keeps full relative accuracy against ${vectors.source}`, () => {
    expect(vectors.cases.length).toBeGreaterThanOrEqual(40);
    for (const { strike, deviation, value } of vectors.cases) {
      // The value reacts to the rounding of ln(K/F) with d ln(value) / d ln(K), about (x/s^2) + 1: allowed for.
      const x = Math.log(strike / 100);
      const conditioning = 1 + (x * (x + 1)) / (deviation * deviation);
      const error = Math.abs(otmValue(100, strike, deviation) / Number(value) - 1) / conditioning;
      expect({ strike, deviation, error: error > 40 * EPSILON ? error : 0 }).toEqual({
        strike,
        deviation,
        error: 0,
      });
    }
  });
});

describe('impliedVol', () => {
  it('recovers the 25 % of the futures put of Hull from its price', () => {
    const option = {
      type: 'P',
      forward: 20,
      strike: 20,
      tenorYears: 1 / 3,
      discount: Math.exp(-0.03),
    } as const;
    const { price } = black76({ ...option, vol: 0.25 });
    expect(impliedVol({ ...option, price })).toBeCloseTo(0.25, 14);
  });

  it('is as exact as the last bit of the price allows: 16 eps price / (vega vol), near and far from the money', () => {
    fc.assert(
      fc.property(
        fc.record({
          type: fc.constantFrom('C' as const, 'P' as const),
          deviations: fc.double({ min: 0, max: 12, noNaN: true }),
          vol: fc.double({ min: 0.01, max: 4, noNaN: true }),
          tenorYears: fc.double({ min: 1e-3, max: 2, noNaN: true }),
        }),
        ({ type, deviations, vol, tenorYears }) => {
          const x = (type === 'C' ? 1 : -1) * deviations * vol * Math.sqrt(tenorYears);
          const option = { type, forward: 3000, strike: 3000 * Math.exp(x), tenorYears };
          const { price, vega } = black76({ ...option, vol });
          const error = Math.abs(impliedVol({ ...option, price }) / vol - 1);
          expect(error).toBeLessThanOrEqual(16 * EPSILON * Math.max(1, price / (vega * vol)));
        },
      ),
      propertyRun(500),
    );
  });

  it('behavior: the intrinsic value itself implies no volatility', () => {
    expect(impliedVol({ type: 'C', price: 500, forward: 3000, strike: 2500, tenorYears: 0.1 })).toBe(0);
    expect(impliedVol({ type: 'P', price: 0, forward: 3000, strike: 2500, tenorYears: 0.1 })).toBe(0);
  });

  it('error: DLCM-110 BELOW_INTRINSIC carries price and bound', () => {
    expect(() => impliedVol({ type: 'C', price: 499, forward: 3000, strike: 2500, tenorYears: 0.1 })).toThrow(
      expect.objectContaining({ code: 'DLCM-110', reason: 'BELOW_INTRINSIC', price: 499, bound: 500 }),
    );
  });

  it('error: DLCM-110 ABOVE_MAX at the forward for a call, at the strike for a put', () => {
    for (const [type, price] of [
      ['C', 3000],
      ['P', 2500],
      ['C', NaN],
    ] as const) {
      expect(() => impliedVol({ type, price, forward: 3000, strike: 2500, tenorYears: 0.1 })).toThrow(
        expect.objectContaining({ code: 'DLCM-110', reason: 'ABOVE_MAX' }),
      );
    }
  });

  it('error: DLCM-111 for an expired option', () => {
    expect(() => impliedVol({ type: 'C', price: 1, forward: 10, strike: 10, tenorYears: 0 })).toThrow(
      expect.objectContaining({ code: 'DLCM-111', argument: 'tenorYears' }),
    );
  });
});
