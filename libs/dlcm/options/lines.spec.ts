import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Surface } from '#libs/market/index';
import { anOptionLine } from '#test/support/builders';
import { propertyRun } from '#test/support/seed';
import { bookDelta, hedgeCurve } from './book-delta.js';
import { AT_SNAPSHOT, atTheMoneyVol, linesDelta, linesGreek, lineVol, optionLines } from './lines.js';
import { soundSurface } from './sound-surface.js';
import { surfaceForward, surfaceVol } from './surface.js';
import { sviArbitrageCheck, type SviParameters } from './svi.js';

const DAY = 86_400;
const SVI = { kind: 'svi', a: 0.01, b: 0.1, rho: -0.3, m: 0.02, sigma: 0.2 } as const;
const surface: Surface = {
  id: 'eth',
  asset: 'ETH',
  slices: [
    { expirySec: 60 * DAY, forward: 2020, model: { ...SVI, a: 0.05 } },
    { expirySec: 30 * DAY, forward: 2010, model: SVI },
  ],
};

describe('surfaceVol', () => {
  it('is linear in total variance between slices at fixed k, constant in T outside them', () => {
    const year = 365 * DAY;
    const w = (seconds: number): number => surfaceVol(surface, 0.1, seconds) ** 2 * (seconds / year);
    expect(w(45 * DAY)).toBeCloseTo((w(30 * DAY) + w(60 * DAY)) / 2, 14);
    expect(surfaceVol(surface, 0.1, 7 * DAY)).toBe(surfaceVol(surface, 0.1, 30 * DAY));
    expect(surfaceVol(surface, 0.1, 400 * DAY)).toBe(surfaceVol(surface, 0.1, 60 * DAY));
    expect(surfaceForward(surface, 45 * DAY)).toBeCloseTo(Math.sqrt(2010 * 2020), 9);
  });

  it('continues wings straight beyond |k| = 3', () => {
    const year = 365 * DAY;
    const w = (k: number): number => surfaceVol(surface, k, 30 * DAY) ** 2 * ((30 * DAY) / year);
    expect(w(5) - w(4)).toBeCloseTo(w(4) - w(3), 12);
    expect(w(4) - w(3)).toBeLessThanOrEqual(2);
  });

  it('reads a grid through its points, flat outside', () => {
    const points = [
      { strike: 1500, iv: 0.9 },
      { strike: 2000, iv: 0.7 },
      { strike: 2500, iv: 0.8 },
    ];
    const grid: Surface = {
      id: 'g',
      asset: 'ETH',
      slices: [{ expirySec: 30 * DAY, forward: 2000, model: { kind: 'grid', points } }],
    };
    for (const { strike, iv } of points) {
      expect(surfaceVol(grid, Math.log(strike / 2000), 30 * DAY)).toBeCloseTo(iv, 12);
    }
    expect(surfaceVol(grid, 1, 30 * DAY)).toBeCloseTo(0.8, 12);
    expect(surfaceVol(grid, -1, 30 * DAY)).toBeCloseTo(0.9, 12);
  });

  it('error: DLCM-112 for a surface without slices', () => {
    expect(() => surfaceVol({ ...surface, slices: [] }, 0, DAY)).toThrow(
      expect.objectContaining({ code: 'DLCM-112' }),
    );
  });
});

describe('soundSurface', () => {
  const vogt = { kind: 'svi', a: -0.041, b: 0.1331, m: 0.3586, rho: 0.306, sigma: 0.4153 } as const;
  const of = (...slices: Surface['slices']): Surface => ({ id: 'eth', asset: 'ETH', slices });

  it('leaves sound slices alone and orders them by time', () => {
    expect(soundSurface(surface).slices).toEqual([surface.slices[1], surface.slices[0]]);
  });

  it("repairs a slice with butterfly arbitrage (Vogt's) before lines read it", () => {
    const year = { expirySec: 365 * DAY, forward: 2000, model: vogt };
    const repaired = soundSurface(of(year)).slices[0]!.model as SviParameters;
    expect(sviArbitrageCheck(repaired).butterflyFree).toBe(true);
    const line = anOptionLine({
      iv: null,
      surface: 'eth',
      strike: 2000 * Math.exp(0.8),
      expirySec: 365 * DAY,
    });
    const lines = optionLines([line], { spot: 2000, surfaces: [of(year)] });
    expect(lines.vol[0]).toBeCloseTo(
      surfaceVol(of({ ...year, model: { kind: 'svi', ...repaired } }), 0.8, 365 * DAY),
      12,
    );
    expect(Math.abs(lines.vol[0]! - surfaceVol(of(year), 0.8, 365 * DAY))).toBeGreaterThan(0.01);
  });

  it('error: DLCM-112 for a slice beyond repair and for slices that cross in time', () => {
    const steep = {
      expirySec: DAY,
      forward: 2000,
      model: { kind: 'svi', a: 0.1, b: 1.9, rho: 0.5, m: 0, sigma: 0.3 },
    } as const;
    expect(() => soundSurface(of(steep))).toThrow(expect.objectContaining({ code: 'DLCM-112' }));
    const falling = of(
      { expirySec: 30 * DAY, forward: 2000, model: { ...SVI, a: 0.05 } },
      { expirySec: 60 * DAY, forward: 2000, model: SVI },
    );
    expect(() => soundSurface(falling)).toThrow(
      expect.objectContaining({ code: 'DLCM-112', subject: `Surface "eth", slice at ${60 * DAY} s` }),
    );
  });
});

describe('lineVol', () => {
  const fromSurface = anOptionLine({ iv: null, surface: 'eth', strike: 1800 });

  it('a frozen line keeps its own volatility; a shift decays with sqrt(30 d / T) and clips to [0.05, 5]', () => {
    const lines = optionLines([anOptionLine({ iv: 0.8, expirySec: 120 * DAY })], { spot: 2000 });
    const at = { spot: 1000, elapsedSec: 0 };
    expect(lineVol(lines, 0, { ...at, volShift: null })).toBe(0.8);
    expect(lineVol(lines, 0, { ...at, volShift: 0.2 })).toBeCloseTo(0.9, 15);
    expect(lineVol(lines, 0, { ...at, volShift: 100 })).toBe(5);
    expect(lineVol(lines, 0, { ...at, volShift: -100 })).toBe(0.05);
  });

  it('R = 1 keeps the volatility of a strike, R = 0 that of a moneyness', () => {
    const at = { spot: 1500, elapsedSec: 0, volShift: 0 };
    const k = Math.log(1800 / 2010);
    const strike = optionLines([fromSurface], { spot: 2000, surfaces: [surface] });
    expect(lineVol(strike, 0, at)).toBe(surfaceVol(surface, k, 30 * DAY));
    const sticky = optionLines([fromSurface], { spot: 2000, surfaces: [surface], stickiness: 0 });
    expect(lineVol(sticky, 0, at)).toBeCloseTo(surfaceVol(surface, k - Math.log(1500 / 2000), 30 * DAY), 14);
  });

  it('error: DLCM-112 for a line whose surface is missing', () => {
    expect(() => optionLines([fromSurface], { spot: 2000 })).toThrow(
      expect.objectContaining({ code: 'DLCM-112', subject: 'Option line "eth-2000-p"' }),
    );
  });
});

describe('atTheMoneyVol', () => {
  it('interpolates total variance to 30 days between the strikes nearest to the forward', () => {
    const lines = optionLines(
      [
        anOptionLine({ id: 'a', expirySec: 20 * DAY, strike: 2010, iv: 0.6 }),
        anOptionLine({ id: 'b', expirySec: 20 * DAY, strike: 2500, iv: 0.9 }),
        anOptionLine({ id: 'c', expirySec: 40 * DAY, strike: 1990, iv: 0.7 }),
      ],
      { spot: 2000 },
    );
    expect(atTheMoneyVol(lines)).toBeCloseTo(Math.sqrt((0.36 * 20 + 0.49 * 40) / 2 / 30), 14);
    expect(atTheMoneyVol(lines, 5 * DAY)).toBe(0.6);
    expect(atTheMoneyVol(lines, 90 * DAY)).toBe(0.7);
    expect(atTheMoneyVol(optionLines([], { spot: 2000 }))).toBeNull();
  });
});

const line = fc.record({
  type: fc.constantFrom('C' as const, 'P' as const),
  strike: fc.double({ min: 800, max: 4000, noNaN: true }),
  expirySec: fc.integer({ min: 1, max: 200 * DAY }),
  iv: fc.double({ min: 0.2, max: 2, noNaN: true }),
  quantity: fc.double({ min: -100, max: 100, noNaN: true }),
});
const book = fc
  .array(line, { minLength: 1, maxLength: 12 })
  .map((lines) => lines.map((fields, i) => anOptionLine({ id: `line-${i}`, ...fields })));

describe('bookDelta', () => {
  it('is certified by the full book at 1e-6 of the gross quantity, from an hour to months before expiry', () => {
    fc.assert(
      fc.property(
        book,
        fc.double({ min: 0.2, max: 2.2, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (options, share, volShift) => {
          const lines = optionLines(options, { spot: 2000 });
          const clock = { elapsedSec: 0, volShift };
          const gap =
            bookDelta(hedgeCurve(lines), 2000 * share, clock) - linesDelta(lines, 2000 * share, clock);
          expect(Math.abs(gap)).toBeLessThanOrEqual(1e-6 * lines.gross);
        },
      ),
      propertyRun(300),
    );
  });

  it('equals the full book at the snapshot price, and does not depend on what was asked before', () => {
    fc.assert(
      fc.property(book, fc.double({ min: 0.3, max: 1.9, noNaN: true }), (options, share) => {
        const lines = optionLines(options, { spot: 2000 });
        const used = hedgeCurve(lines);
        expect(bookDelta(used, 2000, AT_SNAPSHOT)).toBeCloseTo(linesDelta(lines, 2000, AT_SNAPSHOT), 10);
        bookDelta(used, 2000 * share * 0.99, AT_SNAPSHOT);
        bookDelta(used, 1900, { elapsedSec: 12, volShift: 0.5 });
        const fresh = bookDelta(hedgeCurve(lines), 2000 * share, AT_SNAPSHOT);
        expect(bookDelta(used, 2000 * share, AT_SNAPSHOT)).toBe(fresh);
      }),
      propertyRun(100),
    );
  });

  it('does not depend on the order of lines, and splitting a line changes nothing beyond rounding', () => {
    fc.assert(
      fc.property(book, (options) => {
        const lines = optionLines(options, { spot: 2000 });
        const reversed = optionLines([...options].reverse(), { spot: 2000 });
        const delta = bookDelta(hedgeCurve(lines), 1700, AT_SNAPSHOT);
        expect(bookDelta(hedgeCurve(reversed), 1700, AT_SNAPSHOT)).toBe(delta);
        const split = options.flatMap((one) => [
          { ...one, id: `${one.id}-a`, quantity: one.quantity / 2 },
          { ...one, id: `${one.id}-b`, quantity: one.quantity / 2 },
        ]);
        const halves = bookDelta(hedgeCurve(optionLines(split, { spot: 2000 })), 1700, AT_SNAPSHOT);
        expect(Math.abs(halves - delta)).toBeLessThanOrEqual(1e-13 * lines.gross + 1e-300);
      }),
      propertyRun(100),
    );
  });
});

describe('linesGreek', () => {
  it('is linear in the quantities', () => {
    const at = { ...AT_SNAPSHOT, spot: 1900 };
    const one = optionLines([anOptionLine({ quantity: 1 })], { spot: 2000 });
    const many = optionLines([anOptionLine({ quantity: -7 })], { spot: 2000 });
    for (const greek of ['price', 'gamma', 'vega', 'vanna', 'charm'] as const) {
      expect(linesGreek(many, greek, at)).toBeCloseTo(-7 * linesGreek(one, greek, at), 9);
    }
  });
});
