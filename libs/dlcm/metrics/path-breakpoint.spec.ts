import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '#libs/market/index';
import { aLendingMarket, aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { runCascade } from '../cascade/run.js';
import { systemOf } from '../cascade/system.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import { breakpointWatch } from './path-breakpoint.js';

/** A linear path in the logarithm without price impact: after tick k the price is 2000 x 0.5^(k / 10). */
const scenario = {
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.5),
  level: 'v1' as const,
  path: { shape: 'linear' as const, durationSec: 120, stepSec: 12 },
};
const priceAt = (tick: number): number => 2000 * Math.pow(0.5, tick / 10);

function market(debt: number, latencySec: number): Snapshot {
  return aSnapshot({
    lending: [
      aLendingProtocol({
        oracle: { latencySec, twapSec: 0, heartbeatSec: null, deviation: null },
        markets: [aLendingMarket({ lt: 0.8 })],
        positions: [aPosition({ collateral: { ETH: 100 }, debt: { USDC: debt } })],
      }),
    ],
  });
}

function watched(snapshot: Snapshot) {
  const watch = breakpointWatch('ETH');
  runCascade(systemOf(snapshot), scenario, { observer: watch });
  return watch.found();
}

describe('breakpointWatch', () => {
  it('default: the path price of the first tick at which all collateral x threshold is below all debt', () => {
    // Short below 110,000 / (100 x 0.8) = 1,375; the path passes it between ticks 5 (1,414) and 6 (1,320).
    const [found] = watched(market(110_000, 0));
    expect(found!.protocol).toBe('aave');
    expect(found!.sec).toBe(72);
    expect(found!.price).toBeCloseTo(priceAt(6), 9);
  });

  it('behavior: a late oracle finds it as many ticks later, at the lower market price of that moment', () => {
    const [found] = watched(market(110_000, 24));
    expect(found!.sec).toBe(96);
    expect(found!.price).toBeCloseTo(priceAt(8), 9);
  });

  it('behavior: null when the book holds out', () => {
    expect(watched(market(50_000, 0))).toEqual([{ protocol: 'aave', price: null, sec: null }]);
  });
});
