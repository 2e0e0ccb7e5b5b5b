import { describe, expect, it } from '@jest/globals';
import { OptionInputError } from './error.js';
import { sabrVol } from './sabr.js';
import { surfaceVol } from './surface.js';

const YEAR = 31_536_000;
const lognormal = { alpha: 0.8, beta: 1, nu: 1.2, rho: -0.3 };

describe('sabrVol', () => {
  it('default: a constant volatility when beta is 1 and nothing is stochastic', () => {
    for (const strike of [500, 2000, 9000])
      expect(sabrVol({ ...lognormal, nu: 0 }, { forward: 2000, strike, tenorYears: 2 })).toBe(0.8);
  });

  it('at the money: alpha F^(beta - 1) (1 + correction T), written out', () => {
    const [alpha, beta, nu, rho, forward, tenorYears] = [30, 0.5, 0.9, -0.4, 2000, 0.5];
    const m = Math.sqrt(forward);
    const drift =
      (0.25 * alpha * alpha) / (24 * m * m) +
      (rho * beta * nu * alpha) / (4 * m) +
      ((2 - 3 * rho * rho) / 24) * nu * nu;
    expect(sabrVol({ alpha, beta, nu, rho }, { forward, strike: forward, tenorYears })).toBeCloseTo(
      (alpha / m) * (1 + drift * tenorYears),
      12,
    );
  });

  it('short tenors, beta 1: the geodesic formula nu ln(F / K) / ln(...) evaluated as it stands', () => {
    const { alpha, nu, rho } = lognormal;
    for (const strike of [1200, 1700, 2600]) {
      const l = Math.log(2000 / strike);
      const z = (nu * l) / alpha;
      const x = Math.log((Math.sqrt(1 - 2 * rho * z + z * z) + z - rho) / (1 - rho));
      expect(sabrVol(lognormal, { forward: 2000, strike, tenorYears: 0 })).toBeCloseTo((nu * l) / x, 12);
    }
  });

  it('without volatility of volatility: the CEV smile to second order, sigma ~ alpha F_av^(beta - 1) (Hagan and Woodward 1999)', () => {
    const cev = { alpha: 30, beta: 0.5, nu: 0, rho: 0 };
    for (const strike of [1900, 2100]) {
      const average = (2000 + strike) / 2;
      const ratio = (2000 - strike) / average;
      // sigma = alpha / f^(1-b) (1 + (1-b)(2+b)/24 ((F-K)/f)^2), T -> 0
      const expected = (30 / Math.sqrt(average)) * (1 + ((0.5 * 2.5) / 24) * ratio * ratio);
      expect(sabrVol(cev, { forward: 2000, strike, tenorYears: 0 })).toBeCloseTo(expected, 5);
    }
  });

  it('behavior: mirrored by (rho, ln K/F) -> (-rho, -ln K/F) at beta 1, and smooth through the money', () => {
    const mirrored = { ...lognormal, rho: 0.3, nu: 1.2 };
    const still = { ...lognormal, beta: 1 };
    const vol = (parameters: typeof still, k: number) =>
      sabrVol(parameters, { forward: 2000, strike: 2000 * Math.exp(k), tenorYears: 0 });
    for (const k of [0.1, 0.5, 1]) expect(vol(still, k)).toBeCloseTo(vol(mirrored, -k), 12);
    for (const k of [1e-4, 1e-8, 1e-12]) {
      expect(vol(still, k)).toBeCloseTo(0.8, 3);
      // First order of z / x(z): 1 - rho z / 2, z = -nu k / alpha.
      expect((vol(still, k) / 0.8 - 1) / k).toBeCloseTo(((-0.3 * 1.2) / 0.8) * 0.5, 3 + (k < 1e-9 ? -2 : 0));
    }
  });

  it('behavior: a surface slice evaluates it at the strike F e^k, and flat beyond |k| = 3', () => {
    const slice = { expirySec: YEAR / 4, forward: 2000, model: { kind: 'sabr' as const, ...lognormal } };
    const surface = { id: 's', asset: 'ETH', slices: [slice] };
    const expected = sabrVol(lognormal, { forward: 2000, strike: 2000 * Math.exp(0.4), tenorYears: 0.25 });
    expect(surfaceVol(surface, 0.4, YEAR / 4)).toBeCloseTo(expected, 12);
    expect(surfaceVol(surface, 5, YEAR / 4)).toBe(surfaceVol(surface, 3, YEAR / 4));
  });

  it('error: DLCM-111 outside the domain, and where the expansion is no longer positive', () => {
    const at = { forward: 2000, strike: 2000, tenorYears: 1 };
    expect(() => sabrVol({ ...lognormal, rho: 1 }, at)).toThrow(OptionInputError);
    expect(() => sabrVol(lognormal, { ...at, strike: 0 })).toThrow(OptionInputError);
    expect(() => sabrVol({ ...lognormal, rho: -0.99, nu: 3 }, { ...at, tenorYears: 30 })).toThrow(
      OptionInputError,
    );
  });
});
