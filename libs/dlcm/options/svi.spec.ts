import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRun } from '#test/support/seed';
import { sviArbitrageCheck, sviCalendarCheck, sviDensityFactor, sviSlice, sviValid, sviVol } from './svi.js';
import { sviJwRepair, sviJwToRaw, sviRawToJw } from './svi-jw.js';

/** Axel Vogt's slice with butterfly arbitrage, T = 1 (Gatheral and Jacquier 2014, "Arbitrage-free SVI volatility surfaces", example 3.1). */
const VOGT = { a: -0.041, b: 0.1331, m: 0.3586, rho: 0.306, sigma: 0.4153 };

const slice = fc.record({
  a: fc.double({ min: 0, max: 0.2, noNaN: true }),
  b: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
  rho: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
  m: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  sigma: fc.double({ min: 0.05, max: 1, noNaN: true }),
});
const moneyness = fc.double({ min: -2, max: 2, noNaN: true });

describe('sviSlice', () => {
  it('is symmetric under (rho, m) -> (-rho, -m), k -> -k', () => {
    fc.assert(
      fc.property(slice, moneyness, (raw, k) => {
        const mirrored = { ...raw, rho: -raw.rho, m: -raw.m };
        expect(sviSlice(mirrored, -k).w).toBe(sviSlice(raw, k).w);
        expect(sviSlice(mirrored, -k).slope).toBe(-sviSlice(raw, k).slope);
        expect(sviDensityFactor(mirrored, -k)).toBeCloseTo(sviDensityFactor(raw, k), 12);
      }),
      propertyRun(200),
    );
  });

  it('derivatives agree with central differences', () => {
    fc.assert(
      fc.property(slice, moneyness, (raw, k) => {
        const h = 1e-5;
        const [down, up] = [sviSlice(raw, k - h), sviSlice(raw, k + h)];
        expect(sviSlice(raw, k).slope).toBeCloseTo((up.w - down.w) / (2 * h), 7);
        expect(sviSlice(raw, k).curvature).toBeCloseTo((up.slope - down.slope) / (2 * h), 6);
      }),
      propertyRun(200),
    );
  });

  it('a flat slice is Black-Scholes: constant volatility and g = 1', () => {
    const flat = { a: 0.04, b: 0, rho: 0, m: 0, sigma: 0.1 };
    expect(sviVol(flat, 0.7, 0.25)).toBeCloseTo(0.4, 15);
    expect(sviDensityFactor(flat, 0.7)).toBe(1);
  });
});

describe('sviArbitrageCheck', () => {
  it("finds the negative density of Vogt's slice near k = 0.88 (figure 2 of the paper)", () => {
    const check = sviArbitrageCheck(VOGT);
    expect(check).toMatchObject({ valid: true, butterflyFree: false, withinLeeBound: true });
    expect(check.at).toBeGreaterThan(0.6);
    expect(check.at).toBeLessThan(1.1);
    expect(check.minimumG).toBeLessThan(-0.01);
  });

  it('agrees with the second derivative of call prices, an independent sign of the density', () => {
    for (const k of [-1, -0.3, 0, 0.4, 0.88, 1.5]) {
      const { w } = sviSlice(VOGT, k);
      const call = (x: number): number => blackCall(x, Math.sqrt(sviSlice(VOGT, x).w));
      const h = 1e-3;
      // With C(K), K = e^k: K^2 C_KK = C_kk - C_k.
      const density =
        (call(k + h) - 2 * call(k) + call(k - h)) / (h * h) - (call(k + h) - call(k - h)) / (2 * h);
      const d2 = -k / Math.sqrt(w) - Math.sqrt(w) / 2;
      const fromG =
        (sviDensityFactor(VOGT, k) * Math.exp(-(d2 * d2) / 2) * Math.exp(k)) / Math.sqrt(2 * Math.PI * w);
      expect(Math.abs(density - fromG)).toBeLessThan(1e-5 * Math.max(1, fromG));
    }
  });

  it('refuses parameters outside the domain and wings steeper than Lee allows', () => {
    expect(sviValid({ ...VOGT, rho: 1 })).toBe(false);
    expect(sviValid({ ...VOGT, a: -1 })).toBe(false);
    expect(sviArbitrageCheck({ ...VOGT, sigma: 0 }).butterflyFree).toBe(false);
    const steep = { a: 0.1, b: 1.8, rho: 0.5, m: 0, sigma: 0.3 };
    expect(sviArbitrageCheck(steep)).toMatchObject({ withinLeeBound: false, butterflyFree: false });
  });
});

describe('sviArbitrageCheck where total variance vanishes', () => {
  it('behavior: no variance at some strike is no density there: refused with finite numbers', () => {
    const nothing = { a: 0, b: 0, rho: 0, m: 0, sigma: 1 };
    // w(0) = a + b sigma = 0 at the vertex of a slice that is valid by the domain alone.
    const touching = { a: -0.1, b: 0.5, rho: 0, m: 0, sigma: 0.2 };
    for (const slice of [nothing, touching]) {
      const check = sviArbitrageCheck(slice);
      expect(check).toMatchObject({ valid: true, butterflyFree: false });
      expect(Number.isFinite(check.minimumG) && Number.isFinite(check.at)).toBe(true);
      expect(Number.isFinite(sviDensityFactor(slice, 0))).toBe(true);
    }
  });
});

describe('sviCalendarCheck', () => {
  it('accepts a raised slice and locates a crossing', () => {
    const raised = { ...VOGT, a: VOGT.a + 0.01 };
    expect(sviCalendarCheck(VOGT, raised)).toBeNull();
    const crossing = sviCalendarCheck(VOGT, { ...VOGT, b: 0.1 });
    expect(crossing?.deficit).toBeGreaterThan(0);
    expect(Math.abs(crossing!.at)).toBe(3);
  });
});

describe('sviRawToJw', () => {
  it("gives the paper's jump-wings parameters of Vogt's slice (section 5.1)", () => {
    const jw = sviRawToJw(VOGT, 1);
    expect(jw.v).toBeCloseTo(0.01742625, 8);
    expect(jw.psi).toBeCloseTo(-0.1752111, 7);
    expect(jw.p).toBeCloseTo(0.6997381, 7);
    expect(jw.c).toBeCloseTo(1.316798, 6);
    expect(jw.vMin).toBeCloseTo(0.0116249, 7);
  });

  it('is inverted by sviJwToRaw', () => {
    fc.assert(
      fc.property(slice, fc.double({ min: 0.05, max: 2, noNaN: true }), (raw, tenorYears) => {
        fc.pre(Math.abs(raw.m) > 1e-3);
        const back = sviJwToRaw(sviRawToJw(raw, tenorYears), tenorYears)!;
        for (const field of ['a', 'b', 'rho', 'm', 'sigma'] as const)
          expect(back[field]).toBeCloseTo(raw[field], 6);
      }),
      propertyRun(200),
    );
  });
});

describe('sviJwToRaw', () => {
  it('error: null, never an infinite number, when no slice has the parameters', () => {
    // Equal wings without skew put the vertex at the money, where v = vMin: no slice has another vMin.
    const symmetric = { v: 0.04, psi: 0, p: 0.5, c: 0.5, vMin: 0.03 };
    expect(sviJwToRaw(symmetric, 1)).toBeNull();
    // A least variance above the one at the money.
    expect(sviJwToRaw({ v: 0.04, psi: -0.1, p: 0.5, c: 0.4, vMin: 0.05 }, 1)).toBeNull();
  });

  it('error: DLCM-111 for raw parameters without variance at the money, or without time', () => {
    const nothing = { a: 0, b: 0, rho: 0, m: 0, sigma: 1 };
    const refused = (argument: string) => expect.objectContaining({ code: 'DLCM-111', argument });
    expect(() => sviRawToJw(nothing, 1)).toThrow(refused('w(0)'));
    expect(() => sviRawToJw(VOGT, 0)).toThrow(refused('tenorYears'));
    expect(sviJwRepair(nothing, 1)).toBeNull();
  });
});

describe('sviJwRepair', () => {
  it("repairs Vogt's slice to the paper's c' = 0.3493158 and v' = 0.01548182", () => {
    const repaired = sviJwRepair(VOGT, 1)!;
    const jw = sviRawToJw(repaired, 1);
    expect(jw.c).toBeCloseTo(0.3493158, 7);
    expect(jw.vMin).toBeCloseTo(0.01548182, 8);
    expect(sviArbitrageCheck(repaired).butterflyFree).toBe(true);
  });

  it('never hands out a slice that fails the check', () => {
    fc.assert(
      fc.property(slice, (raw) => {
        const repaired = sviJwRepair(raw, 1);
        expect(repaired === null || sviArbitrageCheck(repaired).butterflyFree).toBe(true);
      }),
      propertyRun(50),
    );
  });
});

/** Undiscounted Black call on forward 1, strike e^k, by the plain formula, N by Simpson integration. */
function blackCall(k: number, s: number): number {
  const d1 = -k / s + s / 2;
  return cdf(d1) - Math.exp(k) * cdf(d1 - s);
}

function cdf(x: number): number {
  const steps = 2000;
  const h = x / steps;
  let sum = 1 + Math.exp(-(x * x) / 2);
  for (let i = 1; i < steps; i += 1) sum += (i % 2 === 1 ? 4 : 2) * Math.exp(-(i * h * (i * h)) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}
