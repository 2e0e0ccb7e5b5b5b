import { describe, expect, it } from '@jest/globals';
import type { LendingProtocol, Snapshot } from '#libs/market/index';
import {
  aBook,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';
import { runCascade } from './run.js';
import { systemOf } from './system.js';

const SPOT = 2000;
const LT = 0.8;
const BONUS = 0.05;

/** A jump of the given size in one 12 s tick, without hedge books in the way of the closed forms. */
function jump(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return { ...base, path: { shape: 'jump', durationSec: 12, stepSec: 12 }, ...overrides };
}

/** One account, one fee-free constant product pool of 10,000 ETH, whole-debt liquidations, no protocol fee. */
function oneAccount(
  account: { eth: number; usdc: number },
  protocol: Partial<LendingProtocol> = {},
): Snapshot {
  return aSnapshot({
    pools: [aPool({ fee: 0, reserveBase: 10_000, reserveQuote: 10_000 * SPOT })],
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: LT, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: account.eth }, debt: { USDC: account.usdc } })],
        ...protocol,
      }),
    ],
  });
}

describe('dlcmRun', () => {
  it('default: a liquidation that pays off moves the pool by its closed form', () => {
    // Price after the jump p = 1,500; the re-centred pool holds x = sqrt(k / p). Z = D (1 + b) / p is sold without a limit:
    // p' = p (x / (x + Z))^2. Health before: 1,000 x 1,500 x 0.8 / 1,210,000 < 1.
    const debt = 1_210_000;
    const result = dlcmRun({
      snapshot: oneAccount({ eth: 1000, usdc: debt }),
      scenario: jump(0.25, { liquidatorLimit: false }),
    });
    const p = 1500;
    const x = Math.sqrt((10_000 * 10_000 * SPOT) / p);
    const seized = (debt * (1 + BONUS)) / p;
    expect(result.status).toBe('STABLE');
    expect(result.finalPrice['ETH']! / (p * (x / (x + seized)) ** 2)).toBeCloseTo(1, 9);
    expect(result.totalValueLiquidatedUsd).toBeCloseTo(seized * p, 3);
    expect(result.debtRepaidUsd).toBeCloseTo(debt, 6);
    expect(result.badDebtUsd).toBe(0);
    expect(result.liquidations).toBe(1);
    expect(result.firstLiquidationSec).toBe(12);
    expect(result.liquidatedAccounts).toEqual(['aave/alice']);
  });

  it('behavior: collateral that does not cover the debt leaves D - C p / (1 + b) as bad debt', () => {
    const result = dlcmRun({
      snapshot: oneAccount({ eth: 10, usdc: 15_000 }),
      scenario: jump(0.5, { liquidatorLimit: false }),
    });
    expect(result.badDebtUsd).toBeCloseTo(15_000 - (10 * 1000) / (1 + BONUS), 6);
    expect(result.latentBadDebtUsd).toBe(0);
  });

  it('behavior: with a stale oracle the sale stops where the bonus no longer pays', () => {
    // Unhealthy at the snapshot, oracle held at 2,000 by its heartbeat: the pool is sold from 2,000 to 2,000 / 1.05,
    // which takes x (sqrt(1.05) - 1) = 246.95 ETH of the 4,252.5 wanted.
    const snapshot = oneAccount(
      { eth: 5000, usdc: 8_100_000 },
      { oracle: { latencySec: 0, twapSec: 0, heartbeatSec: 1e9, deviation: null } },
    );
    const run = runCascade(systemOf(snapshot), jump(0));
    const sold = 10_000 * (Math.sqrt(1 + BONUS) - 1);
    expect(run.state.market[0]! / (SPOT / (1 + BONUS))).toBeCloseTo(1, 9);
    expect(5000 - run.state.units[0]!).toBeCloseTo(sold, 6);
  });

  it('behavior: a run waits until the slowest oracle has seen the end of the path', () => {
    // Healthy until the last tick of the path; the oracle is four ticks late, so that nobody acts while the price moves.
    // 1,000 x 2,000 x 0.75 x 0.8 = 1,200,000 at the end, 1,218,000 one tick before.
    const oracle = { latencySec: 48, twapSec: 0, heartbeatSec: null, deviation: null };
    const result = dlcmRun({
      snapshot: oneAccount({ eth: 1000, usdc: 1_202_000 }, { oracle }),
      scenario: jump(0.25, { path: { shape: 'exp', durationSec: 120, stepSec: 12 } }),
    });
    expect(result.liquidatedAccounts).toEqual(['aave/alice']);
    expect(result.firstLiquidationSec).toBe(120 + 48);
  });

  it('behavior: level v1 ends on the exogenous path whatever is liquidated', () => {
    const result = dlcmRun({
      snapshot: { ...oneAccount({ eth: 1000, usdc: 1_500_000 }), books: [aBook()] },
      scenario: jump(0.3, { level: 'v1' }),
    });
    expect(result.finalPrice['ETH']).toBeCloseTo(1400, 9);
    expect(result.liquidations).toBeGreaterThan(0);
    expect(result.hedgeVolume['ETH']).toBe(0);
  });

  it('behavior: an up-shock squeezes a short: its debt is bought on the pool', () => {
    // Collateral USDC, debt ETH: Z = R o_d (1 + b) / o_c, R = D; buying D moves the re-centred pool to p (x / (x - D))^2.
    const snapshot = oneAccount(
      { eth: 1, usdc: 1 },
      {
        markets: [aLendingMarket({ asset: 'USDC', lt: LT, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { USDC: 300_000 }, debt: { ETH: 100 } })],
      },
    );
    const scenario = jump(0.25, { liquidatorLimit: false });
    const result = dlcmRun({
      snapshot,
      scenario: { ...scenario, shock: { ...scenario.shock, direction: 'up' } },
    });
    const p = 2500;
    const x = Math.sqrt((10_000 * 10_000 * SPOT) / p);
    expect(result.finalPrice['ETH']! / (p * (x / (x - 100)) ** 2)).toBeCloseTo(1, 9);
  });

  it('behavior: a short straddle-free maker hedges to zero delta and pushes the price with the move', () => {
    const snapshot = aSnapshot({
      lending: [],
      books: [aBook({ options: [anOptionLine({ quantity: -500, strike: 1900 })] })],
    });
    const result = dlcmRun({ snapshot, scenario: jump(0.1) });
    // A short put's owner is long delta; as the price falls the put's delta grows and the hedge sells more.
    expect(result.hedgeNetTrade['ETH']).toBeLessThan(0);
    expect(result.finalPrice['ETH']).toBeLessThan(1800);
    expect(result.exogenousPrice['ETH']).toBeCloseTo(1800, 9);
  });

  it('behavior: a top-up is used once, before the check, and can avert the liquidation', () => {
    const position = (amount: number) =>
      aPosition({
        collateral: { ETH: 1 },
        debt: { USDC: 1500 },
        topUp: { chain: 'eip155:31337', asset: 'USDC', amount, ifHfBelow: 1.01 },
      });
    const run = (amount: number) =>
      dlcmRun({
        snapshot: oneAccount({ eth: 1, usdc: 1 }, { positions: [position(amount)] }),
        scenario: jump(0.1, { liquidatorLimit: false }),
      });
    // At 1,800: capacity 1,440 < 1,500; repaying 100 leaves 1,400 and health above 1.
    expect(run(100).liquidations).toBe(0);
    expect(run(10).liquidations).toBe(1);
  });

  it('behavior: block capacity spreads liquidations over ticks', () => {
    const base = oneAccount({ eth: 100, usdc: 150_000 });
    const chains = [{ ...base.chains[0]!, blockTimeSec: 12, liquidationCapacityUsdPerBlock: 50_000 }];
    const result = dlcmRun({
      snapshot: { ...base, chains },
      scenario: jump(0.2, { liquidatorLimit: false }),
    });
    const perTick = new Map<number, number>();
    for (const event of result.events.flatMap((round) => round.liquidations)) {
      perTick.set(event.tick, (perTick.get(event.tick) ?? 0) + event.repaid);
    }
    expect(perTick.size).toBeGreaterThan(2);
    for (const repaid of perTick.values()) expect(repaid).toBeLessThanOrEqual(50_000 * (1 + 1e-12));
  });

  it('behavior: a pool too small for the forced sale is drained: ZERO', () => {
    const snapshot = {
      ...oneAccount({ eth: 1_000_000, usdc: 1_300_000_000 }),
      pools: [aPool({ fee: 0, reserveBase: 1, reserveQuote: SPOT })],
    };
    const result = dlcmRun({ snapshot, scenario: jump(0.3, { liquidatorLimit: false }) });
    expect(result.status).toBe('ZERO');
    expect(result.drained).toEqual(['ETH']);
  });

  it('behavior: realised volatility does not depend on the tick (6.23-6.27 for -40 % in 900 s, MODEL 0.2)', () => {
    const snapshot = aSnapshot({ lending: [] });
    for (const stepSec of [4, 12, 60]) {
      const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.4);
      const result = dlcmRun({ snapshot, scenario: { ...base, path: { ...base.path, stepSec } } });
      expect(result.peakRealisedVolatility['ETH']).toBeGreaterThan(6.2);
      expect(result.peakRealisedVolatility['ETH']).toBeLessThan(6.3);
    }
  });

  it('behavior: sales of a token quoted in ETH press ETH in the same round', () => {
    const snapshot = aSnapshot({
      assets: [anAsset(), anAsset({ id: 'WSTETH', spot: 2400, beta: { ETH: 1, WSTETH: 1 } }), aStable()],
      pools: [
        aPool({ fee: 0 }),
        aPool({
          id: 'wsteth-eth',
          base: 'WSTETH',
          quote: 'ETH',
          fee: 0,
          reserveBase: 10_000,
          reserveQuote: 12_000,
        }),
      ],
      lending: [
        aLendingProtocol({
          closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
          markets: [aLendingMarket({ asset: 'WSTETH', lt: LT, bonus: BONUS, protocolFee: 0 })],
          positions: [aPosition({ collateral: { WSTETH: 1000 }, debt: { USDC: 1_500_000 } })],
        }),
      ],
    });
    const result = dlcmRun({ snapshot, scenario: jump(0.25, { liquidatorLimit: false }) });
    // z tokens into x y = k of the wstETH/ETH pool (price 1.2 untouched by the shock) give q ETH, which press ETH/USDC.
    const z = (1_500_000 * 1.05) / 1800;
    const q = (12_000 * z) / (10_000 + z);
    const x = Math.sqrt((10_000 * 20_000_000) / 1500);
    expect(result.finalPrice['ETH']! / (1500 * (x / (x + q)) ** 2)).toBeCloseTo(1, 8);
    expect(
      result.finalPrice['WSTETH']! / (result.finalPrice['ETH']! * 1.2 * (10_000 / (10_000 + z)) ** 2),
    ).toBeCloseTo(1, 8);
  });
});

describe('systemOf', () => {
  it('error: DLCM-141 for a dangling asset and for two quote assets of one base', () => {
    const dangling = aLendingProtocol({ positions: [aPosition({ debt: { DAI: 1 } })] });
    expect(() => systemOf(aSnapshot({ lending: [dangling] }))).toThrow(
      expect.objectContaining({ code: 'DLCM-141', value: 'DAI' }),
    );
    const module = aLendingProtocol({ safetyModule: { token: 'AAVE', amount: 1, slashable: 0.3 } });
    expect(() => systemOf(aSnapshot({ lending: [module] }))).toThrow(
      expect.objectContaining({ code: 'DLCM-141', value: 'AAVE' }),
    );
    const assets = [anAsset(), aStable(), aStable({ id: 'DAI' })];
    const pools = [aPool(), aPool({ id: 'eth-dai', quote: 'DAI' })];
    expect(() => systemOf(aSnapshot({ assets, pools }))).toThrow(
      expect.objectContaining({ code: 'DLCM-141' }),
    );
  });

  it('error: DLCM-142 names the scenario field', () => {
    const run = () => dlcmRun({ snapshot: aSnapshot(), scenario: jump(1.5) });
    expect(run).toThrow(expect.objectContaining({ code: 'DLCM-142', value: '1.5' }));
  });
});
