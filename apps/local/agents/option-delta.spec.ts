import { describe, expect, it } from '@jest/globals';
import { hedgeTrade, normalDistribution, optionDelta, type WrittenLine } from './option-delta.js';

const YEAR = 31_536_000;

describe('normalDistribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [1.959963984540054, 0.975],
    [-3, 0.00134989803163009],
    [4, 0.999968328758167],
  ])('default: N(%d) as in Abramowitz and Stegun, table 26.1', (x, expected) => {
    expect(normalDistribution(x)).toBeCloseTo(expected, 13);
  });
});

describe('optionDelta', () => {
  const line = (isCall: boolean, quantity: number): WrittenLine => ({
    isCall,
    expiry: YEAR,
    vol: 0.2,
    strike: 100,
    quantity,
  });
  const marking = { timestamp: 0, volLift: 0 };

  it('default: at the money and zero rates the call delta is N(sigma / 2)', () => {
    expect(optionDelta([line(true, 1)], 100, marking)).toBeCloseTo(0.539827837277029, 12);
  });

  it('behavior: call less put is one unit of the base at every price', () => {
    for (const spot of [50, 90, 100, 140])
      expect(optionDelta([line(true, 2), line(false, -2)], spot, marking)).toBeCloseTo(2, 12);
  });

  it('behavior: expired lines carry nothing', () => {
    expect(optionDelta([line(true, 5)], 120, { timestamp: YEAR, volLift: 0 })).toBe(0);
  });
});

describe('hedgeTrade', () => {
  it('behavior: a market maker goes to zero, a vault to the edge of its band and not before it', () => {
    expect(hedgeTrade({ isVault: false, band: 0, size: 100 }, 7)).toBe(-7);
    expect(hedgeTrade({ isVault: true, band: 0.05, size: 100 }, 4.9)).toBe(0);
    expect(hedgeTrade({ isVault: true, band: 0.05, size: 100 }, -8)).toBeCloseTo(3, 12);
  });
});
