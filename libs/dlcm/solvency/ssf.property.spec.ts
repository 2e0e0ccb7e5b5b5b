import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '#libs/market/index';
import { smallSystem } from '#test/support/small-system';
import { systemOf } from '../cascade/system.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { LossBasis, Scenario, SsfSearch } from '../scenario.js';
import { ssfReport } from './ssf-report.js';
import { pointAt, ssfThreshold, type SsfOutcome } from './ssf-threshold.js';

const RUNS = { numRuns: 4 };
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const search: SsfSearch = { ...DEFAULT_PARAMETERS.search, maxShock: 0.3, triggerPoints: 8 };

function scenario(basis: Partial<LossBasis> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0);
  return {
    ...base,
    path: { shape: 'exp', durationSec: 60, stepSec: 12 },
    lossBasis: { ...base.lossBasis, ...basis },
  };
}

const thresholdOf = (snapshot: Snapshot, basis: Partial<LossBasis> = {}): SsfOutcome =>
  ssfThreshold({ snapshot, scenario: scenario(basis), search });

/** Beyond the range counts as the largest, already failed as the smallest. */
function asNumber(outcome: SsfOutcome): number {
  if (outcome.status === 'found') return outcome.threshold;
  expect(outcome.status).not.toBe('unpublishable');
  return outcome.status === 'already-failed' ? 0 : 1;
}

describe('ssfThreshold', () => {
  it('DLCM-P14: Larger insurance never lowers the threshold', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 200_000, noNaN: true }), (seed, extra) => {
        const snapshot = smallSystem(seed);
        const insured = {
          ...snapshot,
          lending: snapshot.lending.map((protocol) => ({
            ...protocol,
            insuranceUsd: protocol.insuranceUsd + extra,
          })),
        };
        expect(asNumber(thresholdOf(insured))).toBeGreaterThanOrEqual(
          asNumber(thresholdOf(snapshot)) - search.tolerance,
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P15: A larger loss weight never raises the threshold', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const snapshot = smallSystem(seed);
        const lighter = asNumber(thresholdOf(snapshot, { latentBadDebt: 0, impermanentLoss: 0 }));
        expect(asNumber(thresholdOf(snapshot))).toBeLessThanOrEqual(lighter + search.tolerance);
      }),
      RUNS,
    );
  });

  it('DLCM-P66: The pool never fails before some member does, and the first member to fail sets the systemic threshold', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { systemic, pooled, members } = ssfReport(systemOf(smallSystem(seed)), {
          scenario: scenario(),
          search,
        });
        for (const point of systemic.scan) {
          if (point.pooledFailing) expect(point.failing).toBe(true);
          expect(point.failing).toBe(point.members.some((own) => own.failing));
        }
        if (systemic.status !== 'found') return;
        const found = members.flatMap((own) => (own.threshold === null ? [] : [own.threshold]));
        expect(Math.min(...found)).toBeLessThanOrEqual(systemic.threshold + search.step);
        if (pooled.threshold !== null)
          expect(pooled.threshold).toBeGreaterThanOrEqual(systemic.threshold - search.step);
      }),
      RUNS,
    );
  });

  it('DLCM-P16: The threshold fails, its bracket is safe, and so is every scan point below it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const snapshot = smallSystem(seed);
        const outcome = thresholdOf(snapshot);
        if (outcome.status !== 'found') return;
        const system = systemOf(snapshot);
        expect(pointAt(system, scenario(), outcome.threshold).failing).toBe(true);
        expect(pointAt(system, scenario(), outcome.bracket.safe).failing).toBe(false);
        expect(
          outcome.scan.filter((point) => point.shock <= outcome.bracket.safe).some((point) => point.failing),
        ).toBe(false);
      }),
      RUNS,
    );
  });
});
