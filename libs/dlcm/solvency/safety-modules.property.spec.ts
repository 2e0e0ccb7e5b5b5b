import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '#libs/numeric/index';
import type { Snapshot } from '#libs/market/index';
import { anAsset, aPool } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { dlcmRun } from '../cascade/dlcm-run.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';

/** A small system whose protocols have modules of one token, stated or not. */
function systemWithModules(seed: number): Snapshot {
  const random = new SeededRandom(`modules-${seed}`);
  const snapshot = smallSystem(seed);
  return {
    ...snapshot,
    assets: [
      ...snapshot.assets,
      anAsset({ id: 'GOV', spot: 10, beta: { GOV: 1, ETH: 1.2 }, circulating: 1e6 }),
    ],
    pools: [
      ...snapshot.pools,
      aPool({ id: 'gov-a', base: 'GOV', reserveBase: 20_000, reserveQuote: 200_000 }),
      aPool({ id: 'gov-b', base: 'GOV', fee: 0.01, reserveBase: 5000, reserveQuote: 50_000 }),
    ],
    lending: snapshot.lending.map((protocol) => ({
      ...protocol,
      safetyModule: { token: 'GOV', amount: 8000 * random.next(), slashable: 0.3 },
    })),
    governanceTokens:
      random.next() < 0.5
        ? []
        : [{ id: 'GOV', pool: 'gov-a', staked: 10_000 * random.next(), slashFraction: 0.25 }],
  };
}

describe('safetyModules', () => {
  it('DLCM-P82: With safety modules the five payments add up to the bad debt, and the order of protocols and pools changes no bit', () => {
    let raised = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 0.3, max: 0.7, noNaN: true }),
        (seed, size) => {
          const snapshot = systemWithModules(seed);
          const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
          const path = { shape: 'exp', durationSec: 120, stepSec: 12 } as const;
          const scenario = { ...base, level: 'v3', path, governanceReflexivity: 0.5 } as const;
          const direct = dlcmRun({ snapshot, scenario });
          const turned = {
            ...snapshot,
            lending: [...snapshot.lending].reverse(),
            pools: [...snapshot.pools].reverse(),
          };
          expect(dlcmRun({ snapshot: turned, scenario }).solvency).toEqual(direct.solvency);
          for (const row of direct.solvency.waterfall) {
            const paid =
              row.insuranceUsd + row.fundsUsd + row.safetyModuleUsd + row.daoUsd + row.socialisedUsd;
            expect(Math.abs(paid - row.badDebtUsd)).toBeLessThanOrEqual(1e-6);
            raised += row.safetyModuleUsd;
          }
        },
      ),
      { numRuns: 20 },
    );
    expect(raised).toBeGreaterThan(0);
  });
});
