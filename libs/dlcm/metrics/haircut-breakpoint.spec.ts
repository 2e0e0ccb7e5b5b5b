import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPosition,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { propertyRun } from '#test/support/seed';
import { collateralHaircutBreakpoint } from './haircut-breakpoint.js';
import { lendingHaircutBreakpoint, liquidationAccounts } from './lending-view.js';

const eth = (units: number, haircut: number) => ({ units, priceUsd: 2000, beta: 1, haircut });
const usd = (units: number) => ({ units, priceUsd: 1, beta: 0 });

describe('collateralHaircutBreakpoint', () => {
  it('one collateral, stable debt: CR_min D / (C (1 - h))', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (units, haircut, minimumRatio, share) => {
          const debt = (units * 2000 * (1 - haircut) * share) / minimumRatio;
          const result = collateralHaircutBreakpoint({
            collateral: [eth(units, haircut)],
            debt: [usd(debt)],
            minimumRatio,
            spot: 2000,
          });
          expect(result.price! / (2000 * share)).toBeCloseTo(1, 11);
          expect(result.alreadyBreached).toBe(false);
        },
      ),
      propertyRun(200),
    );
  });

  it('with stable collateral beside: (CR_min D - stable (1 - h2)) / (C (1 - h1))', () => {
    const result = collateralHaircutBreakpoint({
      collateral: [eth(10, 0.2), { ...usd(4000), haircut: 0.1 }],
      debt: [usd(10_000)],
      minimumRatio: 1.2,
      spot: 2000,
    });
    expect(result.price).toBeCloseTo((12_000 - 3600) / 8, 8);
  });

  it('an asset with beta 2 falls with the square of the price share', () => {
    const result = collateralHaircutBreakpoint({
      collateral: [{ units: 10, priceUsd: 100, beta: 2, haircut: 0 }],
      debt: [usd(640)],
      minimumRatio: 1,
      spot: 2000,
    });
    expect(result.price).toBeCloseTo(2000 * 0.8, 8);
  });

  it('behavior: already breached at spot; never breached without debt or with debt that falls alike', () => {
    const base = { minimumRatio: 1, spot: 2000 };
    expect(collateralHaircutBreakpoint({ ...base, collateral: [eth(1, 0)], debt: [usd(2001)] })).toEqual({
      price: 2000,
      alreadyBreached: true,
    });
    const never = { price: null, alreadyBreached: false };
    expect(collateralHaircutBreakpoint({ ...base, collateral: [eth(1, 0)], debt: [] })).toEqual(never);
    const sameAsset = [{ units: 0.5, priceUsd: 2000, beta: 1 }];
    expect(collateralHaircutBreakpoint({ ...base, collateral: [eth(1, 0)], debt: sameAsset })).toEqual(never);
  });

  it('error: DLCM-130 for a minimum ratio of zero', () => {
    expect(() => collateralHaircutBreakpoint({ collateral: [], debt: [], minimumRatio: 0, spot: 1 })).toThrow(
      expect.objectContaining({ code: 'DLCM-130', argument: 'minimumRatio' }),
    );
  });
});

describe('lendingHaircutBreakpoint', () => {
  const snapshot = aSnapshot({
    assets: [anAsset(), anAsset({ id: 'stETH', beta: { ETH: 1, stETH: 1 } }), aStable()],
    lending: [
      aLendingProtocol({
        markets: [aLendingMarket(), aLendingMarket({ asset: 'stETH', lt: 0.7 })],
        eModes: [{ id: 'eth', ltv: 0.9, lt: 0.93, bonus: 0.01, collateral: ['stETH'] }],
        positions: [
          aPosition({ id: 'a', collateral: { ETH: 2 }, debt: { USDC: 1500 } }),
          aPosition({ id: 'b', collateral: { stETH: 1 }, debt: { USDC: 500 }, eMode: 'eth' }),
          aPosition({ id: 'idle', collateral: { ETH: 100 }, debt: {} }),
        ],
      }),
    ],
  });

  it('counts collateral of indebted positions at its threshold, e-modes included', () => {
    const view = { snapshot, protocol: 'aave', asset: 'ETH' };
    expect(lendingHaircutBreakpoint(view).price).toBeCloseTo(2000 / (2 * 0.825 + 0.93), 8);
  });

  it('lists the same positions as accounts of one asset', () => {
    const [a, b, ...rest] = liquidationAccounts({ snapshot, protocol: 'aave', asset: 'stETH' });
    expect(rest).toHaveLength(0);
    expect(a).toMatchObject({
      collateralUnits: 0,
      otherCollateralUsd: 4000,
      otherCapacityUsd: 3300,
      debtUsd: 1500,
    });
    expect(b).toMatchObject({ collateralUnits: 1, liquidationThreshold: 0.93, bonus: 0.01, debtUsd: 500 });
  });

  it('error: DLCM-130 names an unknown protocol', () => {
    expect(() => lendingHaircutBreakpoint({ snapshot, protocol: 'x', asset: 'ETH' })).toThrow(
      expect.objectContaining({ code: 'DLCM-130', argument: 'protocol', value: 'x' }),
    );
  });
});
