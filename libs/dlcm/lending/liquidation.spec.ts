import { describe, expect, it } from '@jest/globals';
import {
  breakEvenRatio,
  isToxic,
  liquidatorShare,
  sizeLiquidation,
  type LiquidationPair,
} from './liquidation.js';

// The rules of Aave v3.3 and later (contract source, LiquidationLogic): 50 % close factor only if collateral and debt
// of the pair are at least 2,000 USD and health > 0.95; no leftover below 1,000 USD; bonus on top of the repaid value.
const AAVE = {
  closeFactor: { normal: 0.5, full: 1, fullBelowHf: 0.95 },
  dustUsd: 2000,
  minLeftoverUsd: 1000,
};
const QUANTUM = 2 ** -30;

const pair = (overrides: Partial<LiquidationPair> = {}): LiquidationPair => ({
  health: 0.98,
  totalDebtUsd: 8000,
  collateralUnits: 5,
  debtUnits: 8000,
  collateralPrice: 2000,
  debtPrice: 1,
  bonus: 0.05,
  ...overrides,
});

function sized(overrides: Partial<LiquidationPair> = {}, rules = AAVE) {
  const size = { repay: 0, seize: 0, seizesAll: false, closesDebt: false };
  sizeLiquidation(pair(overrides), rules, { quantum: QUANTUM, size });
  return size;
}

describe('sizeLiquidation', () => {
  it('default: half of the debt while both sides are large and health is above 0.95', () => {
    // repay 4,000 USD, seize 4,000 x 1.05 / 2,000 = 2.1
    const size = sized();
    expect(size.repay).toBeCloseTo(4000, 4);
    expect(size.seize).toBeCloseTo(2.1, 8);
    expect(size.seizesAll || size.closesDebt).toBe(false);
  });

  it('behavior: the whole debt at health 0.95 and below, closed exactly', () => {
    const size = sized({ health: 0.95 });
    expect(size.repay).toBe(8000);
    expect(size.closesDebt).toBe(true);
    expect(size.seize).toBeCloseTo(4.2, 8);
  });

  it('behavior: the whole debt when one side of the pair is below the dust limit', () => {
    const size = sized({ totalDebtUsd: 1999, debtUnits: 1999 });
    expect(size.repay).toBe(1999);
    expect(size.closesDebt).toBe(true);
  });

  it('behavior: the close factor counts the debt of the whole account', () => {
    // Half of 12,000 exceeds the pair's 5,000.
    const size = sized({ totalDebtUsd: 12_000, debtUnits: 5000 });
    expect(size.repay).toBe(5000);
  });

  it('behavior: takes the pair whole where a partial liquidation would leave dust', () => {
    // Half of 1,900 + 0: with a dust limit of 0 the half would leave 950 < 1,000.
    const size = sized({ totalDebtUsd: 1900, debtUnits: 1900 }, { ...AAVE, dustUsd: 0 });
    expect(size.repay).toBe(1900);
  });

  it('behavior: collateral that does not suffice is seized whole and repays what it is worth less the bonus', () => {
    const size = sized({ health: 0.5, collateralUnits: 2 });
    expect(size.seizesAll).toBe(true);
    expect(size.closesDebt).toBe(false);
    expect(size.seize).toBe(2);
    expect(size.repay).toBeCloseTo(4000 / 1.05, 9);
  });

  it('behavior: seized units are whole quanta, rounded down, and the repayment follows them', () => {
    const size = { repay: 0, seize: 0, seizesAll: false, closesDebt: false };
    sizeLiquidation(pair(), AAVE, { quantum: 0.5, size });
    expect(size.seize).toBe(2);
    expect(size.repay).toBeCloseTo(4000 / 1.05, 9);
  });
});

describe('breakEvenRatio', () => {
  it('default: the oracle ratio over 1 + the liquidator part of the bonus', () => {
    expect(breakEvenRatio(pair(), 0)).toBeCloseTo(2000 / 1.05, 10);
    expect(breakEvenRatio(pair(), 0.1)).toBeCloseTo(2000 / 1.045, 10);
  });
});

describe('liquidatorShare', () => {
  it('default: the fee is a share of the bonus, so 1.05 becomes 1.045', () => {
    expect(liquidatorShare(0.05, 0.1) * 1.05).toBeCloseTo(1.045, 14);
  });
});

describe('isToxic', () => {
  it('default: a liquidation lowers health once debt exceeds collateral / (1 + bonus)', () => {
    // One collateral: health = C o LT / D, so D > C o / (1 + b) iff LT (1 + b) > health.
    expect(isToxic(0.8, 0.8, 0.05)).toBe(true);
    expect(isToxic(0.85, 0.8, 0.05)).toBe(false);
  });
});
