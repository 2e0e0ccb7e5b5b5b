import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MetricInputError } from '../metrics/error.js';
import { clearingVector, type ClearingProblem } from './clearing-vector.js';

// Whole amounts: with default costs a node that lacks a billionth and one that lacks nothing pay very different sums.
const amount = fc.nat(50);
const problems = fc
  .integer({ min: 2, max: 6 })
  .chain((n) =>
    fc.record({
      external: fc.array(amount, { minLength: n, maxLength: n }),
      liabilities: fc.array(fc.array(amount, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
      recovery: fc.record({
        external: fc.double({ min: 0.3, max: 1, noNaN: true }),
        payments: fc.double({ min: 0.3, max: 1, noNaN: true }),
      }),
    }),
  )
  .map(({ liabilities, ...rest }) => ({
    ...rest,
    liabilities: liabilities.map((row, i) => row.map((entry, j) => (i === j ? 0 : entry))),
  }));

/** A second method: clear again and again from full payment, which falls to the greatest clearing vector. */
function repeated({ liabilities, external, recovery }: ClearingProblem): readonly number[] {
  const owed = liabilities.map((row) => row.reduce((sum, entry) => sum + entry, 0));
  let payments = owed;
  for (let k = 0; k < 20_000; k += 1) {
    const received = owed.map((_, i) =>
      liabilities.reduce(
        (sum, row, j) => sum + (payments[j]! < owed[j]! ? (row[i]! * payments[j]!) / owed[j]! : row[i]!),
        0,
      ),
    );
    const next = owed.map((full, i) =>
      external[i]! + received[i]! >= full - 1e-9
        ? full
        : Math.min(full, recovery!.external * external[i]! + recovery!.payments * received[i]!),
    );
    const moved = Math.max(...next.map((value, i) => Math.abs(value - payments[i]!)));
    payments = next;
    if (moved < 1e-13) break;
  }
  return payments;
}

describe('clearingVector', () => {
  it('default: a chain pays what reaches it', () => {
    const liabilities = [
      [0, 10, 0],
      [0, 0, 8],
      [0, 0, 0],
    ];
    const { payments, defaults, equity } = clearingVector({ liabilities, external: [4, 1, 0] });
    expect(payments).toEqual([4, 5, 0]);
    expect(defaults).toEqual([0, 1]);
    expect(equity).toEqual([0, 0, 5]);
  });

  it('behavior: a ring of full debts clears whole without any assets: the greatest vector, not the least', () => {
    const ring = [
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ];
    expect(clearingVector({ liabilities: ring, external: [0, 0, 0] }).payments).toEqual([1, 1, 1]);
  });

  it('behavior: with default costs half of what a defaulter has is lost on the way', () => {
    const liabilities = [
      [0, 10],
      [0, 0],
    ];
    const { payments } = clearingVector({
      liabilities,
      external: [4, 0],
      recovery: { external: 0.5, payments: 0.5 },
    });
    expect(payments).toEqual([2, 0]);
  });

  it('DLCM-P68: The clearing vector is what repeated clearing from full payment falls to, with and without default costs', () => {
    fc.assert(
      fc.property(problems, fc.boolean(), (problem, costs) => {
        const asked = costs ? problem : { ...problem, recovery: { external: 1, payments: 1 } };
        const expected = repeated(asked);
        clearingVector(asked).payments.forEach((payment, i) =>
          expect(Math.abs(payment - expected[i]!)).toBeLessThan(1e-6),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('DLCM-P69: Nobody pays more than is owed, more assets never lower a payment, and without costs equity is conserved', () => {
    fc.assert(
      fc.property(problems, fc.nat(5), (problem, index) => {
        const { liabilities, external } = problem;
        const here = clearingVector({ liabilities, external });
        const richer = external.map((usd, i) => (i === index % external.length ? usd + 10 : usd));
        const there = clearingVector({ liabilities, external: richer });
        here.payments.forEach((payment, i) => {
          expect(payment).toBeLessThanOrEqual(here.owed[i]!);
          expect(there.payments[i]!).toBeGreaterThanOrEqual(payment - 1e-9);
        });
        const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
        expect(Math.abs(total(here.equity) - total(external))).toBeLessThan(1e-8);
        expect(here.rounds).toBeLessThanOrEqual(external.length + 1);
      }),
      { numRuns: 100 },
    );
  });

  it('error: DLCM-130 for a debt to oneself and a negative amount', () => {
    expect(() => clearingVector({ liabilities: [[1]], external: [1] })).toThrow(MetricInputError);
    expect(() =>
      clearingVector({
        liabilities: [
          [0, -1],
          [0, 0],
        ],
        external: [1, 1],
      }),
    ).toThrow(MetricInputError);
  });
});
