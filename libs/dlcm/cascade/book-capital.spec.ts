import { describe, expect, it } from '@jest/globals';
import type { Book, Snapshot } from '#libs/market/index';
import {
  aBook,
  aChain,
  aFund,
  anAsset,
  anOptionLine,
  aPool,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { explain } from '../explain/explain.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { scanSet, ssfThreshold } from '../solvency/ssf-threshold.js';
import { dlcmRun } from './dlcm-run.js';
import { systemOf } from './system.js';

const SPOT = 2000;
const X = 10_000;

/** A jump in one tick, no time decay, frozen volatilities, no cushion beyond the ratio of 1. */
function jump(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return {
    ...base,
    path: { shape: 'jump', durationSec: 12, stepSec: 12 },
    iv: 'frozen',
    timeDecay: false,
    vaultRule: { zScore: 0, oracleSec: 0, executionSec: 0, haircut: 0 },
    ...overrides,
  };
}

/** Lines that expire now are worth their intrinsic value, so every number below is arithmetic. */
const put = (quantity: number) => anOptionLine({ strike: SPOT, expirySec: 0, quantity });

function aVault(overrides: Partial<Book> = {}): Book {
  return aBook({
    id: 'vault',
    kind: 'vault',
    member: 'aave-local',
    bandDelta: 10,
    rebalanceTo: 'edge',
    hedge: 0,
    collateral: { USDC: 60_000 },
    options: [put(-100)],
    ...overrides,
  });
}

function withBook(book: Book, overrides: Partial<Snapshot> = {}): Snapshot {
  return aSnapshot({
    pools: [aPool({ fee: 0, reserveBase: X, reserveQuote: X * SPOT })],
    lending: [],
    books: [book],
    ...overrides,
  });
}

describe('closeBooks', () => {
  it('default: a vault below its minimum buys back its options and closes its hedge on the pool', () => {
    // After -25 % the puts cost 50,000. From 1,500 the worst is 750: puts -75,000 more, hedge of -40 gains 30,000: 45,000
    // required. Capital: 60,000 - 50,000 + 40 x 500 = 30,000. The band (10) never lets it hedge by itself.
    const vault = aVault({ hedge: -40 });
    const result = dlcmRun({ snapshot: withBook(vault), scenario: jump(0.25) });
    const [closure] = result.events.flatMap((round) => round.closures);
    expect(closure).toMatchObject({ book: 'vault', reason: 'capitalRatio', sec: 12, hedge: -40 });
    expect(closure!.availableUsd).toBeCloseTo(30_000, 6);
    expect(closure!.optionsUsd).toBeCloseTo(-50_000, 6);
    // Buying 40 from the re-centred pool: x = sqrt(k / 1,500) = 11,547, price 1,500 (x / (x - 40))^2, cost 40 x 1,500 x / (x - 40).
    const x = Math.sqrt((X * X * SPOT) / 1500);
    expect(result.finalPrice['ETH']! / (1500 * (x / (x - 40)) ** 2)).toBeCloseTo(1, 9);
    const cost = (40 * 1500 * x) / (x - 40);
    expect(result.books[0]!.equityUsd).toBeCloseTo(60_000 - 50_000 + 40 * SPOT - cost, 3);
    expect(result.books[0]!.closedSec).toBe(12);
    expect(result.hedgeNetTrade['ETH']).toBeCloseTo(40, 3);
  });

  it('behavior: the slippage of the hedge, from LAC, counts against the vault', () => {
    // As above with enough capital for 45,000 but not for the price impact of buying 40 back.
    const at = (cash: number) =>
      dlcmRun({
        snapshot: withBook(aVault({ hedge: -40, collateral: { USDC: cash } })),
        scenario: jump(0.25),
      });
    // LAC(5 %) upwards = x (1 - 1 / sqrt(1.05)); slip = 40 / LAC x 2.5 %, required = 45,000 + slip x 60,000, minimum 1 + slip.
    const x = Math.sqrt((X * X * SPOT) / 1500);
    const slip = ((40 / (x * (1 - 1 / Math.sqrt(1.05)))) * 0.05) / 2;
    const needed = (45_000 + slip * 60_000) * (1 + slip) + 50_000 - 40 * 500;
    expect(at(needed + 1).books[0]!.closedSec).toBeNull();
    expect(at(needed - 1).books[0]!.closedSec).toBe(12);
  });

  it('behavior: the deficit of a liquidated vault stays what it was, whatever the price does afterwards', () => {
    // Unhedged: 100 short puts need 200,000 in cash. Bought back after the first tick of a linear fall to -40 % in two.
    const snapshot = withBook(aVault({ hedged: false, collateral: { USDC: 10_000 } }));
    const path = { shape: 'linear', durationSec: 24, stepSec: 12 } as const;
    const result = dlcmRun({ snapshot, scenario: jump(0.4, { path }) });
    const first = SPOT * Math.sqrt(0.6);
    expect(result.books[0]!.closedSec).toBe(12);
    expect(result.books[0]!.equityUsd).toBeCloseTo(10_000 - 100 * (SPOT - first), 4);
    const [member] = result.solvency.members;
    expect(member!.vaultDeficitUsd).toBeCloseTo(100 * (SPOT - first) - 10_000, 4);
    expect(result.finalPrice['ETH']).toBeCloseTo(1200, 6);
  });

  it('behavior: a vault that holds in kind all it can owe is never liquidated', () => {
    const calls = [anOptionLine({ type: 'C', strike: SPOT, expirySec: 0, quantity: -100 })];
    const rule = { zScore: 2, oracleSec: 60, executionSec: 12, haircut: 0.1 };
    const run = (eth: number) =>
      dlcmRun({
        snapshot: withBook(aVault({ hedged: false, collateral: { ETH: eth }, options: calls })),
        scenario: { ...jump(0.5, { vaultRule: rule }), shock: { asset: 'ETH', size: 0.5, direction: 'up' } },
      });
    expect(run(100).books[0]!.closedSec).toBeNull();
    expect(run(99).books[0]!.closedSec).toBe(12);
  });

  it('behavior: a slower chain raises the minimum', () => {
    const rule = { zScore: 3, oracleSec: 0, executionSec: 0, haircut: 0 };
    // 200,000 are owed in cash and half of the 205,000 lie in BTC, so that the ratio of 1.025 is judged.
    const book = aVault({ hedged: false, collateral: { USDC: 100_000, BTC: 105_000 / 60_000 } });
    const assets = [anAsset(), anAsset({ id: 'BTC', spot: 60_000, beta: { BTC: 1 } }), aStable()];
    const run = (finalitySec: number) =>
      dlcmRun({
        snapshot: withBook(book, { assets, chains: [aChain({ finalitySec })] }),
        scenario: jump(0, { vaultRule: rule }),
      });
    // Expired lines have no volatility, the reference of 80 % stands in. 3 x 0.8 x sqrt(t / Y) = 0.025 at t = 3,422 s.
    expect(run(3000).books[0]!.closedSec).toBeNull();
    expect(run(4000).books[0]!.closedSec).toBe(12);
  });

  it('behavior: a market maker without equity defaults; one whose capital is not stated does not', () => {
    const maker = (collateral: Book['collateral']) =>
      withBook(aVault({ id: 'maker', kind: 'marketMaker', hedge: -40, collateral }));
    // Puts -50,000, hedge + 20,000: 30,000 of capital is gone at -25 %.
    const failed = dlcmRun({ snapshot: maker({ USDC: 29_000 }), scenario: jump(0.25) });
    expect(failed.events[0]!.closures[0]).toMatchObject({
      book: 'maker',
      reason: 'equityGone',
      requiredUsd: null,
    });
    expect(failed.events[0]!.closures[0]!.equityUsd).toBeCloseTo(-1000, 6);
    expect(failed.finalPrice['ETH']).toBeGreaterThan(1500);
    expect(dlcmRun({ snapshot: maker({ USDC: 31_000 }), scenario: jump(0.25) }).events).toEqual([]);
    expect(dlcmRun({ snapshot: maker({}), scenario: jump(0.25) }).events).toEqual([]);
  });

  it('behavior: a maker that only sold volatility defaults when realised volatility lifts its marks', () => {
    // A delta-neutral hedge cannot save it: with frozen volatilities its capital suffices, with endogenous ones it is gone.
    const straddle = [
      anOptionLine({ id: 'c', type: 'C', quantity: -100 }),
      anOptionLine({ id: 'p', quantity: -100 }),
    ];
    const book = aBook({ hedge: null, collateral: { USDC: 42_000 }, options: straddle });
    const path = { shape: 'exp', durationSec: 900, stepSec: 12 } as const;
    const run = (iv: 'frozen' | 'endogenous') =>
      dlcmRun({ snapshot: withBook(book), scenario: jump(0.2, { path, iv }) }).books[0]!;
    expect(run('frozen').closedSec).toBeNull();
    expect(run('endogenous').closedSec).not.toBeNull();
    expect(run('endogenous').why.vanna).not.toBe(0);
  });

  it('behavior: nobody is closed at level v1 or with the hedge flow switched off', () => {
    const snapshot = withBook(aVault({ hedged: false, collateral: {} }));
    for (const off of [{ level: 'v1' }, { hedgeFlow: false }] as const) {
      expect(dlcmRun({ snapshot, scenario: jump(0.25, off) }).books[0]!.closedSec).toBeNull();
    }
  });

  it('behavior: the story tells it', () => {
    const result = dlcmRun({ snapshot: withBook(aVault({ hedge: -40 })), scenario: jump(0.25) });
    // 30,000 over 45,000 plus the slippage of the test above.
    const told = explain(result).join('\n');
    expect(told).toContain('vault vault is liquidated, capital ratio 0.66348');
    expect(told).toContain('options bought back at -50000.00 USD, 40.0000 ETH of hedge to close');
  });
});

describe('vaultTriggers', () => {
  const snapshot = withBook(aVault({ hedged: false, collateral: { BTC: 4 } }), {
    assets: [anAsset(), anAsset({ id: 'BTC', spot: 60_000, beta: { BTC: 1, ETH: 1 } }), aStable()],
    funds: [aFund({ usd: 0 })],
  });

  it('default: the shock at which a vault falls short joins the scan', () => {
    // 4 BTC of 60,000 (1 - s) against 200,000 owed: short below 50,000, s = 1 / 6.
    const search = { maxShock: 0.5, step: 0.0025, tolerance: 1e-4, triggerPoints: 0, certify: false };
    const points = scanSet(systemOf(snapshot), { scenario: jump(0), search });
    expect(points.some((s) => Math.abs(s - 1e-9 - 1 / 6) < 1e-10)).toBe(true);
    expect(points.length).toBe(201);
  });

  it('behavior: bought back at once, the vault owes less than it has: no failure at its trigger', () => {
    // At s = 1 / 6 the puts cost 100 x 333 = 33,333 against 200,000 of collateral.
    const search = { maxShock: 0.3, step: 0.0025, tolerance: 1e-4, triggerPoints: 0, certify: false };
    expect(ssfThreshold({ snapshot, scenario: jump(0), search }).status).toBe('beyond-range');
  });
});
