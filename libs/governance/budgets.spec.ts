import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backstopBudget, tightenBudget, type TightenSpend } from './budgets.js';
import { POLICY } from './policy.js';

const DAY = 86_400;
const NOW = 100 * DAY;
const spend = (daysAgo: number, bps: number, regime: TightenSpend['regime'] = 'TIGHTEN'): TightenSpend => ({
  at: NOW - daysAgo * DAY,
  bps,
  regime,
});
const left = (spent: readonly TightenSpend[], regime: TightenSpend['regime'] = 'TIGHTEN'): number =>
  tightenBudget(spent, NOW, { regime, policy: POLICY }).stepBps;

describe('tightenBudget', () => {
  it('default: half a point ordinarily, two points in EMERGENCY', () => {
    expect(left([])).toBe(50);
    expect(left([], 'EMERGENCY')).toBe(200);
  });

  it('behavior: three of five points per 30 days are kept for EMERGENCY', () => {
    const four = [1, 2, 3, 4].map((d) => spend(d, 50));
    expect(left(four)).toBe(0);
    expect(left(four, 'EMERGENCY')).toBe(200);
    expect(left([...four, spend(5, 200, 'EMERGENCY')], 'EMERGENCY')).toBe(100);
  });

  it('behavior: a step older than 30 days no longer counts', () => {
    expect(left([spend(30, 200), spend(31, 200)])).toBe(50);
    expect(left([spend(29, 200)])).toBe(0);
  });

  it('behavior: the next step waits 15 minutes', () => {
    const last = { at: NOW - 60, bps: 10, regime: 'TIGHTEN' as const };
    expect(tightenBudget([last], NOW, { regime: 'TIGHTEN', policy: POLICY }).notBefore).toBe(NOW - 60 + 900);
  });

  it('GOV-P17: taking every step that the budget allows never tightens more than 5 points in any 30 days', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.integer({ min: 0, max: 5 * DAY }), emergency: fc.boolean() }), {
          maxLength: 60,
        }),
        (waits) => {
          const taken: TightenSpend[] = [];
          let now = NOW;
          for (const { wait, emergency } of waits) {
            now += wait;
            const regime = emergency ? 'EMERGENCY' : 'TIGHTEN';
            const { stepBps, notBefore } = tightenBudget(taken, now, { regime, policy: POLICY });
            if (now >= notBefore && stepBps > 0) taken.push({ at: now, bps: stepBps, regime });
          }
          for (const end of taken) {
            const window = taken.filter((t) => t.at <= end.at && t.at > end.at - 30 * DAY);
            expect(window.reduce((sum, t) => sum + t.bps, 0)).toBeLessThanOrEqual(500);
          }
        },
      ),
    );
  });
});

describe('backstopBudget', () => {
  const budget = (fund: number, spent: readonly { at: number; usd: number }[] = []): number =>
    backstopBudget(fund, spent, { now: NOW, policy: POLICY });

  it('default: 5 % of the fund per event', () => expect(budget(1_000_000)).toBe(50_000));

  it('behavior: 10 % per day and 15 % per month, of the fund that is left', () => {
    expect(budget(950_000, [{ at: NOW - 60, usd: 50_000 }])).toBe(45_000);
    expect(budget(900_000, [{ at: NOW - 60, usd: 100_000 }])).toBe(0);
    expect(budget(860_000, [{ at: NOW - 2 * DAY, usd: 140_000 }])).toBe(0);
  });

  it('behavior: rounded down, never below nothing', () => {
    expect(budget(1_019)).toBe(50);
    expect(budget(0)).toBe(0);
  });
});
