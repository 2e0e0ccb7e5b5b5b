import { describe, expect, it } from '@jest/globals';
import { anOptionLine } from '#test/support/builders';
import { linesDelta, optionLines, AT_SNAPSHOT } from '../options/index.js';
import {
  correlatedVol,
  deltaBandTrade,
  deltaHedgedStep,
  feeTokenValue,
  hedgeSlippage,
  minCapitalAdequacy,
  performanceFee,
  shareFee,
  splitLiquidationFee,
} from './index.js';

const DLCM_160 = expect.objectContaining({ code: 'DLCM-160' });

describe('minCapitalAdequacy', () => {
  it('default: 1 + z sigma sqrt(tau / Y) + slip, higher on a slower chain', () => {
    // tau = Y / 10,000, so that the square root is 1 / 100: 1 + 2 x 1 / 100 + 0.005.
    const at = (delaySec: number) => minCapitalAdequacy({ zScore: 2, vol: 1, delaySec, slippage: 0.005 });
    expect(at(3153.6)).toBeCloseTo(1.025, 12);
    expect(at(4 * 3153.6)).toBeCloseTo(1.045, 12);
    expect(at(0)).toBe(1.005);
  });

  it('error: DLCM-160 for a negative delay', () => {
    expect(() => minCapitalAdequacy({ zScore: 2, vol: 1, delaySec: -1, slippage: 0 })).toThrow(DLCM_160);
  });
});

describe('correlatedVol', () => {
  it('default: stable collateral leaves the volatility of the underlying; a perfect match of equal worth leaves none', () => {
    const vol = (collateralVol: number, correlation: number) =>
      correlatedVol({ underlyingVol: 0.6, collateralVol, weight: 1, correlation });
    expect(vol(0, 0)).toBe(0.6);
    expect(vol(0.6, 1)).toBe(0);
    expect(vol(0.8, 0)).toBeCloseTo(1, 12);
    expect(vol(0.6, -1)).toBeCloseTo(1.2, 12);
  });

  it('error: DLCM-160 for a correlation above 1', () => {
    const bad = { underlyingVol: 1, collateralVol: 1, weight: 1, correlation: 1.01 };
    expect(() => correlatedVol(bad)).toThrow(DLCM_160);
  });
});

describe('hedgeSlippage', () => {
  it('default: half the price move of a linear impact, all of it without capacity', () => {
    expect(hedgeSlippage(-200, { units: 1000, shift: 0.05 })).toBeCloseTo(0.005, 15);
    expect(hedgeSlippage(1e9, { units: 1000, shift: 0.05 })).toBe(1);
    expect(hedgeSlippage(1, { units: 0, shift: 0.05 })).toBe(1);
    expect(hedgeSlippage(0, { units: 0, shift: 0.05 })).toBe(0);
  });
});

describe('deltaBandTrade', () => {
  it('default: inside the band nothing, outside to zero or to the edge', () => {
    const vault = { band: 0.05, rebalanceTo: 'edge' } as const;
    expect(deltaBandTrade({ delta: 5, gross: 100 }, vault)).toBe(0);
    expect(deltaBandTrade({ delta: 8, gross: 100 }, vault)).toBe(-3);
    expect(deltaBandTrade({ delta: -8, gross: 100 }, vault)).toBe(3);
    expect(deltaBandTrade({ delta: 8, gross: 100 }, { band: 0, rebalanceTo: 'zero' })).toBe(-8);
    expect(deltaBandTrade({ delta: 1e-8, gross: 100 }, { band: 0, rebalanceTo: 'zero' })).toBe(0);
    expect(deltaBandTrade({ delta: 8, gross: 0 }, vault)).toBe(0);
  });

  it('error: DLCM-160 for a delta that is no number', () => {
    expect(() => deltaBandTrade({ delta: NaN, gross: 1 }, { band: 0, rebalanceTo: 'zero' })).toThrow(
      DLCM_160,
    );
  });
});

describe('deltaHedgedStep', () => {
  const lines = optionLines([anOptionLine({ strike: 2000, quantity: -10 })], { spot: 2000 });
  const hedge = -linesDelta(lines, 2000, AT_SNAPSHOT);
  const step = (move: number, seconds: number) =>
    deltaHedgedStep({
      lines,
      hedge,
      from: { spot: 2000 },
      to: { spot: 2000 * (1 + move), clock: { elapsedSec: seconds, volShift: null } },
    });

  it('default: a short book loses exactly when the move exceeds sigma sqrt(dt)', () => {
    // One hour at 80 %: sigma sqrt(dt) = 0.8 sqrt(3,600 / 31,536,000) = 0.855 %.
    expect(step(0.006, 3600).totalUsd).toBeGreaterThan(0);
    expect(step(0.012, 3600).totalUsd).toBeLessThan(0);
    expect(step(-0.012, 3600).totalUsd).toBeLessThan(0);
  });

  it('behavior: the gamma-theta approximation is right to second order', () => {
    // Halving the move and quartering the time divides the approximation by 4 and its error by at least about 8.
    const error = (scale: number) => {
      const { totalUsd, gammaThetaUsd } = step(0.01 * scale, 3600 * scale * scale);
      return Math.abs(totalUsd - gammaThetaUsd);
    };
    expect(step(0.005, 900).gammaThetaUsd / step(0.01, 3600).gammaThetaUsd).toBeCloseTo(0.25, 12);
    expect(error(0.5) / error(1)).toBeLessThan(1 / 6);
    expect(error(0.25) / error(0.5)).toBeLessThan(1 / 6);
  });

  it('behavior: the cost is taken off and the hedge moves one for one', () => {
    const none = optionLines([], { spot: 2000 });
    const result = deltaHedgedStep({
      lines: none,
      hedge: 3,
      from: { spot: 2000 },
      to: { spot: 1990 },
      costUsd: 7,
    });
    expect(result).toEqual({ optionsUsd: 0, hedgeUsd: -30, costUsd: 7, totalUsd: -37, gammaThetaUsd: 0 });
  });
});

describe('performanceFee', () => {
  const epoch = {
    rate: 0.2,
    premiumUsd: 100,
    hedgeCostUsd: 10,
    payoutUsd: 30,
    resultBeforeUsd: 0,
    highWaterMarkUsd: 0,
  };

  it('default: a share of premium less hedge cost less payout', () => {
    expect(performanceFee(epoch)).toEqual({ feeUsd: 12, resultUsd: 60, highWaterMarkUsd: 60 });
  });

  it('behavior: a loss is earned back before anything is charged', () => {
    const after = performanceFee({ ...epoch, payoutUsd: 110 });
    expect(after).toEqual({ feeUsd: 0, resultUsd: -20, highWaterMarkUsd: 0 });
    const next = { ...epoch, resultBeforeUsd: after.resultUsd, highWaterMarkUsd: after.highWaterMarkUsd };
    expect(performanceFee(next)).toEqual({ feeUsd: 8, resultUsd: 40, highWaterMarkUsd: 40 });
  });

  it('error: DLCM-160 for a mark below the result so far', () => {
    expect(() => performanceFee({ ...epoch, resultBeforeUsd: 1 })).toThrow(DLCM_160);
  });
});

describe('shareFee', () => {
  it('default: pro rata to stakes; nothing without stakes', () => {
    expect(shareFee(90, [1, 2])).toEqual([30, 60]);
    expect(shareFee(90, [0, 0])).toEqual([0, 0]);
  });
});

describe('splitLiquidationFee', () => {
  it('default: the two parts add up to the fee', () => {
    expect(splitLiquidationFee(80, 0.25)).toEqual({ safetyFundUsd: 20, treasuryUsd: 60 });
  });

  it('error: DLCM-160 for a share above 1', () => {
    expect(() => splitLiquidationFee(80, 1.25)).toThrow(DLCM_160);
  });
});

describe('feeTokenValue', () => {
  it('default: discounts each period of the explicit horizon', () => {
    expect(feeTokenValue([110, 121], 0.1)).toBeCloseTo(200, 10);
    expect(feeTokenValue([], 0.1)).toBe(0);
  });

  it('error: DLCM-160 for a rate of -100 %', () => {
    expect(() => feeTokenValue([1], -1)).toThrow(DLCM_160);
  });
});
