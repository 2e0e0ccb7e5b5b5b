import { describe, expect, it } from '@jest/globals';
import type { LendingProtocol, Snapshot } from '#libs/market/index';
import { aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { LendingPolicy, Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

const STEP = 12;
const BONUS = 0.05;

const scenario = (size: number, changes: Partial<Scenario> = {}): Scenario => ({
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', size),
  level: 'v3',
  path: { shape: 'jump', durationSec: 10 * STEP, stepSec: STEP },
  liquidatorLimit: false,
  ...changes,
});

const under = (lendingPolicy: LendingPolicy): Partial<Scenario> => ({ lendingPolicy });

/** One account of 100 ETH with a threshold of 0.8, in a pool too deep to move. */
function lender(health: number, overrides: Partial<LendingProtocol> = {}): Snapshot {
  return aSnapshot({
    pools: [aPool({ fee: 0, reserveBase: 1e9, reserveQuote: 2e12 })],
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0 },
        dustUsd: 0,
        minLeftoverUsd: 0,
        markets: [aLendingMarket({ lt: 0.8, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: 100 }, debt: { USDC: (100 * 2000 * 0.8) / health } })],
        ...overrides,
      }),
    ],
  });
}

describe('dynamic haircuts', () => {
  const haircut = { eta: 1, floor: 0.75, intervalSec: 2 * STEP };
  const markets = [aLendingMarket({ lt: 0.8, bonus: BONUS, protocolFee: 0, haircut })];

  it('default: a threshold falls by eta per unit of excess volatility, never below its floor', () => {
    // A jump of 20 % lifts the realised volatility far above the reference of 0.8: the threshold ends at its floor, 0.75. An
    // account of health 1.05 after the jump at 0.8 is at 0.984 there.
    const snapshot = lender(1.05 / 0.8, { markets });
    const run = dlcmRun({ snapshot, scenario: scenario(0.2) });
    expect(run.liquidations).toBe(1);
    expect(run.events[0]!.liquidations[0]!.health).toBeCloseTo((1.05 * 0.75) / 0.8, 6);
    // The volatility of the jump is known from the tick after it; the interval of two ticks ends with tick 2.
    expect(run.events[0]!.tick).toBe(2);
    expect(dlcmRun({ snapshot, scenario: scenario(0.2, { level: 'v2' }) }).liquidations).toBe(0);
  });

  it('behavior: without excess volatility nothing changes, and a threshold below its floor stays', () => {
    expect(dlcmRun({ snapshot: lender(1.01, { markets }), scenario: scenario(0) }).liquidations).toBe(0);
    const low = [aLendingMarket({ lt: 0.7, bonus: BONUS, protocolFee: 0, haircut })];
    const snapshot = lender((1.05 * 0.8) / (0.8 * 0.7), { markets: low });
    expect(dlcmRun({ snapshot, scenario: scenario(0.2) }).liquidations).toBe(0);
  });

  it('behavior: between floor and start it is LT0 - eta (sigma - sigma_ref)', () => {
    // One jump stays in the window of 25 ticks, after which the volatility falls: the lowest threshold belongs to its peak, which
    // the run itself reports, 0.8 - eta (peak - 0.8).
    const mild = { eta: 0.005, floor: 0, intervalSec: STEP };
    const snapshot = (health: number) =>
      lender(health / 0.8, {
        markets: [aLendingMarket({ lt: 0.8, bonus: BONUS, protocolFee: 0, haircut: mild })],
      });
    const long = scenario(0.2, { path: { shape: 'jump', durationSec: 40 * STEP, stepSec: STEP } });
    const peak = dlcmRun({ snapshot: snapshot(10), scenario: long }).peakRealisedVolatility['ETH']!;
    const lowest = (0.8 - 0.005 * (peak - 0.8)) / 0.8;
    expect(lowest).toBeLessThan(0.99);
    expect(dlcmRun({ snapshot: snapshot(1.0005 / lowest), scenario: long }).liquidations).toBe(0);
    expect(dlcmRun({ snapshot: snapshot(0.9995 / lowest), scenario: long }).liquidations).toBe(1);
  });
});

describe('liquidationDelaySec', () => {
  it('default: who is unhealthy is liquidated once the delay has passed', () => {
    const snapshot = lender(1.05, { liquidationDelaySec: 5 * STEP });
    expect(dlcmRun({ snapshot, scenario: scenario(0.1) }).firstLiquidationSec).toBe(6 * STEP);
    expect(dlcmRun({ snapshot, scenario: scenario(0.1, { level: 'v2' }) }).firstLiquidationSec).toBe(STEP);
  });

  it('behavior: a run does not end while someone waits', () => {
    const snapshot = lender(1.05, { liquidationDelaySec: 50 * STEP });
    expect(dlcmRun({ snapshot, scenario: scenario(0.1) }).firstLiquidationSec).toBe(51 * STEP);
  });

  it('behavior: who recovers waits anew', () => {
    // Down 10 % until 40 % of the time, back from 60 % on, down again at the end: ticks 4 to 6 are unhealthy, too few.
    const knots = [
      { at: 0, share: 0 },
      { at: 0.3, share: 0 },
      { at: 0.31, share: 1 },
      { at: 1, share: 1 },
    ];
    const snapshot = lender(1.05, { liquidationDelaySec: 3 * STEP });
    const path = { shape: { knots }, durationSec: 10 * STEP, stepSec: STEP };
    const run = dlcmRun({ snapshot, scenario: scenario(0.1, { path }) });
    expect(run.firstLiquidationSec).toBe(7 * STEP);
  });
});

describe('lendingPolicy', () => {
  it('default: haltToxic leaves accounts above the loan-to-value of 1 / (1 + b) alone', () => {
    // After a jump of 30 %: collateral 140,000. Toxic when debt x (1 + b) > collateral: 133,333.
    const debt = (health: number) => (100 * 2000 * 0.8) / health;
    for (const [health, toxic] of [
      [160_000 / 134_000, true],
      [160_000 / 133_000, false],
    ] as const) {
      expect(debt(health) * (1 + BONUS) > 140_000).toBe(toxic);
      const run = dlcmRun({ snapshot: lender(health), scenario: scenario(0.3, under({ haltToxic: true })) });
      expect(run.liquidations).toBe(toxic ? 0 : 1);
      expect(dlcmRun({ snapshot: lender(health), scenario: scenario(0.3) }).liquidations).toBe(1);
    }
  });

  it('behavior: a close-factor cap makes liquidation gradual', () => {
    const policy = under({ maxCloseFactor: 0.1 });
    const run = dlcmRun({ snapshot: lender(1.05), scenario: scenario(0.1, policy) });
    const [first] = run.events[0]!.liquidations;
    expect(first!.repaid).toBeCloseTo((0.1 * 100 * 2000 * 0.8) / 1.05, 2);
    expect(run.liquidations).toBeGreaterThan(1);
  });

  it('behavior: a circuit breaker holds seizures back for its pause', () => {
    const circuitBreaker = { fall: 0.08, windowSec: 2 * STEP, pauseSec: 4 * STEP };
    // The jump of tick 1 is seen at the start of tick 2: the liquidation of tick 1 still happens.
    const slow = lender(1.05, {
      oracle: { latencySec: STEP, twapSec: 0, heartbeatSec: null, deviation: null },
    });
    expect(dlcmRun({ snapshot: slow, scenario: scenario(0.1) }).firstLiquidationSec).toBe(2 * STEP);
    const run = dlcmRun({ snapshot: slow, scenario: scenario(0.1, under({ circuitBreaker })) });
    expect(run.firstLiquidationSec).toBe(6 * STEP);
    // In a window of 20 ticks the fall is seen until tick 21: the pauses of ticks 2, 6, ..., 18 follow each other, up to 22.
    const long = under({ circuitBreaker: { ...circuitBreaker, windowSec: 20 * STEP } });
    expect(dlcmRun({ snapshot: slow, scenario: scenario(0.1, long) }).firstLiquidationSec).toBe(22 * STEP);
  });

  it.each<[LendingPolicy, string]>([
    [{ maxCloseFactor: 0 }, 'lendingPolicy.maxCloseFactor'],
    [{ circuitBreaker: { fall: 2, windowSec: 1, pauseSec: 1 } }, 'lendingPolicy.circuitBreaker.fall'],
    [{ circuitBreaker: { fall: 0.1, windowSec: 0, pauseSec: 1 } }, 'lendingPolicy.circuitBreaker.windowSec'],
  ])('error: DLCM-142 for %p', (policy, field) => {
    expect(() => dlcmRun({ snapshot: lender(2), scenario: scenario(0, under(policy)) })).toThrow(
      expect.objectContaining({ code: 'DLCM-142', field }),
    );
  });
});
