import { describe, expect, it } from '@jest/globals';
import { anOptionLine, aPool } from '#test/support/builders';
import { venuesOf } from '../amm/index.js';
import { bsGreeks, optionLines } from '../options/index.js';
import { priceDriverPoint } from './price-driver.js';

const YEAR = 31_536_000;
const venues = venuesOf([aPool()], 2000);

describe('priceDriverPoint', () => {
  it('default: where the flow of short puts, from the pricing kernel alone, reaches LAC(5 %)', () => {
    const line = anOptionLine({ strike: 1800, quantity: -2000 });
    const found = priceDriverPoint(optionLines([line], { spot: 2000 }), venues);
    const delta = (spot: number) =>
      -2000 * bsGreeks({ type: 'P', spot, strike: 1800, tenorYears: line.expirySec / YEAR, vol: 0.8 }).delta;
    const lac5 = (10_000 * (1 / Math.sqrt(0.95) - 1)) / 0.997;
    expect(found.lac5Units).toBeCloseTo(lac5, 8);
    const flow = (shock: number) => Math.abs(delta(2000 * (1 - shock)) - delta(2000));
    expect(flow(found.shock!)).toBeGreaterThanOrEqual(lac5 * (1 - 1e-9));
    expect(flow(found.shock! - 1e-5)).toBeLessThan(lac5);
    // Short puts gain delta in a fall: the hedger sells.
    expect(found.flowUnits).toBeLessThan(0);
  });

  it('behavior: null when the books are too small, and the other side of the market can differ', () => {
    const small = optionLines([anOptionLine({ quantity: -10 })], { spot: 2000 });
    expect(priceDriverPoint(small, venues).shock).toBeNull();
    const puts = optionLines([anOptionLine({ strike: 1500, quantity: -1000 })], { spot: 2000 });
    expect(priceDriverPoint(puts, venues).shock).not.toBeNull();
    expect(priceDriverPoint(puts, venues, 'up').shock).toBeNull();
  });
});
