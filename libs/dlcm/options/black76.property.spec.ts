import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRun } from '#test/support/seed';
import { black76, bsGreeks } from './black76.js';

const option = fc.record({
  spot: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
  moneyness: fc.double({ min: -2, max: 2, noNaN: true }),
  tenorYears: fc.double({ min: 1e-3, max: 3, noNaN: true }),
  vol: fc.double({ min: 0.05, max: 3, noNaN: true }),
  rate: fc.double({ min: -0.05, max: 0.15, noNaN: true }),
  yield: fc.double({ min: -0.05, max: 0.15, noNaN: true }),
});

describe('bsGreeks', () => {
  it('put-call parity holds to 1e-13 max(F, K); gamma, vega, vanna of both types are equal', () => {
    fc.assert(
      fc.property(option, ({ moneyness, ...rest }) => {
        const strike = rest.spot * Math.exp(moneyness);
        const call = bsGreeks({ type: 'C', strike, ...rest });
        const put = bsGreeks({ type: 'P', strike, ...rest });
        const forward = rest.spot * Math.exp((rest.rate - rest.yield) * rest.tenorYears);
        const discount = Math.exp(-rest.rate * rest.tenorYears);
        const gap = call.price - put.price - discount * (forward - strike);
        expect(Math.abs(gap)).toBeLessThanOrEqual(1e-13 * Math.max(forward, strike) * Math.max(1, discount));
        expect([put.gamma, put.vega, put.vanna]).toEqual([call.gamma, call.vega, call.vanna]);
      }),
      propertyRun(500),
    );
  });

  it('first-order Greeks agree with central differences of the price', () => {
    fc.assert(
      fc.property(option, fc.constantFrom('C' as const, 'P' as const), ({ moneyness, ...rest }, type) => {
        const base = {
          type,
          strike: rest.spot * Math.exp(0.5 * moneyness * rest.vol * Math.sqrt(rest.tenorYears)),
          ...rest,
        };
        const slope = (field: 'spot' | 'vol' | 'tenorYears' | 'rate', h: number): number =>
          (bsGreeks({ ...base, [field]: base[field] + h }).price -
            bsGreeks({ ...base, [field]: base[field] - h }).price) /
          (2 * h);
        const g = bsGreeks(base);
        const tolerance = 2e-5 * base.spot;
        expect(Math.abs(g.delta - slope('spot', base.spot * 1e-5))).toBeLessThan(2e-5);
        expect(Math.abs(g.vega - slope('vol', 1e-5))).toBeLessThan(tolerance);
        expect(Math.abs(g.rho - slope('rate', 1e-5))).toBeLessThan(tolerance);
        const h = base.tenorYears * 1e-5;
        expect(Math.abs(g.theta + slope('tenorYears', h)) * base.tenorYears).toBeLessThan(tolerance);
      }),
      propertyRun(300),
    );
  });

  it('doubles with all prices, and the price lies between intrinsic value and forward or strike', () => {
    fc.assert(
      fc.property(option, fc.constantFrom('C' as const, 'P' as const), ({ moneyness, ...rest }, type) => {
        const forward = rest.spot;
        const strike = forward * Math.exp(moneyness);
        const one = black76({ type, forward, strike, tenorYears: rest.tenorYears, vol: rest.vol });
        const two = black76({
          type,
          forward: 2 * forward,
          strike: 2 * strike,
          tenorYears: rest.tenorYears,
          vol: rest.vol,
        });
        expect(two.price).toBe(2 * one.price);
        // Below 1e-290 halves lose bits to subnormal numbers.
        if (one.gamma > 1e-290) expect(two.gamma).toBe(one.gamma / 2);
        const intrinsic = Math.max(0, type === 'C' ? forward - strike : strike - forward);
        expect(one.price).toBeGreaterThanOrEqual(intrinsic);
        expect(one.price).toBeLessThanOrEqual(type === 'C' ? forward : strike);
      }),
      propertyRun(300),
    );
  });
});
