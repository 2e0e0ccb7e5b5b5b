import { describe, expect, it } from '@jest/globals';
import {
  aaveHealthFactor,
  aaveLiquidation,
  compoundAccountLiquidity,
  compoundSeizeTokens,
  type AaveLiquidationInput,
} from './index.js';

const E18 = 10n ** 18n;
const USD = 10n ** 8n;
const refused = (reason: string) => expect.objectContaining({ code: 'DLCM-180', reason });

describe('aaveHealthFactor', () => {
  it('default: sum of value x threshold over debt', () => {
    const collateral = [
      { valueBase: 20_000n * USD, liquidationThresholdBps: 8250n },
      { valueBase: 1_000n * USD, liquidationThresholdBps: 7800n },
    ];
    // (16,500 + 780) / 12,000 = 1.44
    expect(aaveHealthFactor({ collateral, debtBase: 12_000n * USD })).toBe(1_440_000_000_000_000_000n);
    expect(aaveHealthFactor({ collateral, debtBase: 0n })).toBe((1n << 256n) - 1n);
  });

  it('behavior: divides half up, then drops four digits', () => {
    // 1 x 1 x 1e18 / 3 = 333333333333333333.3 -> 333333333333333333, / 10000 = 33333333333333
    const collateral = [{ valueBase: 1n, liquidationThresholdBps: 1n }];
    expect(aaveHealthFactor({ collateral, debtBase: 3n })).toBe(33_333_333_333_333n);
  });
});

/** 10 ETH at 2,000 against 16,600 USDC at 1: threshold 82.5 %, health 0.994. */
const account: AaveLiquidationInput = {
  healthFactor: 993_975_903_614_457_831n,
  totalCollateralBase: 20_000n * USD,
  totalDebtBase: 16_600n * USD,
  collateral: { balance: 10n * E18, price: 2_000n * USD, unit: E18 },
  debt: { balance: 16_600n * 10n ** 6n, price: USD, unit: 10n ** 6n },
  liquidationBonusBps: 10_500n,
  protocolFeeBps: 1_000n,
  debtToCover: 10n ** 30n,
};

describe('aaveLiquidation', () => {
  it('default: half of the debt, a bonus of 5 %, a tenth of the bonus to the protocol', () => {
    // 8,300 USDC buy 4.15 ETH; with the bonus 4.3575; the bonus is 0.2075, of which 0.02075 is the fee.
    expect(aaveLiquidation(account)).toEqual({
      debtRepaid: 8_300n * 10n ** 6n,
      collateralToLiquidator: 4_336_750_000_000_000_000n,
      protocolFee: 20_750_000_000_000_000n,
      deficit: 0n,
    });
  });

  it('behavior: all of it at health 0.95 or below, or when a side is worth less than 2,000', () => {
    const all = aaveLiquidation({ ...account, healthFactor: 950_000_000_000_000_000n });
    expect(all.debtRepaid).toBe(16_600n * 10n ** 6n);
    const small = { ...account.debt, balance: 1_999n * 10n ** 6n };
    const repaid = aaveLiquidation({ ...account, debt: small, totalDebtBase: 1_999n * USD }).debtRepaid;
    expect(repaid).toBe(1_999n * 10n ** 6n);
  });

  it('behavior: collateral that does not cover the debt is taken whole, and the rest becomes a deficit', () => {
    // 10 ETH at 1,500: 15,000 / 1.05 = 14,285.714286 rounded up; 16,600 - that stays.
    const worth = { ...account.collateral, price: 1_500n * USD };
    const under = {
      ...account,
      healthFactor: 745_000_000_000_000_000n,
      totalCollateralBase: 15_000n * USD,
      collateral: worth,
    };
    const result = aaveLiquidation(under);
    expect(result.debtRepaid).toBe(14_285_714_286n);
    expect(result.collateralToLiquidator + result.protocolFee).toBe(10n * E18);
    expect(result.deficit).toBe(16_600n * 10n ** 6n - 14_285_714_286n);
  });

  // aave-v3-origin, LiquidationLogic since v3.5: percentMulFloor and percentDivFloor for the bonus, percentMulCeil for the fee.
  it('behavior: products of the bonus round down, the fee up (MODEL 16)', () => {
    // One for one, 15 units: 15 x 1.05 = 15.75 -> 15 seized; 15 / 1.05 = 14.29 -> 14, bonus 1; 1 x 0.1 -> fee 1.
    const pair = { ...account, healthFactor: 900_000_000_000_000_000n, debtToCover: 15n };
    const collateral = { balance: 10n ** 12n, price: USD, unit: 1n };
    const debt = { balance: 10n ** 12n, price: USD, unit: 1n };
    expect(aaveLiquidation({ ...pair, collateral, debt })).toEqual({
      debtRepaid: 15n,
      collateralToLiquidator: 14n,
      protocolFee: 1n,
      deficit: 0n,
    });
    // 20 x 1.05 = 21 exactly; 21 / 1.05 = 20, bonus 1. 32: 33.6 -> 33; 33 / 1.05 = 31.43 -> 31, bonus 2, fee 0.2 -> 1.
    expect(aaveLiquidation({ ...pair, collateral, debt, debtToCover: 32n })).toMatchObject({
      collateralToLiquidator: 32n,
      protocolFee: 1n,
    });
    expect(
      aaveLiquidation({ ...pair, collateral, debt, debtToCover: 32n, protocolFeeBps: 0n }),
    ).toMatchObject({
      collateralToLiquidator: 33n,
      protocolFee: 0n,
    });
  });

  it('error: DLCM-180 for a healthy account, for leaving dust, for a bonus below 1', () => {
    expect(() => aaveLiquidation({ ...account, healthFactor: E18 })).toThrow(refused('HEALTHY'));
    const nearly = { ...account, healthFactor: 900_000_000_000_000_000n, debtToCover: 15_700n * 10n ** 6n };
    expect(() => aaveLiquidation(nearly)).toThrow(refused('MUST_NOT_LEAVE_DUST'));
    expect(() => aaveLiquidation({ ...account, liquidationBonusBps: 9_999n })).toThrow(
      refused('BAD_ARGUMENT'),
    );
  });
});

describe('Compound v2', () => {
  it('default: seized cTokens are repay x incentive x price ratio / exchange rate', () => {
    // 100 repaid at price 1, collateral at 2, exchange rate 0.02, incentive 1.08: 100 x 1.08 / (2 x 0.02) = 2,700.
    const seize = compoundSeizeTokens({
      repayAmount: 100n * E18,
      priceBorrowed: E18,
      priceCollateral: 2n * E18,
      exchangeRate: E18 / 50n,
      liquidationIncentive: (108n * E18) / 100n,
    });
    expect(seize).toBe(2_700n * E18);
  });

  it('default: liquidity is what the weighted collateral leaves beyond the debt', () => {
    const position = { exchangeRate: E18 / 50n, price: 2n * E18, collateralFactor: (3n * E18) / 4n };
    // 1,000 cTokens: 20 underlying, 40 USD, 30 counted.
    const held = { ...position, cTokens: 1_000n * E18, borrowed: 0n };
    const owed = (units: bigint) => ({ ...position, price: E18, cTokens: 0n, borrowed: units * E18 });
    expect(compoundAccountLiquidity([held, owed(10n)])).toEqual({ liquidity: 20n * E18, shortfall: 0n });
    expect(compoundAccountLiquidity([held, owed(31n)])).toEqual({ liquidity: 0n, shortfall: E18 });
  });

  it('error: DLCM-180 for a price of 0 and a negative amount', () => {
    const good = {
      repayAmount: 1n,
      priceBorrowed: 1n,
      priceCollateral: E18,
      exchangeRate: E18,
      liquidationIncentive: E18,
    };
    expect(() => compoundSeizeTokens({ ...good, priceCollateral: 0n })).toThrow(refused('BAD_ARGUMENT'));
    expect(() => compoundSeizeTokens({ ...good, repayAmount: -1n })).toThrow(refused('BAD_ARGUMENT'));
  });
});
