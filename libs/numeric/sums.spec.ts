import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  NumericDomainError,
  compensatedSum,
  powerOfTwoAtMost,
  quantise,
  quantiseDown,
  quantumOf,
} from './index.js';
import { fixedOf } from '#test/support/high-precision';
import { propertyRun } from '#test/support/seed';

const moderate = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
const quantum = fc.integer({ min: -30, max: 4 }).map((k) => 2 ** k);

describe('quantise', () => {
  it('default: nearest multiple, ties to even', () => {
    expect(quantise(1.3, 0.25)).toBe(1.25);
    expect(quantise(-1.3, 0.25)).toBe(-1.25);
    expect(quantise(0.125, 0.25)).toBe(0);
    expect(quantise(0.375, 0.25)).toBe(0.5);
  });

  it('behavior: a multiple no further than half a quantum', () => {
    fc.assert(
      fc.property(moderate, quantum, (x, q) => {
        const rounded = quantise(x, q);
        expect(Number.isInteger(rounded / q)).toBe(true);
        expect(Math.abs(rounded - x)).toBeLessThanOrEqual(q / 2);
      }),
      propertyRun(500),
    );
  });

  it('behavior: sums of quantised numbers do not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(moderate, { maxLength: 40 }), (xs) => {
        const flows = xs.map((x) => quantise(x, 2 ** -10));
        const forward = flows.reduce((sum, x) => sum + x, 0);
        const backward = [...flows].reverse().reduce((sum, x) => sum + x, 0);
        const sorted = [...flows].sort((a, b) => a - b).reduce((sum, x) => sum + x, 0);
        expect([backward, sorted]).toEqual([forward, forward]);
      }),
      propertyRun(300),
    );
  });
});

describe('quantiseDown', () => {
  it('behavior: never further from zero than x', () => {
    fc.assert(
      fc.property(moderate, quantum, (x, q) => {
        const rounded = quantiseDown(x, q);
        expect(Math.abs(rounded)).toBeLessThanOrEqual(Math.abs(x));
        expect(Math.abs(x) - Math.abs(rounded)).toBeLessThan(q);
      }),
      propertyRun(500),
    );
  });
});

describe('quantumOf', () => {
  it('default: the largest power of two not above 2^-14 USD', () => {
    expect(quantumOf(1)).toBe(2 ** -14);
    expect(quantumOf(2000)).toBe(2 ** -25);
    expect(quantumOf(2000) * 2000).toBeLessThanOrEqual(2 ** -14);
    expect(powerOfTwoAtMost(3)).toBe(2);
    expect(powerOfTwoAtMost(4)).toBe(4);
  });

  it('error: NUM-101', () => {
    for (const bad of [0, -1, NaN, Infinity]) expect(() => quantumOf(bad)).toThrow(NumericDomainError);
  });
});

describe('compensatedSum', () => {
  it('default: cancels exactly', () => {
    expect(compensatedSum([1e100, 1, -1e100])).toBe(1);
    expect(compensatedSum([])).toBe(0);
    expect(compensatedSum(Array.from({ length: 10 }, () => 0.1))).toBe(1);
  });

  it('behavior: the double nearest to the exact sum, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), {
          minLength: 1,
          maxLength: 20,
        }),
        (xs) => {
          const sum = compensatedSum(xs);
          const exact = xs.reduce((total, x) => total + fixedOf(x, 1200), 0n);
          const half = fixedOf(
            2 ** (Math.max(-1022, Math.floor(Math.log2(Math.abs(sum) || 1e-300))) - 53),
            1200,
          );
          const error = fixedOf(sum, 1200) - exact;
          expect((error < 0n ? -error : error) <= half).toBe(true);
          expect(compensatedSum([...xs].reverse())).toBe(sum);
        },
      ),
      propertyRun(200),
    );
  });

  it('error: NUM-101', () => {
    expect(() => compensatedSum([1, NaN])).toThrow(NumericDomainError);
    expect(() => compensatedSum([1.7e308, 1.7e308])).toThrow(NumericDomainError);
  });
});
