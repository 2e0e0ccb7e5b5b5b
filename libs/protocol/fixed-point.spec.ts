import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalOf, unitsOf } from './fixed-point.js';

describe('unitsOf', () => {
  it.each([
    ['0.1999999', 6, 'down', 199_999n],
    ['0.1999999', 6, 'up', 200_000n],
    ['0.1999995', 6, 'nearest', 200_000n],
    ['0.1999994', 6, 'nearest', 199_999n],
    ['-1.25', 1, 'down', -13n],
    ['-1.25', 1, 'up', -12n],
    ['-1.25', 1, 'nearest', -13n],
    ['-1.20', 1, 'down', -12n],
    ['12', 8, 'down', 1_200_000_000n],
    ['0', 6, 'up', 0n],
  ] as const)('behavior: %s with %i decimals, %s', (text, decimals, rounding, expected) => {
    expect(unitsOf(text, decimals, rounding)).toBe(expected);
  });

  it('behavior: down and up enclose the value and differ by at most one unit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.integer({ min: 0, max: 8 }),
        (scaled, decimals) => {
          const text = decimalOf(scaled, 12);
          const down = unitsOf(text, decimals, 'down');
          const up = unitsOf(text, decimals, 'up');
          const unit = 10n ** BigInt(12 - decimals);
          expect(down * unit <= scaled && scaled <= up * unit).toBe(true);
          expect(up - down).toBe(scaled % unit === 0n ? 0n : 1n);
        },
      ),
    );
  });

  it.each(['', '1e3', '.5', '1.', '0x10', 'NaN', '1,5', ' 1'])('error: PRO-102 for "%s"', (text) => {
    expect(() => unitsOf(text, 6, 'down')).toThrow(expect.objectContaining({ code: 'PRO-102', given: text }));
  });
});

describe('decimalOf', () => {
  it('behavior: is read back to the same units', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 20 }),
        (units, decimals) => {
          expect(unitsOf(decimalOf(units, decimals), decimals, 'nearest')).toBe(units);
        },
      ),
    );
  });
});
