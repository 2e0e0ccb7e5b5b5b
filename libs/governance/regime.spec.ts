import { describe, expect, it } from '@jest/globals';
import { POLICY } from './policy.js';
import type { RiskReading } from './reading.js';
import { judge } from './regime.js';

const START = 1_000_000;
const MINUTE = 60;

/** One reading per minute, five blocks apart; null stands for a run that was cut off. */
function readings(thresholds: readonly (number | null)[], robust = false): RiskReading[] {
  return thresholds.map((threshold, i) => ({
    evaluation: `0x${i.toString(16).padStart(64, '0')}`,
    snapshotTime: START + i * MINUTE,
    blockNumber: 100 + 5 * i,
    thresholdStatus: threshold === null ? 'unpublishable' : 'found',
    ssfThreshold: threshold,
    robust,
  }));
}

const regimeAfter = (thresholds: readonly (number | null)[], robust = false): string =>
  judge(readings(thresholds, robust), START + (thresholds.length - 1) * MINUTE, POLICY).regime;

describe('judge', () => {
  it.each([
    [[0.3], 'GREEN'],
    [[0.3, 0.19], 'WATCH'],
    [[0.3, 0.2], 'GREEN'],
    [[0.19, 0.3, 0.19], 'TIGHTEN'],
    [[0.19, 0.3, 0.3, 0.19], 'WATCH'],
    [[0.3, 0.09], 'TIGHTEN'],
    [[0.19, 0.19], 'TIGHTEN'],
    [[0.19, null, 0.19], 'TIGHTEN'],
    [[null, null], 'WATCH'],
    [[0.19, 0.19, 0.21, 0.21], 'TIGHTEN'],
    [[0.19, 0.19, 0.22, 0.22], 'RECOVERY'],
    [[0.19, 0.19, 0.22, 0.22, 0.21], 'TIGHTEN'],
  ])('default: thresholds %j lead to %s', (thresholds, regime) => {
    expect(regimeAfter(thresholds as (number | null)[])).toBe(regime);
  });

  it('behavior: EMERGENCY needs robust evidence from two critical runs far enough apart', () => {
    expect(regimeAfter([0.09, 0.08], true)).toBe('EMERGENCY');
    expect(regimeAfter([0.09, 0.08], false)).toBe('TIGHTEN');
    const near = readings([0.09, 0.08], true).map((r, i) => ({ ...r, blockNumber: 100 + i }));
    expect(judge(near, START + MINUTE, POLICY).regime).toBe('TIGHTEN');
  });

  it('behavior: GREEN returns only after the whole dwell without a gap', () => {
    const runs = POLICY.dwellSec / MINUTE;
    const recovered = [0.1, 0.1, ...Array<number>(runs + 3).fill(0.3)];
    expect(regimeAfter(recovered.slice(0, runs + 1))).toBe('RECOVERY');
    expect(regimeAfter(recovered)).toBe('GREEN');
    const gap = readings(recovered).filter((_, i) => i < 100 || i >= 130);
    expect(judge(gap, START + (recovered.length - 1) * MINUTE, POLICY).regime).toBe('RECOVERY');
  });

  it('behavior: stale data raises WATCH, freezes relaxation and opens no breach', () => {
    const fresh = judge(readings([0.3]), START, POLICY);
    expect([fresh.regime, fresh.relaxationFrozen]).toEqual(['GREEN', false]);
    const stale = judge(readings([0.3]), START + POLICY.maxReadingAgeSec + 1, POLICY);
    expect([stale.regime, stale.relaxationFrozen, stale.breach]).toEqual(['WATCH', true, false]);
    const breached = judge(readings([0.19, 0.19]), START + MINUTE + POLICY.maxReadingAgeSec + 1, POLICY);
    expect([breached.regime, breached.breach]).toEqual(['TIGHTEN', false]);
  });

  it('behavior: nothing known is WATCH', () => {
    expect(judge([], START, POLICY)).toMatchObject({
      regime: 'WATCH',
      judged: null,
      stale: true,
      breach: false,
    });
  });
});
