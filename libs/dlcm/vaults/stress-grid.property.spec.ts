import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anOptionLine } from '#test/support/builders';
import { AT_SNAPSHOT, linesGreek, optionLines } from '../options/index.js';
import { profitAt, worstScenario } from './stress-grid.js';

const SPOT = 2000;
const line = (sign: fc.Arbitrary<number>) =>
  fc.record({
    type: fc.constantFrom('C' as const, 'P' as const),
    strike: fc.double({ min: 800, max: 4000, noNaN: true }),
    expirySec: fc.integer({ min: 3600, max: 180 * 86_400 }),
    iv: fc.double({ min: 0.2, max: 2, noNaN: true }),
    quantity: fc.tuple(fc.double({ min: 0.1, max: 100, noNaN: true }), sign).map(([q, s]) => q * s),
  });
/** All short, all long, or mixed books. */
const books = fc
  .constantFrom([-1], [1], [-1, 1])
  .chain((signs) => fc.array(line(fc.constantFrom(...signs)), { minLength: 1, maxLength: 5 }));

describe('worstScenario', () => {
  it('DLCM-P40: The worst cell of the stress grid is found without looking at cells that cannot be it', () => {
    fc.assert(
      fc.property(books, fc.double({ min: -100, max: 100, noNaN: true }), (options, hedge) => {
        const lines = optionLines(
          options.map((option, i) => anOptionLine({ ...option, id: `o${i}` })),
          { spot: SPOT },
        );
        const marksUsd = linesGreek(lines, 'price', { ...AT_SNAPSHOT, spot: SPOT });
        const book = { spot: SPOT, hedge, clock: AT_SNAPSHOT, marksUsd };
        let least = Infinity;
        for (let i = -10; i <= 10; i += 1) {
          for (const volMove of [-0.25, 0, 0.5, 1]) {
            least = Math.min(least, profitAt(lines, book, { spotMove: i / 20, volMove }));
          }
        }
        const scale = SPOT * (lines.gross + Math.abs(hedge));
        expect(Math.abs(worstScenario(lines, book).profitUsd - least) / scale).toBeLessThan(1e-12);
      }),
      { numRuns: 100 },
    );
  });
});
