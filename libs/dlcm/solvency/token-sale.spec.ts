import { describe, expect, it } from '@jest/globals';
import { aPool } from '#test/support/builders';
import { venuesOf } from '../amm/index.js';
import { backstopTokenSale } from './token-sale.js';

// A fee-free pool of 100,000 tokens and 1 m USDC: a sale of Q gives 1e6 Q / (1e5 + Q), so N needs Q = 1e5 N / (1e6 - N).
const X = 100_000;
const Y = 1_000_000;
const venues = venuesOf([aPool({ base: 'GOV', fee: 0, reserveBase: X, reserveQuote: Y })], 10);
const sale = (slashable: number, needUsd: number) =>
  backstopTokenSale({ venues, quoteUsd: 1, sellers: [{ slashable, needUsd }] });

describe('backstopTokenSale', () => {
  it('default: sells the smallest amount that raises the need', () => {
    const result = sale(50_000, 100_000);
    expect(result.soldUnits / ((X * 100_000) / (Y - 100_000))).toBeCloseTo(1, 9);
    expect(result.proceedsUsd).toBe(100_000);
    expect(result.layerRemoved).toBe(false);
  });

  it('behavior: sells everything when that does not suffice, and says that the layer is gone', () => {
    const result = sale(25_000, 300_000);
    expect(result.soldUnits).toBeCloseTo(25_000, 3);
    expect(result.proceedsUsd / ((Y * 25_000) / 125_000)).toBeCloseTo(1, 9);
    expect(result.layerRemoved).toBe(true);
  });

  it('behavior: more than the pool holds is never raised, however much may be sold', () => {
    const result = sale(1e12, 2 * Y);
    expect(result.proceedsUsd).toBeLessThan(Y);
    expect(result.layerRemoved).toBe(true);
  });

  it('behavior: no need and no tokens sell nothing', () => {
    expect(sale(50_000, 0)).toMatchObject({ soldUnits: 0, proceedsUsd: 0, layerRemoved: false });
    expect(sale(0, 100)).toMatchObject({ soldUnits: 0, proceedsUsd: 0, layerRemoved: true });
  });

  it('behavior: sellers in one batch share one price; one need split in two raises the same', () => {
    const batch = backstopTokenSale({
      venues,
      quoteUsd: 1,
      sellers: [
        { slashable: 5000, needUsd: 60_000 },
        { slashable: 50_000, needUsd: 40_000 },
      ],
    });
    // The first has too little at any price below 12: it sells all 5,000. Q = 5,000 + 40,000 / P with P = 1e6 / (1e5 + Q):
    // Q = 5,000 + 0.04 (1e5 + Q) = 9,000 / 0.96.
    const q = 9000 / 0.96;
    const p = Y / (X + q);
    expect(batch.soldUnits / q).toBeCloseTo(1, 9);
    expect(batch.raisedUsd[0]! / (5000 * p)).toBeCloseTo(1, 9);
    expect(batch.raisedUsd[1]).toBe(40_000);
    const halves = backstopTokenSale({
      venues,
      quoteUsd: 1,
      sellers: [
        { slashable: 25_000, needUsd: 50_000 },
        { slashable: 25_000, needUsd: 50_000 },
      ],
    });
    expect(halves.soldUnits / sale(50_000, 100_000).soldUnits).toBeCloseTo(1, 12);
  });

  it('behavior: loss of confidence sells into a price that has already fallen', () => {
    // kappa 2, a loss of a tenth of the market value: the pool stands at 10 exp(-0.2), k = 1e11.
    const reflexivity = { kappa: 2, uncoveredUsd: 100_000, marketCapUsd: 1_000_000 };
    const result = backstopTokenSale({
      venues,
      quoteUsd: 1,
      sellers: [{ slashable: 25_000, needUsd: 1e9 }],
      reflexivity,
    });
    const price = 10 * Math.exp(-0.2);
    const [x, y] = [Math.sqrt((X * Y) / price), Math.sqrt(X * Y * price)];
    expect(result.proceedsUsd / ((y * 25_000) / (x + 25_000))).toBeCloseTo(1, 9);
  });
});
