import { describe, expect, it } from '@jest/globals';
import {
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOrderBook,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
  aStablePool,
} from '#test/support/builders';
import { stableCurve } from '../amm/stable-ranges.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

function jump(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return {
    ...base,
    path: { shape: 'jump', durationSec: 12, stepSec: 12 },
    liquidatorLimit: false,
    ...overrides,
  };
}

const lender = (collateral: Record<string, number>, debt: Record<string, number>) =>
  aLendingProtocol({
    closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
    markets: Object.keys(collateral).map((asset) => aLendingMarket({ asset, lt: 0.8, protocolFee: 0 })),
    positions: [aPosition({ collateral, debt })],
  });

describe('dlcmRun with an order book as the only venue', () => {
  it('default: the makers follow the shock and a liquidation walks their levels', () => {
    // At 1,600: 20 ETH x 1,600 x 0.8 = 25,600 < 26,000. Z = 26,000 x 1.05 / 1,600 = 17.06: all of the 10 at 0.99, 7.06 at 0.95.
    const snapshot = aSnapshot({ pools: [anOrderBook()], lending: [lender({ ETH: 20 }, { USDC: 26_000 })] });
    const result = dlcmRun({ snapshot, scenario: jump(0.2) });
    expect(result.liquidations).toBe(1);
    expect(result.totalValueLiquidatedUsd).toBeCloseTo(27_300, 2);
    expect(result.finalPrice['ETH']! / (1600 * 0.95)).toBeCloseTo(1, 6);
    expect(result.status).toBe('STABLE');
  });

  it('behavior: a book too thin for the forced sale is drained: ZERO', () => {
    const snapshot = aSnapshot({ pools: [anOrderBook()], lending: [lender({ ETH: 60 }, { USDC: 80_000 })] });
    expect(dlcmRun({ snapshot, scenario: jump(0.2) }).status).toBe('ZERO');
  });

  it('behavior: levels that are posted again carry the next sale', () => {
    // Two accounts; the second becomes liquidatable a tick later, on a linear fall in two ticks.
    const lending = [
      lender({ ETH: 20 }, { USDC: 28_000 }),
      { ...lender({ ETH: 20 }, { USDC: 24_000 }), id: 'b' },
    ];
    const path = { shape: 'linear', durationSec: 24, stepSec: 12 } as const;
    const run = (refillPerTick: number) =>
      dlcmRun({
        snapshot: aSnapshot({ pools: [anOrderBook({ refillPerTick })], lending }),
        scenario: jump(0.3, { path, permanentImpact: 0 }),
      });
    expect(run(1).status).toBe('STABLE');
    expect(run(0).status).toBe('ZERO');
  });
});

describe('dlcmRun with a StableSwap pool', () => {
  it('default: liquidated staked ETH is sold for ETH on the curve and presses ETH in the same round', () => {
    const stable = aStablePool({
      id: 'steth-eth',
      base: 'STETH',
      quote: 'ETH',
      amplification: 50,
      coins: [
        { asset: 'STETH', balance: 5000, rate: 1 },
        { asset: 'ETH', balance: 5000, rate: 1 },
      ],
    });
    const snapshot = aSnapshot({
      assets: [anAsset(), anAsset({ id: 'STETH', beta: { ETH: 1, STETH: 1 } }), aStable()],
      pools: [aPool({ fee: 0 }), stable],
      lending: [lender({ STETH: 1000 }, { USDC: 1_500_000 })],
    });
    const result = dlcmRun({ snapshot, scenario: jump(0.25) });
    // At 1,500 all 1,000 are wanted (1,500,000 x 1.05 / 1,500 = 1,050). The curve's own x and y give the ETH that come out.
    const curve = stableCurve(stable);
    const eth = curve.quoteAt(5000) - curve.quoteAt(6000);
    const x = Math.sqrt((10_000 * 20_000_000) / 1500);
    expect(result.finalPrice['ETH']! / (1500 * (x / (x + eth)) ** 2)).toBeCloseTo(1, 7);
    expect(
      result.finalPrice['STETH']! / (result.finalPrice['ETH']! * curve.priceOf(6000, curve.quoteAt(6000))),
    ).toBeCloseTo(1, 6);
  });
});
