import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '#libs/market/index';
import {
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { systemOf } from '../cascade/system.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario, SsfSearch } from '../scenario.js';
import { ssfThreshold } from './ssf-threshold.js';
import { triggerPoints } from './trigger-points.js';

const BONUS = 0.05;
const search: SsfSearch = { ...DEFAULT_PARAMETERS.search, triggerPoints: 16 };

const jump = (overrides: Partial<Scenario> = {}): Scenario => ({
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0),
  path: { shape: 'jump', durationSec: 12, stepSec: 12 },
  ...overrides,
});

function oneAccount(fundUsd: number, debt = 1200): Snapshot {
  return aSnapshot({
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: 0.8, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: 1 }, debt: { USDC: debt } })],
      }),
    ],
    funds: [aFund({ usd: fundUsd })],
  });
}

describe('ssfThreshold', () => {
  it('default: without price impact the loss exceeds the fund at s = 1 - (D - F)(1 + b) / (C S0)', () => {
    // Below the trigger health >= 1; at a jump to p the account is seized whole once D (1 + b) > C p and leaves
    // D - C p / (1 + b), which passes F at p = (D - F)(1 + b) / C.
    for (const fund of [0, 100, 250]) {
      const outcome = ssfThreshold({ snapshot: oneAccount(fund), scenario: jump({ level: 'v1' }), search });
      const exact = 1 - ((1200 - fund) * (1 + BONUS)) / 2000;
      expect(outcome.status).toBe('found');
      if (outcome.status !== 'found') return;
      expect(outcome.threshold).toBeGreaterThan(exact);
      expect(outcome.threshold - exact).toBeLessThanOrEqual(search.tolerance);
      expect(outcome.bracket.failing - outcome.bracket.safe).toBeLessThanOrEqual(search.tolerance);
      expect(outcome.monotone).toBeNull();
    }
  });

  it('behavior: certify evaluates the whole scan set and tells whether a larger shock was safe again', () => {
    const outcome = ssfThreshold({
      snapshot: oneAccount(100),
      scenario: jump({ level: 'v1' }),
      search: { ...search, certify: true },
    });
    expect(outcome.monotone).toBe(true);
    expect(outcome.scan.length).toBeGreaterThanOrEqual(380);
  });

  it('behavior: a book under water at the snapshot has already failed', () => {
    expect(ssfThreshold({ snapshot: oneAccount(0, 2100), scenario: jump(), search }).status).toBe(
      'already-failed',
    );
  });

  it('behavior: a fund larger than all debt is beyond the range', () => {
    const outcome = ssfThreshold({ snapshot: oneAccount(1e6), scenario: jump({ level: 'v1' }), search });
    expect(outcome).toMatchObject({ status: 'beyond-range', maxShock: 0.95 });
  });

  it('error: DLCM-142 for a scan step coarser than 0.0025', () => {
    const coarse = () =>
      ssfThreshold({ snapshot: oneAccount(0), scenario: jump(), search: { ...search, step: 0.01 } });
    expect(coarse).toThrow(expect.objectContaining({ code: 'DLCM-142', field: 'search.step' }));
  });
});

describe('triggerPoints', () => {
  it('default: 1 - (D / (C S0 lt))^(1 / beta), grouped, ranked by debt, a nanoshock further', () => {
    const system = systemOf(
      aSnapshot({
        assets: [anAsset(), anAsset({ id: 'BTC', spot: 60_000, beta: { BTC: 1, ETH: 0.5 } }), aStable()],
        pools: [aPool(), aPool({ id: 'btc-usdc', base: 'BTC', reserveBase: 100, reserveQuote: 6_000_000 })],
        lending: [
          aLendingProtocol({
            markets: [aLendingMarket({ lt: 0.8 }), aLendingMarket({ asset: 'BTC', lt: 0.75 })],
            positions: [
              aPosition({ id: 'a', collateral: { ETH: 1 }, debt: { USDC: 1200 } }),
              aPosition({ id: 'b', collateral: { BTC: 1 }, debt: { USDC: 36_000 } }),
              aPosition({ id: 'c', collateral: { ETH: 10 }, debt: { USDC: 1600 } }),
            ],
          }),
        ],
      }),
    );
    const points = triggerPoints(system, jump(), { groups: 2, maxShock: 0.95 });
    // a: 1 - 1,200 / 1,600 = 0.25; b: 1 - (36,000 / 45,000)^2 = 0.36; c (1 - 0.1 = 0.9) has more debt than a.
    expect(points).toHaveLength(2);
    expect(points[0]).toBeCloseTo(0.36, 8);
    expect(points[1]).toBeCloseTo(0.9, 8);
    expect(points[0]).toBeGreaterThan(0.36);
  });
});
