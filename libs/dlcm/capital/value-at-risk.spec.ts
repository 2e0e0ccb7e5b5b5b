import { describe, expect, it } from '@jest/globals';
import { MetricInputError } from '../metrics/error.js';
import { normalQuantile, studentCdf, studentQuantile } from './distributions.js';
import { ewmaVol } from './ewma-vol.js';
import { portfolioVar, varEsNormal, varNormal, varStudentT } from './value-at-risk.js';

describe('quantiles', () => {
  it('normal: the table of NIST/SEMATECH 1.3.6.7.1 and the 16-digit values of Wichura, AS 241', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 14);
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 14);
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 12);
  });

  it("Student's t: the table of NIST/SEMATECH 1.3.6.7.2", () => {
    expect(studentQuantile(0.95, 5)).toBeCloseTo(2.015, 3);
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228, 3);
    expect(studentQuantile(0.99, 4)).toBeCloseTo(3.747, 3);
    expect(studentQuantile(0.995, 30)).toBeCloseTo(2.75, 3);
  });

  it('behavior: closed forms of the distribution function for 1, 2 and 4 degrees of freedom', () => {
    for (const t of [-7, -1, -0.2, 0.3, 2, 11]) {
      expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
      expect(studentCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 13);
      const u = t / Math.sqrt(4 + t * t);
      expect(studentCdf(t, 4)).toBeCloseTo(0.5 + (3 / 4) * u * (1 - (u * u) / 3), 13);
    }
  });

  it('error: DLCM-130 outside (0, 1)', () => {
    expect(() => normalQuantile(1)).toThrow(MetricInputError);
    expect(() => studentQuantile(0, 5)).toThrow(MetricInputError);
  });
});

/** Mean of the quantiles beyond a confidence by the midpoint rule in the logarithm of the tail: a second method for the shortfall. */
function shortfallByQuantiles(quantile: (p: number) => number, confidence: number): number {
  const tail = 1 - confidence;
  const steps = 4000;
  const depth = 40;
  let sum = 0;
  for (let i = 0; i < steps; i += 1) {
    const x = (depth * (i + 0.5)) / steps;
    const p = tail * Math.exp(-x);
    sum += -quantile(p) * Math.exp(-x) * (depth / steps);
  }
  return sum;
}

describe('value at risk', () => {
  it('default: normal, 232.63 per 100 of deviation at 99 %, less the mean', () => {
    expect(varNormal({ deviation: 100, confidence: 0.99 })).toBeCloseTo(232.63478740408408, 10);
    expect(varNormal({ mean: 10, deviation: 100, confidence: 0.99 })).toBeCloseTo(222.634787404, 8);
  });

  it('behavior: expected shortfalls agree with the mean of the quantiles beyond', () => {
    const normal = varEsNormal({ deviation: 1, confidence: 0.975 });
    expect(normal.expectedShortfall).toBeCloseTo(shortfallByQuantiles(normalQuantile, 0.975), 4);
    const dof = 5;
    const t = varStudentT({ deviation: Math.sqrt(dof / (dof - 2)), confidence: 0.99, dof });
    expect(t.valueAtRisk).toBeCloseTo(studentQuantile(0.99, dof), 12);
    const second = shortfallByQuantiles((p) => studentQuantile(p, dof), 0.99);
    expect(t.expectedShortfall / second).toBeCloseTo(1, 4);
  });

  it('behavior: many degrees of freedom are the normal distribution, few have the fatter tail', () => {
    const question = { deviation: 1, confidence: 0.995 };
    expect(varStudentT({ ...question, dof: 1e6 }).valueAtRisk).toBeCloseTo(varNormal(question), 4);
    expect(varStudentT({ ...question, dof: 4 }).valueAtRisk).toBeGreaterThan(varNormal(question));
  });

  it('behavior: a portfolio of two, z sqrt(a^2 + b^2 + 2 rho a b), with contributions that add up', () => {
    const covariance = [
      [0.04, 0.5 * 0.2 * 0.3],
      [0.5 * 0.2 * 0.3, 0.09],
    ];
    const { valueAtRisk, components } = portfolioVar([100, -50], covariance, 0.99);
    const [a, b] = [20, -15];
    expect(valueAtRisk).toBeCloseTo(2.3263478740408408 * Math.sqrt(a * a + b * b + a * b), 9);
    expect(components[0]! + components[1]!).toBeCloseTo(valueAtRisk, 9);
    // Never above the sum of the two alone: sub-additive.
    expect(valueAtRisk).toBeLessThanOrEqual(2.3263478740408408 * 35);
  });

  it('error: DLCM-130 for asymmetry and for a matrix that is no covariance', () => {
    const matrix = (off: number, other: number) => [
      [1, off],
      [other, 1],
    ];
    expect(() => portfolioVar([1, 1], matrix(0.5, 0.4), 0.99)).toThrow(MetricInputError);
    expect(() => portfolioVar([1, -1], matrix(2, 2), 0.99)).toThrow(MetricInputError);
    expect(() => varStudentT({ deviation: 1, confidence: 0.99, dof: 2 })).toThrow(MetricInputError);
  });
});

describe('ewmaVol', () => {
  it('default: constant returns give their own size; one decay step by hand', () => {
    const day = { intervalSec: 86_400 };
    expect(ewmaVol([0.02, -0.02, 0.02], day)).toBeCloseTo(0.02 * Math.sqrt(365), 12);
    const variance = 0.94 * 0.0001 + 0.06 * 0.0009;
    expect(ewmaVol([0.01, 0.03], day)).toBeCloseTo(Math.sqrt(variance * 365), 12);
  });

  it('error: DLCM-130 without returns', () => {
    expect(() => ewmaVol([], { intervalSec: 300 })).toThrow(MetricInputError);
  });
});
