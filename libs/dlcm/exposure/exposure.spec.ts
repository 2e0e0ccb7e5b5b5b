import { describe, expect, it } from '@jest/globals';
import { MetricInputError } from '../metrics/error.js';
import {
  annualisedBasis,
  distanceToLiquidation,
  floatLock,
  hhi,
  loopDepthFromLeverage,
  loopLeverage,
  oracleLatencyExposure,
  rehypothecation,
  sleIndex,
  zScore,
} from './index.js';

describe('hhi', () => {
  it('the example of the US Horizontal Merger Guidelines: 30, 30, 20, 20 gives 2,600', () => {
    expect(hhi([30, 30, 20, 20]).index).toBeCloseTo(2600, 9);
  });

  it('behavior: 1 / n for equal amounts, 1 for one holder, the scale does not matter', () => {
    expect(hhi([7, 7, 7, 7]).hhi).toBeCloseTo(0.25, 15);
    expect(hhi([0, 5]).hhi).toBe(1);
    expect(hhi([1, 2, 3]).hhi).toBeCloseTo(hhi([10, 20, 30]).hhi, 15);
  });

  it('error: DLCM-130 for nothing to share or a negative amount', () => {
    expect(() => hhi([])).toThrow(MetricInputError);
    expect(() => hhi([1, -1])).toThrow(MetricInputError);
  });
});

describe('loopLeverage', () => {
  it('default: the geometric sum 1 + ltv + ... + ltv^n, and its limit', () => {
    expect(loopLeverage(0.8, 2)).toBeCloseTo(1 + 0.8 + 0.64, 12);
    expect(loopLeverage(0.75, Infinity)).toBeCloseTo(4, 12);
    expect(loopLeverage(0, 5)).toBe(1);
  });

  it('behavior: loopDepthFromLeverage is its inverse', () => {
    for (const depth of [0, 1, 2.5, 7])
      expect(loopDepthFromLeverage(loopLeverage(0.7, depth), 0.7)).toBeCloseTo(depth, 9);
    expect(loopDepthFromLeverage(4, 0.75)).toBe(Infinity);
  });

  it('error: DLCM-130 beyond the limit or for a loan to value of 1', () => {
    expect(() => loopDepthFromLeverage(4.1, 0.75)).toThrow(MetricInputError);
    expect(() => loopLeverage(1, 2)).toThrow(MetricInputError);
  });
});

describe('rehypothecation', () => {
  it('default: a chain of three tokens counts the same collateral three times', () => {
    const shares = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ];
    expect(rehypothecation([100, 0, 0], shares)).toEqual({ gross: [100, 100, 100], multiplier: 3 });
  });

  it('behavior: a cycle with shares a and b: gross of the first is root / (1 - a b)', () => {
    const { gross } = rehypothecation(
      [100, 0],
      [
        [0, 0.5],
        [0.8, 0],
      ],
    );
    expect(gross[0]).toBeCloseTo(100 / (1 - 0.4), 9);
    expect(gross[1]).toBeCloseTo(80 / 0.6, 9);
  });

  it('error: DLCM-130 for claims that back themselves in full, or more', () => {
    const cycle = (share: number) => [
      [0, share],
      [share, 0],
    ];
    expect(() => rehypothecation([1, 1], cycle(1))).toThrow(MetricInputError);
    expect(() => rehypothecation([1, 1], cycle(1.5))).toThrow(MetricInputError);
  });
});

describe('oracleLatencyExposure', () => {
  it('default: V z sigma sqrt(t / Y): a quarter of a year at 80 % and z = 2 is 80 % of the value', () => {
    const quarter = 31_536_000 / 4;
    const collateral = [{ usd: 1000, sigma: 0.8 }];
    const late = { latencySec: quarter - 12 - 300, twapSec: 600, blockTimeSec: 12, z: 2 };
    expect(oracleLatencyExposure({ collateral, ...late })).toBeCloseTo(800, 9);
  });
});

describe('the small ratios', () => {
  it('default: basis, float lock, distance to liquidation', () => {
    const { basis, fundingAnnual } = annualisedBasis({ mark: 2010, spot: 2000, funding8h: 0.0001 });
    expect(basis).toBeCloseTo(0.005, 15);
    expect(fundingAnnual).toBeCloseTo(0.1095, 12);
    expect(floatLock(30, 120)).toBe(0.25);
    const debts = [0.02, 0.07, 0.15, 0.6].map((distance) => ({ usd: 100, distance }));
    expect(distanceToLiquidation(debts)).toEqual({ within5: 0.25, within10: 0.5, within20: 0.75 });
  });

  it('behavior: a z-score needs thirty values: 1 to 31 have mean 16 and deviation sqrt(31 x 32 / 12)', () => {
    const history = Array.from({ length: 31 }, (_, i) => i + 1);
    expect(zScore(16 + 2 * Math.sqrt((31 * 32) / 12), history)).toBeCloseTo(2, 12);
    expect(zScore(1, history.slice(0, 29))).toBeNull();
    expect(
      zScore(
        5,
        Array.from({ length: 30 }, () => 5),
      ),
    ).toBeNull();
  });
});

describe('sleIndex', () => {
  const metric = { name: 'a', calm: 0, severe: 1 };

  it('default: two metrics half way make 50, and one at its severe breakpoint makes 100', () => {
    expect(
      sleIndex([
        { ...metric, value: 0.5 },
        { ...metric, value: 0.5 },
      ]).index,
    ).toBeCloseTo(50, 10);
    expect(
      sleIndex([
        { ...metric, value: 0 },
        { ...metric, value: 3 },
      ]).index,
    ).toBe(100);
  });

  it('behavior: components are clipped and shown; a calm system is 0', () => {
    const { index, components } = sleIndex([{ name: 'hhi', value: 0.1, calm: 0.2, severe: 0.6 }]);
    expect({ index, components }).toEqual({ index: 0, components: [{ name: 'hhi', level: 0 }] });
  });

  it('error: DLCM-130 for breakpoints that do not ascend', () => {
    expect(() => sleIndex([{ ...metric, value: 0, severe: 0 }])).toThrow(MetricInputError);
  });
});
