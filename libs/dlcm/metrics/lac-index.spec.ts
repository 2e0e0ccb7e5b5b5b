import { describe, expect, it } from '@jest/globals';
import { MetricInputError } from './error.js';
import { lacIndex } from './lac-index.js';

const term = { asset: 'ETH', collateralUsd: 100, absorbableUnits: 50, forcedUnits: 200 };

describe('lacIndex', () => {
  it('default: the share of forced sales that the venues absorb, weighted by collateral', () => {
    expect(lacIndex([term])).toBe(25);
    // (300 x 1 + 100 x 0.25) / 400
    const other = { asset: 'BTC', collateralUsd: 300, absorbableUnits: 9, forcedUnits: 3 };
    expect(lacIndex([term, other])).toBe(81.25);
    expect(lacIndex([other, term])).toBe(81.25);
  });

  it('behavior: 100 without collateral, without forced flow, and for an asset that needs no venue', () => {
    expect(lacIndex([])).toBe(100);
    expect(lacIndex([{ ...term, forcedUnits: 0, absorbableUnits: 0 }])).toBe(100);
    expect(lacIndex([{ ...term, absorbableUnits: Infinity }])).toBe(100);
  });

  it('error: DLCM-130 for a negative amount', () => {
    expect(() => lacIndex([{ ...term, forcedUnits: -1 }])).toThrow(MetricInputError);
  });
});
