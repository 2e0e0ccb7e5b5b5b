import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { exp } from '#libs/numeric/index';
import {
  black76,
  bsGreeks,
  spotDelta,
  type Greeks,
  type OptionType,
  type SpotOptionInput,
} from './black76.js';

const close = (value: number, expected: number, digits: number): void => {
  expect(Math.abs(value - expected)).toBeLessThan(0.5000001 * 10 ** -digits);
};

describe('bsGreeks', () => {
  it('prices the worked examples of Hull, Options, Futures and Other Derivatives (Black-Scholes chapter)', () => {
    const hull = { spot: 42, strike: 40, tenorYears: 0.5, vol: 0.2, rate: 0.1 };
    close(bsGreeks({ type: 'C', ...hull }).price, 4.76, 2);
    close(bsGreeks({ type: 'P', ...hull }).price, 0.81, 2);
  });

  it('gives the Greeks of Hull (chapter on Greek letters, 20-week call on a 49 USD stock)', () => {
    const g = bsGreeks({ type: 'C', spot: 49, strike: 50, tenorYears: 20 / 52, vol: 0.2, rate: 0.05 });
    close(g.delta, 0.522, 3);
    close(g.gamma, 0.066, 3);
    close(g.vega, 12.1, 1);
    close(g.theta, -4.31, 2);
    close(g.rho, 8.91, 2);
  });

  // Haug, The Complete Guide to Option Pricing Formulas, 2nd ed., pages 2-8, as in QuantLib test-suite/europeanoption.cpp testValues, with its
  // tolerance of 1e-4 (the book rounds 1.87346 to 1.8734).
  it.each([
    ['C', 65, 60, 0, 0.08, 0.25, 0.3, 2.1334],
    ['P', 95, 100, 0.05, 0.1, 0.5, 0.2, 2.4648],
    ['C', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011],
    ['P', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011],
    ['C', 1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291],
    ['P', 70, 75, 0.05, 0.1, 0.5, 0.35, 4.087],
    ['C', 100, 90, 0.1, 0.1, 0.1, 0.15, 0.0205],
    ['C', 100, 100, 0.1, 0.1, 0.1, 0.15, 1.8734],
    ['C', 100, 110, 0.1, 0.1, 0.1, 0.15, 9.9413],
    ['C', 100, 90, 0.1, 0.1, 0.1, 0.25, 0.315],
    ['C', 100, 100, 0.1, 0.1, 0.1, 0.25, 3.1217],
    ['C', 100, 110, 0.1, 0.1, 0.1, 0.25, 10.3556],
  ] as const)('prices Haug %s strike %d spot %d', (type, strike, spot, q, rate, tenorYears, vol, value) => {
    expect(
      Math.abs(bsGreeks({ type, strike, spot, yield: q, rate, tenorYears, vol }).price - value),
    ).toBeLessThan(1e-4);
  });

  // Haug chapter 2, as in QuantLib test-suite/europeanoption.cpp testGreekValues.
  it.each([
    ['delta', 'C', 100, 105, 0.1, 0.1, 0.5, 0.36, 0.5946],
    ['delta', 'P', 100, 105, 0.1, 0.1, 0.5, 0.36, -0.3566],
    ['gamma', 'C', 60, 55, 0, 0.1, 0.75, 0.3, 0.0278],
    ['gamma', 'P', 60, 55, 0, 0.1, 0.75, 0.3, 0.0278],
    ['vega', 'C', 60, 55, 0, 0.1, 0.75, 0.3, 18.9358],
    ['vega', 'P', 60, 55, 0, 0.1, 0.75, 0.3, 18.9358],
    ['theta', 'P', 405, 430, 0.05, 0.07, 1 / 12, 0.2, -31.1924],
    ['rho', 'C', 75, 72, 0, 0.09, 1, 0.19, 38.7325],
  ] as const)(
    'gives the %s of Haug (%s %d)',
    (greek, type, strike, spot, q, rate, tenorYears, vol, value) => {
      close(bsGreeks({ type, strike, spot, yield: q, rate, tenorYears, vol })[greek], value, 4);
    },
  );

  interface Vector extends Required<SpotOptionInput> {
    readonly greeks: Record<keyof Greeks, string>;
  }
  const vectors = JSON.parse(readFileSync('test/vectors/black-scholes-mpmath.json', 'utf8')) as {
    source: string;
    cases: Vector[];
  };
  it(`agrees with ${vectors.source}`, () => {
    expect(vectors.cases.length).toBeGreaterThanOrEqual(40);
    for (const { greeks, ...option } of vectors.cases) {
      const own = bsGreeks(option);
      const scale: Record<keyof Greeks, number> = {
        price: Number(greeks.price),
        delta: Number(greeks.delta),
        gamma: own.gamma,
        vega: own.vega,
        theta: Math.abs(own.theta) + option.spot * 1e-3,
        rho: Math.abs(own.rho),
        vanna: own.vega / (option.spot * option.vol * Math.sqrt(option.tenorYears)),
        volga: own.vega / option.vol,
        charm: Math.abs(own.delta) + own.gamma * option.spot,
        speed: own.gamma / (option.spot * option.vol * Math.sqrt(option.tenorYears)),
        zomma: own.gamma / option.vol,
      };
      for (const [name, value] of Object.entries(greeks) as [keyof Greeks, string][]) {
        const error = Math.abs(own[name] - Number(value)) / Math.abs(scale[name]);
        expect({ name, option, tooFar: error > 4e-13 ? error : 0 }).toEqual({ name, option, tooFar: 0 });
      }
    }
  });

  it('behavior: expired options are worth their intrinsic value with a step delta, one half at the strike', () => {
    const at = (type: OptionType, spot: number): Greeks =>
      bsGreeks({ type, spot, strike: 100, tenorYears: 0, vol: 0.5 });
    expect(at('C', 110)).toMatchObject({ price: 10, delta: 1, gamma: 0, vega: 0 });
    expect(at('P', 110)).toMatchObject({ price: 0, delta: -0 });
    expect(at('P', 90)).toMatchObject({ price: 10, delta: -1 });
    expect(at('C', 100).delta).toBe(0.5);
    expect(at('P', 100).delta).toBe(-0.5);
  });

  it('behavior: zero volatility gives the discounted intrinsic value, the limit of small volatilities', () => {
    const option = { type: 'C', spot: 110, strike: 100, tenorYears: 0.5, rate: 0.05, yield: 0.02 } as const;
    const limit = bsGreeks({ ...option, vol: 0 });
    const small = bsGreeks({ ...option, vol: 1e-6 });
    expect(limit.price).toBeCloseTo(110 * Math.exp(-0.01) - 100 * Math.exp(-0.025), 12);
    for (const greek of ['price', 'delta', 'theta', 'rho', 'charm', 'gamma', 'vega'] as const) {
      expect(small[greek]).toBeCloseTo(limit[greek], 10);
    }
  });

  it('behavior: where prices vanish they fall to 0 without a gap, at every width of the distribution', () => {
    for (const vol of [0.02, 0.5, 1.9]) {
      const prices = Array.from({ length: 400 }, (_, i) =>
        bsGreeks({ type: 'C', spot: 1, strike: exp((36 + i / 100) * vol), tenorYears: 1, vol }),
      ).map(({ price }) => price);
      expect(prices.every((price, i) => price >= 0 && (i === 0 || price <= prices[i - 1]!))).toBe(true);
      expect(prices[0]).toBeGreaterThan(0);
    }
  });

  it('error: DLCM-111 names the argument and its value', () => {
    const option = { type: 'C', spot: 100, strike: 100, tenorYears: 1, vol: 0.2 } as const;
    expect(() => bsGreeks({ ...option, spot: -1 })).toThrow(
      expect.objectContaining({ code: 'DLCM-111', argument: 'spot' }),
    );
    expect(() => bsGreeks({ ...option, vol: NaN })).toThrow(
      expect.objectContaining({ code: 'DLCM-111', argument: 'vol' }),
    );
    expect(() => bsGreeks({ ...option, tenorYears: Infinity })).toThrow(
      expect.objectContaining({ code: 'DLCM-111', argument: 'tenorYears' }),
    );
  });

  it('error: DLCM-111 where a Greek overflows: e^(rT), a zomma that divides by the volatility twice', () => {
    const option = { type: 'C', spot: 100, strike: 100, tenorYears: 1, vol: 0.2 } as const;
    for (const extreme of [{ tenorYears: 3000, rate: 1 }, { tenorYears: 3000, yield: -1 }, { vol: 1e-200 }]) {
      expect(() => bsGreeks({ ...option, ...extreme })).toThrow(
        expect.objectContaining({ code: 'DLCM-111', argument: 'tenorYears' }),
      );
    }
  });
});

describe('black76', () => {
  it('prices the futures put of Hull (futures options chapter): 20, 20, four months, 25 %, 9 % gives 1.12', () => {
    const discount = Math.exp(-0.09 / 3);
    close(
      black76({ type: 'P', forward: 20, strike: 20, tenorYears: 1 / 3, vol: 0.25, discount }).price,
      1.12,
      2,
    );
  });

  it('has the discount alone in rho: the derivative of the price in the rate at a fixed forward is -T price', () => {
    const option = { type: 'C', forward: 100, strike: 90, tenorYears: 0.5, vol: 0.4 } as const;
    const bump = (r: number): number => black76({ ...option, discount: Math.exp(-r * 0.5) }).price;
    const { rho } = black76({ ...option, discount: Math.exp(-0.05 * 0.5) });
    expect(rho).toBeCloseTo((bump(0.0501) - bump(0.0499)) / 0.0002, 5);
  });

  it('holds the forward in theta and charm', () => {
    const option = { type: 'P', forward: 100, strike: 105, vol: 0.6 } as const;
    const at = (tenorYears: number): Greeks =>
      black76({ ...option, tenorYears, discount: Math.exp(-0.07 * tenorYears) });
    const h = 1e-5;
    expect(at(0.3).theta).toBeCloseTo(-(at(0.3 + h).price - at(0.3 - h).price) / (2 * h), 5);
    expect(at(0.3).charm).toBeCloseTo(-(at(0.3 + h).delta - at(0.3 - h).delta) / (2 * h), 7);
  });

  it('error: DLCM-111 for a discount of zero', () => {
    expect(() => black76({ type: 'C', forward: 1, strike: 1, tenorYears: 1, vol: 1, discount: 0 })).toThrow(
      expect.objectContaining({ code: 'DLCM-111', argument: 'discount' }),
    );
  });
});

describe('spotDelta', () => {
  it('equals the delta of bsGreeks', () => {
    for (const tenorYears of [-1, 0, 0.01, 1]) {
      for (const vol of [0, 0.2, 1.4]) {
        for (const type of ['C', 'P'] as const) {
          const option = { type, spot: 103, strike: 100, tenorYears, vol, rate: 0.03, yield: 0.01 };
          expect(spotDelta(option)).toBe(bsGreeks(option).delta);
        }
      }
    }
  });
});
