import { describe, expect, it } from '@jest/globals';
import { anOptionLine } from '#test/support/builders';
import { linesDelta, linesGreek, optionLines } from '../options/index.js';
import { attributeDelta } from './hedge-attribution.js';

const lines = optionLines(
  [
    anOptionLine({ id: 'p', strike: 1900, quantity: -40 }),
    anOptionLine({ id: 'c', type: 'C', strike: 2200, quantity: -25, expirySec: 60 * 86_400 }),
  ],
  { spot: 2000 },
);
const start = { spot: 2000, elapsedSec: 0, volShift: 0 };

describe('attributeDelta', () => {
  it('default: the parts add up to the change of delta', () => {
    const to = { spot: 1800, elapsedSec: 900, volShift: 0.2 };
    const { gamma, speed, vanna, charm, residual } = attributeDelta(lines, start, to);
    const change = linesDelta(lines, 1800, to) - linesDelta(lines, 2000, start);
    expect(gamma + speed + vanna + charm + residual).toBeCloseTo(change, 10);
  });

  it('behavior: a pure move of one cause is attributed to that cause', () => {
    const price = attributeDelta(lines, start, { ...start, spot: 2001 });
    expect(price.gamma).toBeCloseTo(linesGreek(lines, 'gamma', start), 12);
    expect(Math.abs(price.vanna) + Math.abs(price.charm)).toBe(0);
    // One hour and one point of volatility, against differences of delta: an independent second method.
    const hour = attributeDelta(lines, start, { ...start, elapsedSec: 3600 });
    expect(Math.abs(hour.gamma) + Math.abs(hour.speed) + Math.abs(hour.vanna)).toBe(0);
    expect(Math.abs(hour.residual / hour.charm)).toBeLessThan(0.05);
    const vol = attributeDelta(lines, start, { ...start, volShift: 0.01 });
    expect(Math.abs(vol.gamma) + Math.abs(vol.speed) + Math.abs(vol.charm)).toBe(0);
    expect(Math.abs(vol.residual / vol.vanna)).toBeLessThan(0.05);
  });

  it('behavior: the residual is of third order on small moves', () => {
    // dS = 40 e, d sigma = 0.04 e^2, dt = 4 d e^2: terms left out are dS^3, dS d sigma and dS dt, so halving e divides by 8.
    const residual = (e: number) =>
      attributeDelta(lines, start, {
        spot: 2000 - 40 * e,
        elapsedSec: 4 * 86_400 * e * e,
        volShift: 0.04 * e * e,
      }).residual;
    for (const e of [0.5, 0.25, 0.125]) {
      expect(residual(e / 2) / residual(e)).toBeGreaterThan(0.1);
      expect(residual(e / 2) / residual(e)).toBeLessThan(0.15);
    }
  });
});
