import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  NumericDomainError,
  roundDown,
  roundHalfEven,
  roundUp,
  toDecimalDown,
  toDecimalHalfEven,
  toDecimalUp,
  toSignificantHalfEven,
  toWadDown,
} from './index.js';
import { propertyRun } from '#test/support/seed';

describe('toDecimalHalfEven', () => {
  it('default: ties of the exact binary value go to even', () => {
    expect(toDecimalHalfEven(0.125, 2)).toBe('0.12');
    expect(toDecimalHalfEven(0.375, 2)).toBe('0.38');
    expect(toDecimalHalfEven(2.5, 0)).toBe('2');
    expect(toDecimalHalfEven(-2.5, 0)).toBe('-2');
    expect(toDecimalHalfEven(-3.5, 0)).toBe('-4');
  });

  it('behavior: rounds the double itself, not its shortest text', () => {
    // 1.005 is 1.00499999999999989... in binary.
    expect(toDecimalHalfEven(1.005, 2)).toBe('1.00');
    expect(toDecimalHalfEven(0.1, 20)).toBe('0.10000000000000000555');
  });

  it('behavior: never prints a negative zero', () => {
    expect(toDecimalHalfEven(-0, 3)).toBe('0.000');
    expect(toDecimalHalfEven(-1e-9, 3)).toBe('0.000');
  });

  it('behavior: agrees with toFixed wherever there is no tie', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
        fc.integer({ min: 0, max: 12 }),
        (x, decimals) => {
          const text = toDecimalHalfEven(x, decimals);
          const fixed = x.toFixed(decimals);
          if (text !== fixed)
            expect(Math.abs(Number(text) - Number(fixed))).toBeLessThanOrEqual(10 ** -decimals * 1.0001);
          if (text !== fixed && Number(fixed) !== 0) expect(Math.abs((x * 10 ** decimals * 2) % 1)).toBe(0);
        },
      ),
      propertyRun(500),
    );
  });

  it('error: NUM-101', () => {
    for (const bad of [NaN, Infinity, -Infinity])
      expect(() => toDecimalHalfEven(bad, 2)).toThrow(NumericDomainError);
  });
});

describe('toDecimalDown and toDecimalUp', () => {
  it('behavior: enclose the value within one unit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), (x) => {
        const down = BigInt(toDecimalDown(x, 6).replace('.', ''));
        const up = BigInt(toDecimalUp(x, 6).replace('.', ''));
        expect(up - down <= 1n && up >= down).toBe(true);
        expect(Number(toDecimalDown(x, 6))).toBeLessThanOrEqual(x + 1e-9);
        expect(Number(toDecimalUp(x, 6))).toBeGreaterThanOrEqual(x - 1e-9);
      }),
      propertyRun(500),
    );
  });

  it('behavior: direction for negative and tiny numbers', () => {
    expect(toDecimalDown(-0.1, 1)).toBe('-0.2');
    expect(toDecimalUp(5e-324, 6)).toBe('0.000001');
    expect(toDecimalDown(-5e-324, 6)).toBe('-0.000001');
    expect(toDecimalDown(1e22, 2)).toBe('10000000000000000000000.00');
  });
});

describe('toSignificantHalfEven', () => {
  it('default: twelve digits of a price', () => {
    expect(toSignificantHalfEven(2948.601234567891, 12)).toBe('2948.60123457');
    expect(toSignificantHalfEven(0.00012345678901234, 12)).toBe('0.000123456789012');
    expect(toSignificantHalfEven(123456789012345, 12)).toBe('123456789012000');
  });
});

describe('toWadDown', () => {
  it('default: exact for binary fractions, floor otherwise', () => {
    expect(toWadDown(1.5)).toBe(1_500_000_000_000_000_000n);
    expect(toWadDown(0.1)).toBe(100_000_000_000_000_005n);
    expect(toWadDown(-1e-19)).toBe(-1n);
  });
});

describe('roundHalfEven, roundDown, roundUp', () => {
  it('default: doubles nearest to the decimals', () => {
    expect([roundHalfEven(2.675, 2), roundDown(2.679, 2), roundUp(2.671, 2)]).toEqual([2.67, 2.67, 2.68]);
  });
});
