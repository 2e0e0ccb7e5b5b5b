import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { POLICY } from './policy.js';
import type { RiskReading } from './reading.js';
import { judge, SEVERITY } from './regime.js';

const digestOfNumber = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, '0')}`;

const steps = fc.array(
  fc.record({
    gapSec: fc.integer({ min: 1, max: 3_000 }),
    status: fc.constantFrom(
      'found' as const,
      'found' as const,
      'found' as const,
      'beyond-range' as const,
      'already-failed' as const,
      'unpublishable' as const,
    ),
    threshold: fc.integer({ min: 0, max: 40 }).map((n) => n / 100),
    robust: fc.boolean(),
  }),
  { maxLength: 25 },
);

function historyOf(
  rows: readonly {
    gapSec: number;
    status: RiskReading['thresholdStatus'];
    threshold: number;
    robust: boolean;
  }[],
): RiskReading[] {
  let time = 1_000_000;
  return rows.map((row, i) => {
    time += row.gapSec;
    return {
      evaluation: digestOfNumber(i),
      snapshotTime: time,
      blockNumber: i * 3,
      thresholdStatus: row.status,
      ssfThreshold: row.status === 'found' ? row.threshold : null,
      robust: row.robust,
    };
  });
}

const lastTime = (history: readonly RiskReading[]): number =>
  history[history.length - 1]?.snapshotTime ?? 1_000_000;

describe('judge', () => {
  it('GOV-P01: waiting without new data never makes the regime less cautious nor unfreezes relaxation', () => {
    fc.assert(
      fc.property(steps, fc.nat(100_000), fc.nat(100_000), (rows, a, b) => {
        const history = historyOf(rows);
        const early = judge(history, lastTime(history) + Math.min(a, b), POLICY);
        const late = judge(history, lastTime(history) + Math.max(a, b), POLICY);
        expect(SEVERITY[late.regime]).toBeGreaterThanOrEqual(SEVERITY[early.regime]);
        expect(late.relaxationFrozen || !early.relaxationFrozen).toBe(true);
      }),
    );
  });

  it('GOV-P02: the judgement does not depend on the order in which readings arrive', () => {
    fc.assert(
      fc.property(
        steps.chain((rows) =>
          fc.tuple(
            fc.constant(historyOf(rows)),
            fc.shuffledSubarray(historyOf(rows), { minLength: rows.length }),
          ),
        ),
        ([history, shuffled]) =>
          expect(judge(shuffled, lastTime(history), POLICY)).toEqual(
            judge(history, lastTime(history), POLICY),
          ),
      ),
    );
  });

  it('GOV-P03: an evaluation that was cut off changes nothing', () => {
    fc.assert(
      fc.property(steps, (rows) => {
        const history = historyOf(rows);
        const judgeable = history.filter((r) => r.thresholdStatus !== 'unpublishable');
        expect(judge(history, lastTime(history), POLICY)).toEqual(
          judge(judgeable, lastTime(history), POLICY),
        );
      }),
    );
  });

  it('GOV-P04: from TIGHTEN or worse no single reading leads to GREEN or WATCH', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: POLICY.dwellSec - 1 }), (rows, gap) => {
        const history = historyOf(rows);
        const before = judge(history, lastTime(history), POLICY);
        if (SEVERITY[before.regime] < SEVERITY.TIGHTEN) return;
        const calm: RiskReading = {
          evaluation: digestOfNumber(999),
          snapshotTime: lastTime(history) + gap,
          blockNumber: 999,
          thresholdStatus: 'beyond-range',
          ssfThreshold: null,
          robust: true,
        };
        expect(SEVERITY[judge([...history, calm], calm.snapshotTime, POLICY).regime]).toBeGreaterThanOrEqual(
          SEVERITY.RECOVERY,
        );
      }),
    );
  });
});
