import { describe, expect, it } from '@jest/globals';
import { anOptionLine } from '#test/support/builders';
import { optionLines } from '../options/index.js';
import { capitalAdequacy, type CapitalQuestion } from './capital-adequacy.js';

// Lines that expire now are worth their intrinsic value at any volatility, so every number below is arithmetic.
const put = (quantity: number) => anOptionLine({ id: 'p', strike: 2000, expirySec: 0, quantity });
const call = (quantity: number) => anOptionLine({ id: 'c', type: 'C', strike: 2000, expirySec: 0, quantity });

function question(overrides: Partial<CapitalQuestion>): CapitalQuestion {
  return {
    lines: optionLines([put(-10)], { spot: 2000 }),
    spot: 2000,
    hedged: true,
    hedge: 0,
    hedgeEquityUsd: 0,
    hedgeSlippageUsd: 0,
    collateral: [],
    ...overrides,
  };
}

describe('capitalAdequacy', () => {
  it('default: a hedged vault needs its worst loss on the grid plus the slippage of its hedge', () => {
    // At 1,000: ten puts pay 10,000, the hedge of -5 gains 5,000. At 3,000: the hedge alone loses 5,000. Required 5,100.
    const result = capitalAdequacy(
      question({
        hedge: -5,
        hedgeEquityUsd: 300,
        hedgeSlippageUsd: 100,
        collateral: [{ usd: 8000, haircut: 0.1, inKind: null }],
      }),
    );
    expect(result.requiredUsd).toBeCloseTo(5100, 9);
    expect(result.availableUsd).toBeCloseTo(7500, 9);
    expect(result.ratio).toBeCloseTo(7500 / 5100, 12);
    expect(result.worst).toMatchObject({ spotMove: -0.5, profitUsd: -5000 });
  });

  it('behavior: a loss already made counts: the options stand in the capital at their marks', () => {
    // At 1,500 the puts are worth -5,000. From there the worst is +50 %: they gain 5,000, the hedge of -10 loses 7,500.
    const result = capitalAdequacy(
      question({ spot: 1500, hedge: -10, collateral: [{ usd: 9000, haircut: 0, inKind: 'cash' }] }),
    );
    expect(result.requiredUsd).toBeCloseTo(2500, 9);
    expect(result.availableUsd).toBeCloseTo(4000, 9);
    expect(result.worst!.spotMove).toBe(0.5);
  });

  it('behavior: where nothing can be lost nothing is required, and the ratio is infinite (null)', () => {
    const result = capitalAdequacy(question({ lines: optionLines([put(10)], { spot: 2000 }) }));
    expect(result.requiredUsd).toBe(0);
    expect(result.ratio).toBeNull();
  });

  it('behavior: an unhedged vault needs the full deliverable: calls at spot, puts at their strike', () => {
    const lines = optionLines([put(-10), call(-4), call(2)], { spot: 2500 });
    const result = capitalAdequacy(
      question({
        lines,
        spot: 2500,
        hedged: false,
        collateral: [{ usd: 45_000, haircut: 0.2, inKind: null }],
      }),
    );
    expect(result.requiredUsd).toBe(10 * 2000 + 4 * 2500);
    expect(result.availableUsd).toBe(36_000);
    expect(result.ratio).toBeCloseTo(1.2, 12);
    expect(result.worst).toBeNull();
  });

  it('behavior: what is held in kind needs no haircut, and a vault covered in kind cannot fall short', () => {
    const lines = optionLines([call(-4)], { spot: 2000 });
    const covered = question({
      lines,
      hedged: false,
      collateral: [{ usd: 10_000, haircut: 0.1, inKind: 'underlying' }],
    });
    // 8,000 of the 10,000 cover the calls in full, the remaining 2,000 count for 1,800.
    expect(capitalAdequacy(covered)).toMatchObject({ requiredUsd: 8000, availableUsd: 9800, ratio: null });
    const short = { ...covered, collateral: [{ usd: 6000, haircut: 0.1, inKind: 'underlying' as const }] };
    expect(capitalAdequacy(short).ratio).toBeCloseTo(6000 / 8000, 12);
    const wrongKind = { ...covered, collateral: [{ usd: 10_000, haircut: 0.1, inKind: 'cash' as const }] };
    expect(capitalAdequacy(wrongKind).ratio).toBeCloseTo(9000 / 8000, 12);
  });

  it('error: DLCM-160 names the number', () => {
    const bad = question({ collateral: [{ usd: 1, haircut: 1.5, inKind: null }] });
    expect(() => capitalAdequacy(bad)).toThrow(
      expect.objectContaining({ code: 'DLCM-160', argument: 'collateral[0].haircut', value: 1.5 }),
    );
    expect(() => capitalAdequacy(question({ hedge: NaN }))).toThrow(
      expect.objectContaining({ code: 'DLCM-160', argument: 'hedge' }),
    );
  });
});
