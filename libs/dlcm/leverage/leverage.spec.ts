import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MetricInputError } from '../metrics/error.js';
import {
  capitalDemand,
  convexityExponent,
  crowdedLeverage,
  deltaVegaLeverage,
  gammaAddOn,
  leverageStep,
  marginVol,
  maxLeverageRaw,
  nextUpdateSec,
  openInterestImbalance,
  skewAddOn,
  spreadWidening,
} from './index.js';

const YEAR = 31_536_000;

describe('capitalDemand', () => {
  // Owner short out-of-the-money puts: owner vanna > 0, so the liability's is negative; in a fall with rising volatility the
  // vanna term is a drain (MODEL 10).
  const greeks = { delta: -10, gamma: 0.02, vega: 500, volga: 100, vanna: -3 };
  const move = { spotChange: -100, volChange: 0.2 };

  it('default: the source formula, without halves', () => {
    const { usd, terms, amplification } = capitalDemand(greeks, move);
    expect(terms).toEqual({ delta: 1000, gamma: 200, vega: 100, volga: expect.closeTo(4, 12), vanna: 60 });
    expect(usd).toBeCloseTo(1364, 9);
    expect(amplification).toBeCloseTo(1364 / 1100, 12);
  });

  it('behavior: the profit of the owner has the halves', () => {
    expect(capitalDemand(greeks, move).ownerProfitUsd).toBeCloseTo(-(1000 + 100 + 100 + 2 + 60), 9);
    expect(capitalDemand(greeks, { spotChange: 0, volChange: 0 }).amplification).toBeNull();
  });

  it('behavior: leverage, spread, and the exponent: 1 for a linear book, 2 for a quadratic one', () => {
    const leverage = deltaVegaLeverage({ demandUsd: 1364, equityUsd: 1000, collateralChangeUsd: -318 });
    expect(leverage).toBeCloseTo(2, 12);
    expect(spreadWidening(leverage)).toBeCloseTo(2.5, 12);
    expect(spreadWidening(0.3)).toBe(1);
    const at = { spot: 2000, spotChange: -100, volBeta: 0 };
    const none = { delta: 0, gamma: 0, vega: 0, volga: 0, vanna: 0 };
    expect(convexityExponent({ ...none, delta: -10 }, at)).toBeCloseTo(1, 12);
    expect(convexityExponent({ ...none, gamma: 0.02 }, at)).toBeCloseTo(2, 12);
    expect(convexityExponent({ ...none, delta: 10 }, at)).toBeNull();
  });

  it('behavior: the exponent is the slope of the logarithm, by a finite difference', () => {
    const at = { spot: 2000, spotChange: -100, volBeta: 4 };
    const demand = (spotChange: number) =>
      capitalDemand(greeks, { spotChange, volChange: (-at.volBeta * spotChange) / at.spot }).usd;
    const h = 1e-5;
    const slope = (Math.log(demand(-100 * (1 + h))) - Math.log(demand(-100 * (1 - h)))) / (2 * h);
    expect(convexityExponent(greeks, at)).toBeCloseTo(slope, 6);
  });
});

describe('maxLeverageRaw', () => {
  const question = {
    sigma: 0.8,
    horizonSec: YEAR / 10_000,
    z: 2.5,
    gammaAddOn: 0.01,
    slippage: 0.02,
    skewAddOn: 0,
    minMargin: 0.01,
    maxLeverage: 50,
  };

  it('default: 1 / (z sigma sqrt(h / Y) + add-ons), here 1 / (0.02 + 0.01 + 0.02)', () => {
    expect(maxLeverageRaw(question)).toBeCloseTo(20, 9);
    expect(maxLeverageRaw({ ...question, slippage: 0, gammaAddOn: 0, sigma: 0 })).toBe(50);
  });

  it('behavior: never rises with volatility, horizon, slippage or skew', () => {
    const part = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom('sigma', 'horizonSec', 'slippage', 'skewAddOn', 'gammaAddOn'),
        part,
        (name, more) => {
          expect(maxLeverageRaw({ ...question, [name]: question[name] + more })).toBeLessThanOrEqual(
            maxLeverageRaw(question),
          );
        },
      ),
    );
  });

  it('behavior: gamma add-on 1/2 Gamma S x^2 / delta, skew against the side that suffers it', () => {
    const horizonSec = YEAR / 100;
    const gamma = { gamma: -0.001, delta: 0.5, spot: 2000, sigma: 0.5, z: 2, horizonSec };
    expect(gammaAddOn(gamma)).toBeCloseTo((0.001 * 2000 * 0.01) / 1, 12);
    const skew = { putVol25: 0.9, callVol25: 0.7, kappa: 1, horizonSec };
    expect(skewAddOn({ ...skew, side: 'long' })).toBeCloseTo(0.02, 12);
    expect(skewAddOn({ ...skew, side: 'short' })).toBe(0);
    expect(marginVol({ ewma: 0.5, realised24h: 0.7, atTheMoney7d: 0.9, impliedWeight: 0.8 })).toBeCloseTo(
      0.72,
      12,
    );
  });

  it('error: DLCM-130 for a negative part', () => {
    expect(() => maxLeverageRaw({ ...question, slippage: -0.1 })).toThrow(MetricInputError);
  });
});

describe('leverageStep', () => {
  it('default: at most half down and a tenth up, unchanged within 2 %, in tenths rounded down', () => {
    expect(leverageStep(10, 3)).toBe(5);
    expect(leverageStep(10, 30)).toBe(11);
    expect(leverageStep(10, 10.15)).toBe(10);
    expect(leverageStep(10, 8.19)).toBe(8.1);
    expect(leverageStep(0.1, 0.01)).toBe(0.1);
  });

  it('behavior: the next update lies between its bounds', () => {
    expect(nextUpdateSec(1000, { minSec: 60, maxSec: 120 }, 0.5)).toBe(1090);
    expect(() => nextUpdateSec(0, { minSec: 60, maxSec: 30 }, 0.5)).toThrow(MetricInputError);
  });
});

describe('openInterestImbalance', () => {
  it('default: (60 - 40) / 100, 0 without any', () => {
    expect(openInterestImbalance(60, 40)).toBeCloseTo(0.2, 15);
    expect(openInterestImbalance(0, 0)).toBe(0);
  });

  it('behavior: a crowded side is allowed less only beyond two deviations', () => {
    expect(crowdedLeverage(20, 1.9)).toBe(20);
    expect(crowdedLeverage(20, 4)).toBe(10);
  });
});
