import { describe, expect, it } from '@jest/globals';
import type { Holding, Holdings } from './accounts.js';
import { cutPlan, planLiquidation } from './liquidation-plan.js';
import type { AssetEntry, ReserveEntry } from './market.js';

const ADDRESS = '0x00000000000000000000000000000000000000aa';
const prices = new Map([
  ['ETH', 2_000],
  ['BTC', 80_000],
  ['USDC', 1],
]);

function holding(id: string, usd: number): Holding {
  const asset: AssetEntry = {
    id,
    symbol: id,
    address: ADDRESS,
    decimals: 18,
    kind: 'native',
    sigmaRef: 0,
    beta: {},
  };
  const reserve: ReserveEntry = {
    asset: id,
    underlying: ADDRESS,
    aToken: ADDRESS,
    variableDebtToken: ADDRESS,
  };
  return { asset, reserve, raw: 1n, units: usd / (prices.get(id) ?? 1), usd };
}

function account(collateral: Holding[], debt: Holding[]): Holdings {
  return { account: ADDRESS, collateral, debt, eMode: 0 };
}

const terms = {
  termsOf: (_: number, asset: string) =>
    asset === 'BTC'
      ? { lt: 0.78, bonus: 0.06, protocolFee: 0.1 }
      : { lt: 0.83, bonus: 0.05, protocolFee: 0.1 },
};
const at = (healthFactor: number) => ({ healthFactor, terms, prices });

/** Expected values follow LiquidationLogic.sol of Aave v3.6 by hand. */
describe('planLiquidation', () => {
  it('default: half of the debt while the health factor is above 0.95', () => {
    const plan = planLiquidation(account([holding('ETH', 10_000)], [holding('USDC', 8_400)]), at(0.98));
    expect(plan?.coverUsd).toBe(4_200);
    expect(plan?.lostUsd).toBeCloseTo(4_410, 9);
    expect(plan?.seized).toBeCloseTo((4_200 * 1.045) / 2_000, 12);
    expect(plan?.limit).toBeCloseTo(2_000 / 1.045, 9);
  });

  it.each([
    ['at a health factor of 0.95', 10_000, 8_400, 0.95],
    ['with less than 2,000 USD of debt', 10_000, 1_999, 0.99],
    ['with less than 2,000 USD of collateral', 1_999, 1_700, 0.99],
  ])('behavior: the whole debt %s', (_, collateralUsd, debtUsd, healthFactor) => {
    expect(
      planLiquidation(account([holding('ETH', collateralUsd)], [holding('USDC', debtUsd)]), at(healthFactor))
        ?.coverUsd,
    ).toBe(debtUsd);
  });

  it('behavior: never more than the collateral pays with its bonus', () => {
    expect(
      planLiquidation(account([holding('ETH', 10_500)], [holding('USDC', 20_000)]), at(0.5))?.coverUsd,
    ).toBeCloseTo(10_000, 9);
  });

  it('behavior: best bonus first, largest debt first', () => {
    const plan = planLiquidation(
      account(
        [holding('ETH', 50_000), holding('BTC', 20_000)],
        [holding('ETH', 1_000), holding('USDC', 55_000)],
      ),
      at(0.97),
    );
    expect([plan?.collateral.asset.id, plan?.debt.asset.id]).toEqual(['BTC', 'USDC']);
  });

  it('behavior: a healthy account is left alone', () => {
    expect(planLiquidation(account([holding('ETH', 10_000)], [holding('USDC', 8_000)]), at(1))).toBeNull();
  });
});

describe('cutPlan', () => {
  const plan = planLiquidation(account([holding('ETH', 10_000)], [holding('USDC', 8_400)]), at(0.9));
  if (plan === null) throw new Error('the account is unhealthy');

  it('behavior: scales both sides', () => {
    const cut = cutPlan(plan, 0.25);
    expect(cut?.coverUsd).toBeCloseTo(2_100, 9);
    expect(cut?.whole).toBe(false);
  });

  it('behavior: refuses to leave less than 1,000 USD on either side', () => {
    expect(cutPlan(plan, 0.9)).toBeNull();
    expect(cutPlan(plan, 1)).toBe(plan);
  });
});
