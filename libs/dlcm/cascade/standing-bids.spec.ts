import { describe, expect, it } from '@jest/globals';
import { aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { StandingBid } from '../scenario.js';
import { ScenarioError } from './error.js';
import { runCascade } from './run.js';
import { systemOf } from './system.js';

const SPOT = 2000;
const PRICE = 1500;
const BONUS = 0.05;
const DEBT = 1_210_000;

/** One account of 1,000 ETH, closed in full after a jump to 1,500, on a fee-free pool of 10,000 ETH at 2,000. */
const snapshot = aSnapshot({
  pools: [aPool({ fee: 0, reserveBase: 10_000, reserveQuote: 10_000 * SPOT })],
  lending: [
    aLendingProtocol({
      closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
      markets: [aLendingMarket({ lt: 0.8, bonus: BONUS, protocolFee: 0 })],
      positions: [aPosition({ collateral: { ETH: 1000 }, debt: { USDC: DEBT } })],
    }),
  ],
});
const bid: StandingBid = {
  asset: 'ETH',
  protocol: 'aave',
  discount: 0.01,
  budgetUsd: 1e9,
  maxUsdPerTick: 1e9,
};

function run(standingBids: readonly StandingBid[], size = 0.25) {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  const path = { shape: 'jump' as const, durationSec: 12, stepSec: 12 };
  return runCascade(systemOf(snapshot), { ...base, level: 'v2', path, standingBids });
}

describe('standing bids', () => {
  it('default: the pool is sold down to the bid, the bid takes the rest at its price', () => {
    // After the jump the pool holds x = sqrt(k / 1,500); down to 0.99 x 1,500 it takes x (1 / sqrt(0.99) - 1).
    const { state } = run([bid]);
    const x = Math.sqrt((10_000 * 10_000 * SPOT) / PRICE);
    const seized = (DEBT * (1 + BONUS)) / PRICE;
    const bought = seized - x * (1 / Math.sqrt(0.99) - 1);
    expect(state.bids[0]!.bought).toBeCloseTo(bought, 4);
    expect(state.bids[0]!.budgetUsd).toBeCloseTo(1e9 - bought * 0.99 * PRICE, 1);
    expect(state.market[state.system.assets.index.get('ETH')!]).toBeCloseTo(0.99 * PRICE, 4);
  });

  it('behavior: a small budget is spent once, then the sale goes on against the pool', () => {
    const { state, totals } = run([{ ...bid, budgetUsd: 30_000 }]);
    const [own] = state.bids;
    expect(own!.bought).toBeCloseTo(30_000 / (0.99 * PRICE), 3);
    expect(own!.budgetUsd).toBeLessThan(1);
    expect(own!.spent).toBe(true);
    expect(totals.liquidations).toBeGreaterThan(1);
    expect(state.market[state.system.assets.index.get('ETH')!]).toBeLessThan(0.98 * PRICE);
  });

  it('behavior: with a late oracle the sale waits on the pool, and the bid buys its allowance tick by tick', () => {
    const late = { latencySec: 24, twapSec: 0, heartbeatSec: null, deviation: null };
    const [protocol] = snapshot.lending;
    const system = systemOf({ ...snapshot, lending: [{ ...protocol!, oracle: late }] });
    const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.25);
    const path = { shape: 'exp' as const, durationSec: 120, stepSec: 12 };
    const standingBids = [{ ...bid, maxUsdPerTick: 10_000 }];
    const { state } = runCascade(system, { ...base, level: 'v2', path, standingBids });
    const allowances = (1e9 - state.bids[0]!.budgetUsd) / 10_000;
    expect(allowances).toBeGreaterThan(1.5);
    expect(allowances).toBeCloseTo(Math.round(allowances), 6);
  });

  it('behavior: a bid below the break-even price of the liquidators buys nothing', () => {
    expect(run([{ ...bid, discount: 0.06 }]).state.bids[0]!.bought).toBe(0);
  });

  it('behavior: both examiners see a bid alike, held back orders included', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const system = systemOf(smallSystem(seed));
      const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.3);
      const path = { shape: 'exp' as const, durationSec: 120, stepSec: 12 };
      const small = { ...bid, protocol: 'lend-0', discount: 0.03, budgetUsd: 60_000, maxUsdPerTick: 9000 };
      const outcome = (examine: 'scan' | 'indexed') => {
        const done = runCascade(system, { ...base, path, standingBids: [small] }, { examine });
        return [done.status, done.totals.liquidations, done.state.bids[0]!.budgetUsd, [...done.state.market]];
      };
      expect(outcome('indexed')).toEqual(outcome('scan'));
    }
  });

  it('error: DLCM-142 for an asset or protocol that the snapshot lacks, and for a discount out of range', () => {
    expect(() => run([{ ...bid, asset: 'DOGE' }])).toThrow(ScenarioError);
    expect(() => run([{ ...bid, protocol: 'nobody' }])).toThrow(ScenarioError);
    expect(() => run([{ ...bid, discount: 1 }])).toThrow(ScenarioError);
  });
});
