import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anOptionLine } from '#test/support/builders';
import { linesGreek, linesValue, optionLines } from './lines.js';

const line = fc.record({
  type: fc.constantFrom('C' as const, 'P' as const),
  strike: fc.double({ min: 500, max: 6000, noNaN: true }),
  expirySec: fc.integer({ min: 0, max: 365 * 86_400 }),
  iv: fc.double({ min: 0.05, max: 3, noNaN: true }),
  quantity: fc.double({ min: -100, max: 100, noNaN: true }),
});

describe('linesValue', () => {
  it('DLCM-P53: The fast value of a book is the sum of its premiums, to the last places of its notional', () => {
    const markets = fc.record({
      spot: fc.constant(2000),
      rate: fc.constantFrom(0, 0.05, -0.02),
      yield: fc.constantFrom(0, 0.03),
    });
    const clocks = fc.record({
      spot: fc.double({ min: 400, max: 8000, noNaN: true }),
      elapsedSec: fc.integer({ min: 0, max: 30 * 86_400 }),
      volShift: fc.constantFrom(null, 0, 0.4),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), markets, clocks, (options, market, at) => {
        const lines = optionLines(
          options.map((option, i) => anOptionLine({ ...option, id: `o${i}` })),
          market,
        );
        const notional = lines.gross * 8000;
        const difference = linesValue(lines, at) - linesGreek(lines, 'price', at);
        expect(Math.abs(difference) / Math.max(1, notional)).toBeLessThan(1e-14);
      }),
      { numRuns: 200 },
    );
  });
});
