import { describe, expect, it } from '@jest/globals';
import type { Bridge, Snapshot } from '#libs/market/index';
import {
  aBook,
  aChain,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
  CHAIN_ID,
} from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

const FAR = 'eip155:10';
const STEP = 12;

function aBridge(overrides: Partial<Bridge> = {}): Bridge {
  return {
    id: 'canonical',
    from: CHAIN_ID,
    to: FAR,
    assets: ['ETH'],
    latencySec: 600,
    failsAtSec: null,
    depeg: 0,
    ...overrides,
  };
}

/** A lender on the far chain; by default 1,000 ETH, health 1.02 at 2,000, closed whole, no dust rules. */
function farLender(overrides: Parameters<typeof aLendingProtocol>[0] = {}) {
  return aLendingProtocol({
    id: 'far-lend',
    chain: FAR,
    closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
    dustUsd: 0,
    minLeftoverUsd: 0,
    markets: [aLendingMarket({ lt: 0.8, protocolFee: 0 }), aLendingMarket({ asset: 'USDC', lt: 0.8 })],
    positions: [aPosition({ collateral: { ETH: 1000 }, debt: { USDC: (1000 * 2000 * 0.8) / 1.02 } })],
    ...overrides,
  });
}

/** Two chains; 10,000 ETH / 20 m USDC pools without fee near, 1,000 ETH / 2 m far. */
function twoChains(overrides: Partial<Snapshot> = {}): Snapshot {
  return aSnapshot({
    chains: [aChain(), aChain({ id: FAR })],
    pools: [
      aPool({ fee: 0 }),
      aPool({ id: 'far', chain: FAR, reserveBase: 1000, reserveQuote: 2_000_000, fee: 0 }),
    ],
    lending: [farLender()],
    bridges: [aBridge()],
    ...overrides,
  });
}

const jump = (size: number, changes: Partial<Scenario> = {}): Scenario => ({
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', size),
  level: 'v3',
  path: { shape: 'jump', durationSec: STEP, stepSec: STEP },
  liquidatorLimit: false,
  ...changes,
});

/** ETH seized in a jump of s when the debt is repaid whole with a bonus of 5 %, all of it sold. */
const sold = (s: number) => ((1000 * 2000 * 0.8) / 1.02) * (1.05 / (2000 * (1 - s)));
/** Price of a constant product pool of x ETH at price p after selling q without a fee: p (x / (x + q))^2. */
const after = (p: number, x: number, q: number) => p * (x / (x + q)) * (x / (x + q));
const reserve = (x: number, s: number) => x / Math.sqrt(1 - s);

describe('market segments', () => {
  it('default: an alive bridge makes one market, whose depth is that of both chains', () => {
    const { finalPriceByChain, finalPrice } = dlcmRun({ snapshot: twoChains(), scenario: jump(0.1) });
    const expected = after(1800, reserve(11_000, 0.1), sold(0.1));
    expect(finalPriceByChain[CHAIN_ID]!['ETH']! / expected).toBeCloseTo(1, 7);
    expect(finalPriceByChain[FAR]).toEqual(finalPriceByChain[CHAIN_ID]);
    expect(finalPrice['ETH']).toBe(finalPriceByChain[CHAIN_ID]!['ETH']);
  });

  it('behavior: at level v2 each chain is alone', () => {
    const scenario = jump(0.1, { level: 'v2' });
    const { finalPriceByChain, finalPrice } = dlcmRun({ snapshot: twoChains(), scenario });
    expect(finalPriceByChain[CHAIN_ID]!['ETH']).toBeCloseTo(1800, 9);
    expect(finalPriceByChain[FAR]!['ETH']! / after(1800, reserve(1000, 0.1), sold(0.1))).toBeCloseTo(1, 7);
    expect(finalPrice['ETH']).toBeCloseTo(1800, 9);
  });

  it('behavior: a bridge that fails splits the market before the shock, and the depeg falls on the far side once', () => {
    const snapshot = twoChains({ bridges: [aBridge({ failsAtSec: 0, depeg: 0.02 })] });
    const { finalPriceByChain } = dlcmRun({ snapshot, scenario: jump(0.1) });
    const start = 1800 * 0.98;
    const x = 1000 * Math.sqrt(2000 / start);
    const seized = ((1000 * 2000 * 0.8) / 1.02) * (1.05 / start);
    expect(finalPriceByChain[CHAIN_ID]!['ETH']).toBeCloseTo(1800, 9);
    expect(finalPriceByChain[FAR]!['ETH']! / after(start, x, seized)).toBeCloseTo(1, 7);
  });

  it('behavior: prices run together until the second of the failure and apart from it on', () => {
    const seen: (readonly [sec: number, near: number, far: number])[] = [];
    const snapshot = twoChains({
      bridges: [aBridge({ failsAtSec: 5 * STEP })],
      lending: [
        farLender({
          positions: [1.05, 1.12, 1.2, 1.3].map((health, i) =>
            aPosition({
              id: `account-${i}`,
              collateral: { ETH: 200 },
              debt: { USDC: (200 * 2000 * 0.8) / health },
            }),
          ),
        }),
      ],
    });
    const scenario = jump(0.3, { path: { shape: 'linear', durationSec: 10 * STEP, stepSec: STEP } });
    for (const failsAt of [5 * STEP, null]) {
      const run = dlcmRun({
        snapshot: { ...snapshot, bridges: [aBridge({ failsAtSec: failsAt })] },
        scenario,
      });
      const [near, far] = [CHAIN_ID, FAR].map((chain) => run.finalPriceByChain[chain]!['ETH']!);
      seen.push([failsAt ?? Infinity, near!, far!]);
    }
    const [failed, alive] = seen;
    expect(alive![1]).toBe(alive![2]);
    expect(failed![2]).toBeLessThan(failed![1] * 0.9);
    expect(failed![1]).toBeGreaterThan(alive![1]);
  });

  it('behavior: the scenario may name the second of a failure', () => {
    const named = dlcmRun({
      snapshot: twoChains(),
      scenario: jump(0.1, { bridgeFailures: { canonical: 0 } }),
    });
    const stated = dlcmRun({
      snapshot: twoChains({ bridges: [aBridge({ failsAtSec: 0 })] }),
      scenario: jump(0.1),
    });
    expect(named.finalPriceByChain).toEqual(stated.finalPriceByChain);
  });

  it('behavior: a third chain keeps the ends of a failed bridge connected, and nothing changes', () => {
    const THIRD = 'eip155:8453';
    const around = [
      aBridge({ id: 'there', to: THIRD }),
      aBridge({ id: 'on', from: THIRD, to: FAR }),
      aBridge({ id: 'direct', failsAtSec: 0, depeg: 0.5 }),
    ];
    const chains = [aChain(), aChain({ id: FAR }), aChain({ id: THIRD })];
    const run = dlcmRun({ snapshot: twoChains({ chains, bridges: around }), scenario: jump(0.1) });
    const whole = dlcmRun({ snapshot: twoChains(), scenario: jump(0.1) });
    expect(run.finalPriceByChain[FAR]).toEqual(whole.finalPriceByChain[FAR]);
  });

  it('behavior: collateral without a venue in its segment cannot be sold: the run ends at ZERO with latent bad debt', () => {
    const snapshot = twoChains({ pools: [aPool({ fee: 0 })], bridges: [aBridge({ failsAtSec: 0 })] });
    const run = dlcmRun({ snapshot, scenario: jump(0.4) });
    const debt = (1000 * 2000 * 0.8) / 1.02;
    expect(run.status).toBe('ZERO');
    expect([run.liquidations, run.drained]).toEqual([0, ['ETH']]);
    expect(run.latentBadDebtUsd).toBeCloseTo(debt - 1000 * 1200, 6);
  });

  it('behavior: a reserve on another chain comes in only while a bridge reaches', () => {
    const topUp = { chain: CHAIN_ID, asset: 'USDC', amount: 1_000_000, ifHfBelow: 1 };
    const positions = farLender().positions.map((position) => ({ ...position, topUp }));
    const lending = [farLender({ positions })];
    expect(dlcmRun({ snapshot: twoChains({ lending }), scenario: jump(0.1) }).liquidations).toBe(0);
    const cut = twoChains({ lending, bridges: [aBridge({ failsAtSec: 0 })] });
    expect(dlcmRun({ snapshot: cut, scenario: jump(0.1) }).liquidations).toBe(1);
  });

  it('behavior: each chain has its own capacity for liquidations', () => {
    const slow = aChain({ id: FAR, liquidationCapacityUsdPerBlock: 120_000 });
    const lending = [farLender(), farLender({ id: 'near-lend', chain: CHAIN_ID })];
    const run = dlcmRun({
      snapshot: twoChains({ lending, chains: [aChain(), slow] }),
      scenario: jump(0.02),
    });
    const first = run.events.filter((round) => round.tick === 1).flatMap((round) => round.liquidations);
    const repaid = (protocol: string) =>
      first.filter((one) => one.protocol === protocol).reduce((sum, one) => sum + one.repaid, 0);
    expect(repaid('near-lend')).toBeCloseTo((1000 * 2000 * 0.8) / 1.02, 3);
    expect(repaid('far-lend')).toBeCloseTo(120_000, 1);
  });

  it('behavior: a book hedges in the market of its own chain', () => {
    const books = [aBook({ chain: FAR, hedge: 0 })];
    const run = dlcmRun({
      snapshot: twoChains({ lending: [], books, bridges: [aBridge({ failsAtSec: 0 })] }),
      scenario: jump(0, { timeDecay: false }),
    });
    expect(run.finalPriceByChain[CHAIN_ID]!['ETH']).toBe(2000);
    expect(run.finalPriceByChain[FAR]!['ETH']).toBeLessThan(2000);
  });

  it.each<[string, Partial<Bridge>, string]>([
    ['an unknown chain', { to: 'eip155:1' }, 'to'],
    ['an unknown asset', { assets: ['DOGE'] }, 'assets'],
    ['a depeg of all', { depeg: 1 }, 'depeg'],
  ])('error: DLCM-141 for a bridge with %s', (_, change, field) => {
    const snapshot = twoChains({ bridges: [aBridge(change)] });
    expect(() => dlcmRun({ snapshot, scenario: jump(0.1) })).toThrow(
      expect.objectContaining({ code: 'DLCM-141', field }),
    );
  });

  it('error: DLCM-141 for a pool on a chain the snapshot lacks', () => {
    const snapshot = twoChains({ pools: [aPool({ chain: 'eip155:1' })] });
    expect(() => dlcmRun({ snapshot, scenario: jump(0.1) })).toThrow(
      expect.objectContaining({ code: 'DLCM-141' }),
    );
  });

  it('behavior: the order in which assets and chains are listed does not matter', () => {
    const snapshot = twoChains({
      assets: [aStable(), anAsset()],
      chains: [aChain({ id: FAR }), aChain()],
    });
    const turned = dlcmRun({ snapshot, scenario: jump(0.1) });
    expect(turned.finalPriceByChain).toEqual(
      dlcmRun({ snapshot: twoChains(), scenario: jump(0.1) }).finalPriceByChain,
    );
  });
});
