import { describe, expect, it } from '@jest/globals';
import { aChain, aPool, aSnapshot } from '#test/support/builders';
import { MetricInputError } from './error.js';
import { lacByChain } from './lac-by-chain.js';

const OTHER = 'eip155:10';
const snapshot = aSnapshot({
  chains: [aChain(), aChain({ id: OTHER })],
  pools: [
    aPool(),
    aPool({ id: 'far', chain: OTHER, reserveBase: 1000, reserveQuote: 2_000_000, fee: 0.01 }),
    aPool({ id: 'near', reserveBase: 500, reserveQuote: 1_000_000 }),
  ],
});

describe('lacByChain', () => {
  it('default: each chain counts its own pools, x (1 / sqrt(1 - theta) - 1) / (1 - fee)', () => {
    const rows = lacByChain(snapshot, { asset: 'ETH', shift: 0.05 });
    const reach = 1 / Math.sqrt(0.95) - 1;
    expect(rows.map((row) => row.chain)).toEqual(['eip155:10', 'eip155:31337']);
    expect(rows[0]!.units).toBeCloseTo((1000 * reach) / 0.99, 9);
    expect(rows[1]!.units).toBeCloseTo((10_500 * reach) / 0.997, 8);
    expect(rows[0]!.usd).toBeCloseTo(rows[0]!.units * 2000, 6);
  });

  it('behavior: a chain without a pool of the asset is left out', () => {
    expect(lacByChain(snapshot, { asset: 'USDC', shift: 0.05 })).toEqual([]);
  });

  it('error: DLCM-130 for an unknown asset', () => {
    expect(() => lacByChain(snapshot, { asset: 'DOGE', shift: 0.05 })).toThrow(MetricInputError);
  });
});
