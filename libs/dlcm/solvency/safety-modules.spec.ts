import { describe, expect, it } from '@jest/globals';
import type { LendingProtocol, Snapshot } from '#libs/market/index';
import {
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { dlcmRun } from '../cascade/dlcm-run.js';
import { explain, firstFailure } from '../explain/explain.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';

/** Ten ETH against 15,000 USDC: at -50 % all is seized at 1,000 / 1.05, 15,000 - 10,000 / 1.05 = 5,476.19 are bad debt. */
const BAD_DEBT = 15_000 - 10_000 / 1.05;

function scenario(overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.5);
  const path = { shape: 'jump', durationSec: 12, stepSec: 12 } as const;
  return { ...base, level: 'v3', path, liquidatorLimit: false, ...overrides };
}

function withModule(
  slashableTokens: number,
  overrides: Partial<Snapshot> = {},
  lender: Partial<LendingProtocol> = {},
): Snapshot {
  return aSnapshot({
    assets: [
      anAsset(),
      aStable(),
      anAsset({ id: 'GOV', spot: 10, kind: 'governance', beta: { GOV: 1 }, circulating: 1e5 }),
    ],
    pools: [
      aPool({ fee: 0 }),
      aPool({ id: 'gov-usdc', base: 'GOV', fee: 0, reserveBase: 10_000, reserveQuote: 100_000 }),
    ],
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: 0.8, bonus: 0.05, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: 10 }, debt: { USDC: 15_000 } })],
        safetyModule: { token: 'GOV', amount: 2 * slashableTokens, slashable: 0.5 },
        ...lender,
      }),
    ],
    dao: { backstopUsd: 500, members: ['aave-local'] },
    ...overrides,
  });
}

const run = (snapshot: Snapshot, overrides: Partial<Scenario> = {}) =>
  dlcmRun({ snapshot, scenario: scenario(overrides) });

describe('safetyModules', () => {
  it('default: slashed tokens pay before the DAO, and count as money behind the member', () => {
    const { solvency } = run(withModule(5000));
    expect(solvency.waterfall[0]!.safetyModuleUsd).toBeCloseTo(BAD_DEBT, 6);
    expect(solvency.waterfall[0]!.daoUsd).toBe(0);
    // All 5,000 tokens would raise 100,000 x 5,000 / 15,000.
    expect(solvency.members[0]!.fundUsd / (100_000 / 3)).toBeCloseTo(1, 9);
    expect(solvency.fundUsd / (100_000 / 3)).toBeCloseTo(1, 9);
    expect(solvency.failing).toBe(false);
    const [sale] = solvency.tokenSales;
    expect(sale!.token).toBe('GOV');
    expect(sale!.soldUnits / ((10_000 * BAD_DEBT) / (100_000 - BAD_DEBT))).toBeCloseTo(1, 9);
    expect(sale!.layerRemoved).toBe(false);
  });

  it('behavior: a module that does not suffice is gone, then the DAO pays, then suppliers', () => {
    const { solvency } = run(withModule(100));
    const raised = (100_000 * 100) / 10_100;
    expect(solvency.tokenSales[0]!.layerRemoved).toBe(true);
    expect(solvency.waterfall[0]).toMatchObject({
      safetyModuleUsd: expect.closeTo(raised, 6),
      daoUsd: 500,
      socialisedUsd: expect.closeTo(BAD_DEBT - raised - 500, 6),
    });
    expect(solvency.failing).toBe(true);
  });

  it('behavior: insurance pays first; no more is slashed than the stake allows', () => {
    const insured = run(withModule(5000, {}, { insuranceUsd: 5000 })).solvency.waterfall[0]!;
    expect(insured).toMatchObject({
      insuranceUsd: 5000,
      safetyModuleUsd: expect.closeTo(BAD_DEBT - 5000, 6),
    });
    const governanceTokens = [{ id: 'GOV', pool: 'gov-usdc', staked: 400, slashFraction: 0.25 }];
    const capped = run(withModule(5000, { governanceTokens })).solvency.waterfall[0]!;
    expect(capped.safetyModuleUsd).toBeCloseTo((100_000 * 100) / 10_100, 6);
  });

  it('behavior: the token falls with the market it is sold in, and with confidence if that is modelled', () => {
    const assets = [
      anAsset(),
      aStable(),
      anAsset({ id: 'GOV', spot: 10, beta: { ETH: 1, GOV: 1 }, circulating: 1e5 }),
    ];
    // At half the price the pool of k = 1e9 holds sqrt(1e9 / 5) tokens and sqrt(5e9) USDC.
    const [x, y] = [Math.sqrt(1e9 / 5), Math.sqrt(5e9)];
    const fallen = run(withModule(100, { assets })).solvency.waterfall[0]!;
    expect(fallen.safetyModuleUsd).toBeCloseTo((y * 100) / (x + 100), 6);
    const shaken = run(withModule(100), { governanceReflexivity: 50 }).solvency.waterfall[0]!;
    const price = 10 * Math.exp((-50 * BAD_DEBT) / 1e6);
    const [xs, ys] = [Math.sqrt(1e9 / price), Math.sqrt(1e9 * price)];
    expect(shaken.safetyModuleUsd).toBeCloseTo((ys * 100) / (xs + 100), 5);
  });

  it('behavior: below level v3 there is no module', () => {
    const { solvency } = run(withModule(5000), { level: 'v2' });
    expect(solvency.waterfall[0]).toMatchObject({ safetyModuleUsd: 0, daoUsd: expect.closeTo(500, 9) });
    expect(solvency.tokenSales).toEqual([]);
  });

  it('behavior: the story tells it', () => {
    const result = run(withModule(100));
    expect(firstFailure(result).join('\n')).toContain('safety modules 990.10 USD');
    expect(explain(result).join('\n')).toContain(
      'Safety modules sell 100.000 GOV for 990.10 USD: nothing slashable is left.',
    );
  });
});
