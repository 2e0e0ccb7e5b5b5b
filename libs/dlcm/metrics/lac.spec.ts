import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aConcentratedPool, aPool } from '#test/support/builders';
import { propertyRun } from '#test/support/seed';
import { routeMarketOrder, venuesOf, copyVenues, marginalPrice } from '../amm/index.js';
import { lac } from './lac.js';

describe('lac', () => {
  it('constant product: x (1 / sqrt(1 - theta) - 1) / (1 - fee) by price move', () => {
    const venues = venuesOf([aPool({ fee: 0.003 })], 2000);
    for (const shift of [0.05, 0.1]) {
      const { units, usd, exhausted } = lac(venues, shift);
      expect(units).toBeCloseTo((10_000 * (1 / Math.sqrt(1 - shift) - 1)) / 0.997, 8);
      expect(usd).toBeCloseTo(units * 2000, 6);
      expect(exhausted).toBe(false);
    }
  });

  it('constant product without fee: x theta / (1 - theta) by average execution', () => {
    const venues = venuesOf([aPool({ fee: 0 })], 2000);
    expect(lac(venues, 0.05).averageExecutionUnits).toBeCloseTo((10_000 * 0.05) / 0.95, 6);
    expect(lac(venues, 0.1).averageExecutionUnits).toBeCloseTo((10_000 * 0.1) / 0.9, 6);
  });

  it('is what the router confirms: selling it moves the price by theta, or averages at (1 - theta) p', () => {
    const venues = venuesOf([aPool(), aConcentratedPool({ fee: 0.003 })], 2000);
    const { units, averageExecutionUnits } = lac(venues, 0.1);
    const moved = copyVenues(venues);
    routeMarketOrder(moved, -units);
    expect(marginalPrice(moved)).toBeCloseTo(1800, 8);
    expect(routeMarketOrder(copyVenues(venues), -averageExecutionUnits).averagePrice).toBeCloseTo(1800, 8);
  });

  it('behavior: a fee above theta leaves nothing to an average execution', () => {
    expect(lac(venuesOf([aPool({ fee: 0.06 })], 2000), 0.05).averageExecutionUnits).toBe(0);
  });

  it('behavior: liquidity that ends first gives the capacity and says exhausted', () => {
    const ranges = [{ priceLower: 1950, priceUpper: 2500, liquidity: 1000 }];
    const thin = venuesOf([aConcentratedPool({ fee: 0, ranges })], 2000);
    const result = lac(thin, 0.05);
    expect(result.exhausted).toBe(true);
    expect(result.averageExhausted).toBe(true);
    expect(result.units).toBeCloseTo(1000 * (1 / Math.sqrt(1950) - 1 / Math.sqrt(2000)), 9);
    expect(result.averageExecutionUnits).toBeCloseTo(result.units, 9);
  });

  it('increases in theta and adds over pools at one price', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 1e5, noNaN: true }),
        fc.double({ min: 1e3, max: 1e6, noNaN: true }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        (size, liquidity, shift) => {
          const plain = aPool({ reserveBase: size, reserveQuote: size * 2000 });
          const ranges = [{ priceLower: 1000, priceUpper: 4000, liquidity }];
          const focused = aConcentratedPool({ ranges });
          const both = lac(venuesOf([plain, focused], 2000), shift);
          const sum = lac(venuesOf([plain], 2000), shift).units + lac(venuesOf([focused], 2000), shift).units;
          expect(both.units / sum).toBeCloseTo(1, 11);
          const deeper = lac(venuesOf([plain, focused], 2000), shift * 1.1);
          expect(deeper.units).toBeGreaterThan(both.units);
          expect(deeper.averageExecutionUnits).toBeGreaterThanOrEqual(both.averageExecutionUnits);
        },
      ),
      propertyRun(100),
    );
  });

  it('error: DLCM-130 for a shift outside (0, 1)', () => {
    const venues = venuesOf([aPool()], 2000);
    for (const shift of [0, 1, NaN]) {
      expect(() => lac(venues, shift)).toThrow(
        expect.objectContaining({ code: 'DLCM-130', argument: 'shift' }),
      );
    }
  });
});
