import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '#libs/market/index';
import { aFund, aLendingMarket, aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf, type Parameters } from '../parameters.js';
import { tightenMargins } from './apply.js';
import { minimalBackstop } from './minimal-backstop.js';
import { minimalMarginTightening } from './minimal-margin-tightening.js';
import { minimalRemedy } from './minimal-remedy.js';
import { thresholdWithout } from './threshold-without.js';

const BONUS = 0.05;
const MEMBER = 'aave-local';

/** Without price impact (v1) and with a jump, so that losses have closed forms. */
const parameters: Parameters = {
  ...DEFAULT_PARAMETERS,
  scenario: {
    ...DEFAULT_PARAMETERS.scenario,
    level: 'v1',
    path: { shape: 'jump', durationSec: 12, stepSec: 12 },
  },
};
const scenario = scenarioOf(parameters, 'ETH', 0);
const search = parameters.search;

/** One account of 100 ETH and 150,000 USDC at 2,000, liquidation threshold 0.8: health 1.0667. */
function market(fundUsd: number, debt = 150_000): Snapshot {
  return aSnapshot({
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: 0.8, ltv: 0.75, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: 100 }, debt: { USDC: debt } })],
      }),
    ],
    funds: [aFund({ usd: fundUsd })],
  });
}

/** Loss after a jump of s: debt less what all collateral repays. */
const lossAt = (s: number, debt = 150_000): number => debt - (100 * 2000 * (1 - s)) / (1 + BONUS);

describe('tightenMargins', () => {
  it('default: repays down to the new threshold, D = C S0 LT', () => {
    const cut = { member: MEMBER, asset: 'ETH', lt: 0.1, ltv: 0.1 };
    const { snapshot, deleveragedUsd, accountsTouched } = tightenMargins(
      market(0),
      [cut],
      'orderlyDeleverage',
    );
    expect(snapshot.lending[0]!.markets[0]!.lt).toBeCloseTo(0.7, 12);
    expect(snapshot.lending[0]!.positions[0]!.debt['USDC']).toBeCloseTo(140_000, 3);
    expect(deleveragedUsd).toBeCloseTo(10_000, 3);
    expect(accountsTouched).toBe(1);
  });

  it('behavior: what existing collateral carries no longer is capital made unusable, C S0 (LT - LT)', () => {
    const cut = { member: MEMBER, asset: 'ETH', lt: 0.1, ltv: 0.1 };
    const { capacityLostUsd } = tightenMargins(market(0), [cut], 'immediate');
    expect(capacityLostUsd).toBeCloseTo(200_000 * 0.1, 6);
  });

  it('behavior: e-mode categories keep their terms, as the adapters on chain leave them', () => {
    const base = market(0);
    const mode = { ltv: 0.9, lt: 0.93, bonus: 0.01 };
    const eModes = [
      { ...mode, id: 'eth', collateral: ['ETH'] },
      { ...mode, id: 'usd', collateral: ['USDC'] },
    ];
    const withModes = { ...base, lending: [{ ...base.lending[0]!, eModes }] };
    const cut = { member: MEMBER, asset: 'ETH', lt: 0.02, ltv: 0.02 };
    const after = tightenMargins(withModes, [cut], 'immediate').snapshot.lending[0]!.eModes;
    expect(after.map((m) => m.lt)).toEqual([0.93, 0.93]);
  });

  it('behavior: newOnly leaves existing accounts alone', () => {
    const before = market(0);
    const cut = { member: MEMBER, asset: 'ETH', lt: 0.1, ltv: 0.1 };
    expect(tightenMargins(before, [cut], 'newOnly').snapshot).toBe(before);
  });
});

describe('minimalBackstop', () => {
  it('default: the gap at the target, max over s of L(s) - F, in whole USD', () => {
    const outcome = minimalBackstop({ snapshot: market(1000), scenario, search, target: 0.3 });
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    expect(outcome.totalUsd).toBe(Math.ceil(lossAt(0.3) - 1000));
    expect(outcome.certificate.thresholdBefore).toBeLessThan(0.3);
    expect(outcome.certificate.thresholdAfter).toBeGreaterThan(0.3);
    expect(outcome.certificate.thresholdJustBelow).toBeLessThanOrEqual(0.3);
  });

  it('behavior: where only the payment of the DAO counts as failure, what falls on it is the need', () => {
    const free = { badDebt: 0, latentBadDebt: 0, impermanentLoss: 0, vaultDeficit: 0 };
    const outcome = minimalBackstop({
      snapshot: { ...market(1000), dao: { backstopUsd: 500, members: [MEMBER] } },
      scenario: { ...scenario, lossBasis: free },
      search,
      target: 0.3,
    });
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    expect(outcome.totalUsd).toBe(Math.ceil(lossAt(0.3) - 1000));
    expect(outcome.certificate.thresholdAfter).toBeGreaterThan(0.3);
  });

  it('behavior: says so when nothing is needed', () => {
    expect(minimalBackstop({ snapshot: market(1e6), scenario, search, target: 0.3 }).status).toBe(
      'not-needed',
    );
  });
});

describe('minimalMarginTightening', () => {
  const input = {
    snapshot: market(0),
    scenario,
    search,
    mode: 'orderlyDeleverage' as const,
    unwindCost: 0.01,
    levers: [{ member: MEMBER, asset: 'ETH', maxStepBps: 1500 }],
  };

  it('default: the smallest cut after which L(target) <= F, here LT = (1 - s) / (1 + b)', () => {
    // After deleveraging D = C S0 LT; no loss up to s iff D <= C S0 (1 - s) / (1 + b). For s = 0.3: 0.66667.
    const outcome = minimalMarginTightening({ ...input, target: 0.3 });
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    const exact = 10_000 * (0.8 - 0.7 / (1 + BONUS));
    expect(outcome.stepBps).toBe(Math.ceil(exact));
    expect(outcome.deleveragedUsd).toBeCloseTo(150_000 - 200_000 * (0.8 - outcome.stepBps / 10_000), 2);
    expect(outcome.costUsd).toBeCloseTo(outcome.deleveragedUsd * 0.01, 6);
    expect(outcome.certificate.thresholdAfter).toBeGreaterThan(0.3);
    expect(outcome.certificate.thresholdJustBelow).toBeLessThanOrEqual(0.3);
  });

  it('behavior: reports what the largest cut reaches when it does not suffice', () => {
    const outcome = minimalMarginTightening({ ...input, target: 0.6 });
    if (outcome.status !== 'insufficient') throw new Error(outcome.status);
    // 1 - 0.65 x 1.05 = 0.3175
    expect(outcome.thresholdAtMax).toBeCloseTo(0.3175, 3);
  });
});

describe('minimalRemedy', () => {
  const bounds = (maxStepBps: number, maxSpendUsd: number) => ({
    margins: [{ member: MEMBER, asset: 'ETH', ltvBps: 7500, ltBps: 8000, maxStepBps, rampSec: 3600 }],
    backstops: [{ member: MEMBER, collateral: 'ETH', debtAsset: 'USDC', minSpendUsd: 100, maxSpendUsd }],
  });

  it('default: a backstop inside the budget, certified from both sides', () => {
    const outcome = minimalRemedy({
      snapshot: market(0),
      parameters,
      target: 0.3,
      bounds: bounds(0, 50_000),
    });
    expect(outcome.shortfall).toBeNull();
    expect(outcome.actions).toEqual([
      {
        lever: 'backstop-tranche',
        member: MEMBER,
        collateral: 'ETH',
        debtAsset: 'USDC',
        maxSpendUsd: Math.ceil(lossAt(0.3)),
      },
    ]);
    expect(Number(outcome.thresholdBefore)).toBeLessThan(0.3);
    expect(Number(outcome.thresholdAfter)).toBeGreaterThanOrEqual(0.3);
    expect(Number(outcome.thresholdJustBelow)).toBeLessThanOrEqual(0.3);
  });

  it('behavior: prefers the cheaper lever and narrows a pure tightening to one basis point', () => {
    const outcome = minimalRemedy({
      snapshot: market(0),
      parameters,
      target: 0.25,
      bounds: bounds(1500, 1e6),
      costs: { unwindCost: 0, backstopCost: 1 },
    });
    const step = Math.ceil(10_000 * (0.8 - 0.75 / (1 + BONUS)));
    expect(outcome.actions).toEqual([
      {
        lever: 'margin-tightening',
        member: MEMBER,
        asset: 'ETH',
        ltvBpsFrom: 7500,
        ltvBpsTo: 7500 - step,
        ltBpsFrom: 8000,
        ltBpsTo: 8000 - step,
        rampSec: 3600,
      },
    ]);
    expect(outcome.counterfactuals.map((row) => row.label)).toEqual([
      'do-nothing',
      'proposed',
      'half',
      'double',
      'margin-tightening',
      'backstop-tranche',
    ]);
    const proposed = outcome.counterfactuals.find((row) => row.label === 'proposed')!;
    expect(Number(proposed.capitalUnusableUsd)).toBeCloseTo((200_000 * step) / 10_000, 5);
    // Level v1 leaves the pool alone but for the arbitrage to 2000 x 0.75: x (1 / sqrt(0.9) - 1) / 0.997 at the new x and price.
    const base = 10_000 / Math.sqrt(0.75);
    const lac10 = ((base * (1 / Math.sqrt(0.9) - 1)) / 0.997) * 1500;
    expect(Number(proposed.lac10Usd) / lac10).toBeCloseTo(1, 9);
  });

  it('behavior: outside the budgets returns the best inside them and the certified shortfall', () => {
    const outcome = minimalRemedy({ snapshot: market(0), parameters, target: 0.4, bounds: bounds(0, 1000) });
    expect(outcome.actions).toHaveLength(1);
    const missing = Math.ceil(lossAt(0.4)) - 1000;
    expect(Number(outcome.shortfall?.backstopUsd)).toBe(missing);
    expect(Number(outcome.shortfall?.thresholdMissing)).toBeCloseTo(0.4 - Number(outcome.thresholdAfter), 6);
    expect(Number(outcome.thresholdAfter)).toBeLessThan(0.4);
  });

  it('behavior: thresholdWithout takes a tranche back', () => {
    const bounds50k = { snapshot: market(0), parameters, target: 0.3, bounds: bounds(0, 50_000) };
    const { actions, thresholdBefore } = minimalRemedy(bounds50k);
    const snapshot = market(Math.ceil(lossAt(0.3)));
    expect(thresholdWithout({ snapshot, before: market(0), parameters, actions })).toBe(thresholdBefore);
  });
});

describe('thresholdWithout', () => {
  const cut = {
    lever: 'margin-tightening',
    member: MEMBER,
    asset: 'ETH',
    ltvBpsFrom: 7500,
    ltvBpsTo: 6500,
    ltBpsFrom: 8000,
    ltBpsTo: 7000,
    rampSec: 3600,
  } as const;
  const threshold = (snapshot: Snapshot) =>
    thresholdWithout({ snapshot, before: snapshot, parameters, actions: [] });
  const tightened = tightenMargins(
    market(0),
    [{ member: MEMBER, asset: 'ETH', lt: 0.1, ltv: 0.1 }],
    'orderlyDeleverage',
  ).snapshot;

  it('behavior: owners who repaid because of the cut owe again, so the cut is credited with their repayment', () => {
    expect(Number(threshold(tightened))).toBeGreaterThan(Number(threshold(market(0))));
    const without = thresholdWithout({
      snapshot: tightened,
      before: market(0),
      parameters,
      actions: [cut],
    });
    expect(without).toBe(threshold(market(0)));
  });

  it('behavior: what a liquidator took is not given back', () => {
    const liquidated = {
      ...tightened,
      lending: tightened.lending.map((protocol) => ({
        ...protocol,
        positions: [aPosition({ collateral: { ETH: 99 }, debt: { USDC: 140_000 } })],
      })),
    };
    const lending = liquidated.lending.map((protocol) => ({
      ...protocol,
      markets: [aLendingMarket({ lt: 0.8, ltv: 0.75, bonus: BONUS, protocolFee: 0 })],
    }));
    const without = thresholdWithout({
      snapshot: liquidated,
      before: market(0),
      parameters,
      actions: [cut],
    });
    expect(without).toBe(threshold({ ...liquidated, lending }));
  });
});
