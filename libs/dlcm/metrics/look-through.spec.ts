import { describe, expect, it } from '@jest/globals';
import type { NestedToken } from '#libs/market/index';
import { aLendingProtocol, anAsset, aPosition, aSnapshot, aStable } from '#test/support/builders';
import { MetricInputError } from './error.js';
import { lookThroughCollateral } from './look-through.js';

const lst: NestedToken = {
  token: 'stETH',
  formula: { kind: 'lst', underlying: 'ETH', redemptionRate: 1.1, discountPool: null },
};
const lp: NestedToken = { token: 'LP', formula: { kind: 'lp', pool: 'eth-usdc-30', supply: 10 } };
const basket: NestedToken = { token: 'IDX', formula: { kind: 'basket', backing: { stETH: 1, USDC: 2200 } } };

function holding(collateral: Record<string, number>, nested: readonly NestedToken[]) {
  const price = { stETH: 2200, LP: 100, IDX: 4400 };
  return aSnapshot({
    assets: [
      anAsset(),
      aStable(),
      ...nested.map(({ token }) =>
        anAsset({ id: token, kind: 'nested', spot: price[token as keyof typeof price] }),
      ),
    ],
    nested,
    lending: [aLendingProtocol({ positions: [aPosition({ collateral, debt: {} })] })],
  });
}

describe('lookThroughCollateral', () => {
  it('default: plain collateral at its own price', () => {
    expect([...lookThroughCollateral(holding({ ETH: 2, USDC: 50 }, []))]).toEqual([
      ['ETH', 4000],
      ['USDC', 50],
    ]);
  });

  it('behavior: a staking token, a pool share and a basket of them end in their roots', () => {
    const roots = lookThroughCollateral(holding({ stETH: 1, LP: 3, IDX: 1 }, [lst, lp, basket]));
    // 2,200 of stETH; 300 of LP, half each; 4,400 of the basket, half stETH and half USDC
    expect(roots.get('ETH')).toBeCloseTo(2200 + 150 + 2200, 9);
    expect(roots.get('USDC')).toBeCloseTo(150 + 2200, 9);
    expect(roots.size).toBe(2);
  });

  it('error: DLCM-130 for a token that holds itself or a pool that is missing', () => {
    const self: NestedToken = { token: 'IDX', formula: { kind: 'basket', backing: { IDX: 1 } } };
    expect(() => lookThroughCollateral(holding({ IDX: 1 }, [self]))).toThrow(MetricInputError);
    const gone: NestedToken = { token: 'LP', formula: { kind: 'lp', pool: 'gone', supply: 10 } };
    expect(() => lookThroughCollateral(holding({ LP: 1 }, [gone]))).toThrow(MetricInputError);
  });
});
