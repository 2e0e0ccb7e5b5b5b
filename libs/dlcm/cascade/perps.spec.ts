import { describe, expect, it } from '@jest/globals';
import type { PerpVenue, Snapshot } from '#libs/market/index';
import { aBook, aChain, aFund, anOptionLine, aPerpVenue, aPool, aSnapshot } from '#test/support/builders';
import { explain, firstFailure } from '../explain/explain.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

const SPOT = 2000;
const X = 10_000;

function jump(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return {
    ...base,
    level: 'v3',
    iv: 'frozen',
    timeDecay: false,
    path: { shape: 'jump', durationSec: 12, stepSec: 12 },
    ...overrides,
  };
}

const up = (scenario: Scenario): Scenario => ({ ...scenario, shock: { ...scenario.shock, direction: 'up' } });

/** One fee-free pool of 10,000 ETH and one perpetual venue. */
function withVenue(venue: Partial<PerpVenue>, overrides: Partial<Snapshot> = {}): Snapshot {
  return aSnapshot({
    pools: [aPool({ fee: 0, reserveBase: X, reserveQuote: X * SPOT })],
    lending: [],
    perps: [aPerpVenue(venue)],
    ...overrides,
  });
}

/** Price of the pool re-centred to `p` after `sold` ETH were sold into it: p (x / (x + sold))^2 with x = sqrt(k / p). */
function afterSale(p: number, sold: number): number {
  const x = Math.sqrt((X * X * SPOT) / p);
  return p * (x / (x + sold)) ** 2;
}

const LONG = { id: 'long', quantity: 100, entry: SPOT, margin: 15_000 };
const SHORT = { id: 'short', quantity: -100, entry: SPOT, margin: 15_000 };

describe('dlcmRun with perpetuals', () => {
  it('default: a liquidated long hits the perpetual first, then passes to spot and restores the mark', () => {
    // At 1,800 its equity is 15,000 - 20,000. Sold at the bid, 1 % below the mark: 1,782, so 15,000 - 21,800 = -6,800.
    const result = dlcmRun({ snapshot: withVenue({ accounts: [LONG] }), scenario: jump(0.1) });
    const [first, second] = result.events;
    expect(first!.perps[0]).toMatchObject({
      venue: 'perp-eth',
      markBefore: 1800,
      markAfter: 1782,
      passedToSpot: 0,
    });
    expect(first!.perps[0]!.liquidations[0]).toMatchObject({
      account: 'long',
      closed: 100,
      averagePrice: 1782,
    });
    expect(first!.after).toEqual(first!.before);
    expect(second!.perps[0]!.passedToSpot).toBeCloseTo(-100, 3);
    expect(result.finalPrice['ETH']! / afterSale(1800, 100)).toBeCloseTo(1, 8);
    expect(result.perps[0]!.basis).toBe(0);
    expect(result.perps[0]!.badDebtUsd).toBeCloseTo(6800, 6);
    expect(result.badDebtUsd).toBeCloseTo(6800, 6);
    expect(result.rounds).toBe(2);
  });

  it('behavior: an up-shock squeezes a short', () => {
    // At 2,200 a short of 100 has 15,000 - 20,000; bought back at 2,222 it leaves 7,200 uncovered; spot rises.
    const result = dlcmRun({ snapshot: withVenue({ accounts: [SHORT, LONG] }), scenario: up(jump(0.1)) });
    expect(result.perps[0]!.badDebtUsd).toBeCloseTo(7200, 6);
    expect(result.perps[0]!.liquidations).toBe(1);
    expect(result.finalPrice['ETH']! / afterSale(2200, -100)).toBeCloseTo(1, 8);
  });

  it('behavior: only the pass-through share reaches spot, the rest stays as basis', () => {
    const result = dlcmRun({
      snapshot: withVenue({ accounts: [LONG] }),
      scenario: jump(0.1, { perpPassThrough: 0.25 }),
    });
    expect(result.finalPrice['ETH']! / afterSale(1800, 25)).toBeCloseTo(1, 8);
    expect(result.perps[0]!.basis).toBeCloseTo(-0.01, 12);
    const none = dlcmRun({
      snapshot: withVenue({ accounts: [LONG] }),
      scenario: jump(0.1, { perpPassThrough: 0 }),
    });
    expect(none.finalPrice['ETH']).toBeCloseTo(1800, 9);
  });

  it('behavior: the mark follows the index with the basis of the snapshot', () => {
    const result = dlcmRun({ snapshot: withVenue({ mark: 2010, index: 2000 }), scenario: jump(0.1) });
    expect(result.perps[0]!.mark).toBeCloseTo(1800 * 1.005, 9);
    expect(result.perps[0]!.basis).toBeCloseTo(0.005, 12);
  });

  it('behavior: longs and shorts that are closed together cross at the mark before the round', () => {
    // Both below maintenance at the snapshot: 15 < 0.05 x 2,000 per unit. They cross, nothing reaches the book or spot.
    const accounts = [
      { id: 'a', quantity: 50, entry: SPOT, margin: 750 },
      { id: 'b', quantity: -50, entry: SPOT, margin: 750 },
    ];
    const result = dlcmRun({ snapshot: withVenue({ accounts }), scenario: jump(0) });
    expect(result.events[0]!.perps[0]!.liquidations.map((row) => row.averagePrice)).toEqual([2000, 2000]);
    expect(result.finalPrice['ETH']).toBe(2000);
    expect(result.rounds).toBe(1);
    expect(result.badDebtUsd).toBe(0);
  });

  it('behavior: funding accrues while the shock lasts, then stands still, and can liquidate', () => {
    // 8 % per 8 hours on 2,000 is 20 USD a unit and hour. After 8 hours a margin of 250 is 90, below 5 % of 2,000.
    const path = { shape: 'linear', durationSec: 28_800, stepSec: 3600 } as const;
    const long = { id: 'long', quantity: 1, entry: SPOT, margin: 250 };
    const short = { id: 'short', quantity: -1, entry: SPOT, margin: 250 };
    const result = dlcmRun({
      snapshot: withVenue({ funding8h: 0.08, accounts: [long, short] }),
      scenario: jump(0, { path }),
    });
    expect(result.perps[0]!.fundingPaid).toBeCloseTo(160, 6);
    expect(result.ticks).toBeGreaterThan(8);
    expect(result.perps[0]!.liquidations).toBe(1);
    expect(result.events[0]!).toMatchObject({ sec: 28_800 });
    expect(result.events[0]!.perps[0]!.liquidations[0]!.account).toBe('long');
    // Sold at 1,980: 250 - 160 - 20 are left, nobody loses.
    expect(result.badDebtUsd).toBe(0);
  });

  it('behavior: a thin order book closes what it can; the rest is a latent loss and the run says ZERO', () => {
    const bids = [{ price: 1980, size: 40 }];
    const run = (durationSec: number) =>
      dlcmRun({
        snapshot: withVenue({ accounts: [LONG], bids }),
        scenario: jump(0.1, { path: { shape: 'jump', durationSec, stepSec: 12 }, perpPassThrough: 1 }),
      });
    // 40 of 100 sold, the shock is over: 60 stay open.
    const once = run(12);
    expect(once.status).toBe('ZERO');
    expect(once.perps[0]!.exhausted).toBe(true);
    expect(once.events[0]!.perps[0]!.liquidations[0]!.closed).toBeCloseTo(40, 9);
    const p = afterSale(1800, 40);
    const margin = 15_000 + 40 * (1782 - SPOT);
    expect(once.perps[0]!.latentBadDebtUsd).toBeCloseTo(-(margin + 60 * (p - SPOT)), 2);
    expect(once.badDebtUsd).toBe(0);
    // Arbitrage gave the book its 40 back, so that the second and third ticks close 40 and 20.
    const thrice = run(36);
    expect(thrice.perps[0]!.liquidations).toBe(3);
    expect(thrice.perps[0]!.latentBadDebtUsd).toBe(0);
    expect(thrice.badDebtUsd).toBeGreaterThan(0);
  });

  it('behavior: a hedge on perpetuals reaches spot one round later with the same final price', () => {
    // Owed 100 ETH outright (a call struck at 1 USD that expires now has delta 1), nothing held: 100 are bought.
    const book = (perpShare: number) =>
      aBook({
        hedge: 0,
        spotShare: 1 - perpShare,
        perpShare,
        options: [anOptionLine({ type: 'C', strike: 1, expirySec: 0, quantity: -100 })],
      });
    const run = (perpShare: number) =>
      dlcmRun({ snapshot: withVenue({}, { books: [book(perpShare)] }), scenario: jump(0) });
    const spot = run(0);
    const perp = run(1);
    expect(spot.rounds).toBe(1);
    expect(perp.rounds).toBe(2);
    expect(perp.hedgeNetTrade['ETH']).toBeCloseTo(100, 9);
    expect(perp.events[0]!.hedges[0]!.averagePrice).toBeCloseTo(2020, 9);
    expect(perp.finalPrice['ETH']! / spot.finalPrice['ETH']!).toBeCloseTo(1, 9);
    // Equity: -100 (p - 1) for the calls, 100 (p - 2,020) for the perpetual.
    expect(perp.books[0]!.equityUsd).toBeCloseTo(100 * (1 - 2020), 3);
  });

  it('behavior: half and half, a book splits its trade; below level v3 all of it is spot', () => {
    const book = aBook({
      hedge: 0,
      spotShare: 0.5,
      perpShare: 0.5,
      options: [anOptionLine({ type: 'C', strike: 1, expirySec: 0, quantity: -100 })],
    });
    const snapshot = withVenue({ accounts: [LONG] }, { books: [book] });
    const v3 = dlcmRun({ snapshot, scenario: jump(0) });
    expect(v3.events[0]!.after['ETH']! / afterSale(SPOT, -50)).toBeCloseTo(1, 9);
    expect(v3.finalPrice['ETH']! / afterSale(SPOT, -100)).toBeCloseTo(1, 9);
    const v2 = dlcmRun({ snapshot, scenario: jump(0, { level: 'v2' }) });
    expect(v2.events[0]!.after['ETH']! / afterSale(SPOT, -100)).toBeCloseTo(1, 9);
    expect(v2.perps).toEqual([]);
    expect(dlcmRun({ snapshot, scenario: jump(0.1, { level: 'v2' }) }).badDebtUsd).toBe(0);
  });

  it('behavior: the venue is insured, then its member bears the loss like any other bad debt', () => {
    const run = (insuranceUsd: number, fundUsd: number) =>
      dlcmRun({
        snapshot: withVenue(
          { accounts: [LONG], insuranceUsd },
          { funds: [aFund({ usd: fundUsd, covers: ['perp-local'] })] },
        ),
        scenario: jump(0.1),
      }).solvency;
    expect(run(5000, 1000).waterfall.find((row) => row.member === 'perp-local')).toEqual({
      member: 'perp-local',
      badDebtUsd: expect.closeTo(6800, 6),
      insuranceUsd: 5000,
      fundsUsd: 1000,
      safetyModuleUsd: 0,
      daoUsd: 0,
      socialisedUsd: expect.closeTo(800, 6),
    });
    expect(run(5000, 1000).failing).toBe(true);
    expect(run(6801, 0).failing).toBe(false);
    expect(run(6801, 0).fundUsd).toBe(6801);
  });

  it('behavior: the story tells it', () => {
    const told = explain(dlcmRun({ snapshot: withVenue({ accounts: [LONG] }), scenario: jump(0.1) })).join(
      '\n',
    );
    expect(told).toContain(
      'perpetual perp-eth closes 100.000 ETH of longs, losses beyond margin 6800.00 USD, mark 1800.00 -> 1782.00',
    );
    expect(told).toContain('perpetual perp-eth arbitrage sells 100.000 ETH on spot');
  });

  it('behavior: the first loss of a failing member is told wherever it arose', () => {
    const result = dlcmRun({ snapshot: withVenue({ accounts: [LONG] }), scenario: jump(0.1) });
    expect(firstFailure(result)[1]).toBe(
      'First at t=12 s, tick 1, round 1: account long of perpetual perp-eth loses 6800.00 USD beyond its margin.',
    );
  });

  it('behavior: a vault that hedges on perpetuals closes there, and pays funding until then', () => {
    // 100 short puts at their strike, expiring now, held against a short of 100 on the perpetual: 10 % per 8 hours,
    // received by shorts, is 200 a unit. Half way through the 8 hours spot is 2,000 sqrt(1 - 0.4375) = 1,500.
    const vault = aBook({
      kind: 'vault',
      member: 'aave-local',
      bandDelta: 10,
      hedge: -100,
      spotShare: 0,
      perpShare: 1,
      collateral: { USDC: 1000 },
      options: [anOptionLine({ strike: SPOT, expirySec: 0, quantity: -100 })],
    });
    const path = { shape: 'linear', durationSec: 28_800, stepSec: 14_400 } as const;
    const result = dlcmRun({
      snapshot: withVenue({ funding8h: 0.1 }, { books: [vault] }),
      scenario: jump(0.4375, { path }),
    });
    // The mark of 1,500 at which the tick opens pays 1,500 x 0.1 / 2 = 75 a unit. Short and puts cancel: 1,000 + 7,500.
    const [closure] = result.events.flatMap((round) => round.closures);
    expect(closure!.sec).toBe(14_400);
    expect(closure!.equityUsd).toBeCloseTo(8500, 6);
    expect(closure!.hedge).toBeCloseTo(-100, 9);
    // 100 bought back 1 % above the mark, then passed to spot in the next round.
    expect(result.events[0]!.hedges[0]).toMatchObject({ trade: expect.closeTo(100, 3) });
    expect(result.events[0]!.hedges[0]!.averagePrice).toBeCloseTo(1515, 6);
    expect(result.books[0]!.equityUsd).toBeCloseTo(8500 - 100 * 15, 3);
    expect(result.events[1]!.perps[0]!.passedToSpot).toBeCloseTo(100, 3);
  });

  it('behavior: arbitrage stays in the segment of the venue', () => {
    const far = 'eip155:10';
    const snapshot = withVenue(
      { chain: far, accounts: [LONG] },
      {
        chains: [aChain(), aChain({ id: far })],
        pools: [
          aPool({ fee: 0, reserveBase: X, reserveQuote: X * SPOT }),
          aPool({ id: 'far', chain: far, fee: 0, reserveBase: X, reserveQuote: X * SPOT }),
        ],
      },
    );
    const result = dlcmRun({ snapshot, scenario: jump(0.1) });
    const byChain = result.finalPriceByChain;
    expect(byChain[far]!['ETH']! / afterSale(1800, 100)).toBeCloseTo(1, 8);
    expect(byChain['eip155:31337']!['ETH']).toBeCloseTo(1800, 9);
    expect(result.perps[0]!.basis).toBeCloseTo(0, 12);
  });

  it('error: DLCM-161 for an account whose numbers are none', () => {
    const accounts = [{ ...LONG, margin: NaN }];
    expect(() => dlcmRun({ snapshot: withVenue({ accounts }), scenario: jump(0) })).toThrow(
      expect.objectContaining({ code: 'DLCM-161', argument: 'perp-eth/long.margin' }),
    );
  });

  it('error: DLCM-141 for a venue on an unknown asset, DLCM-142 for a pass-through above 1', () => {
    expect(() => dlcmRun({ snapshot: withVenue({ asset: 'DOGE' }), scenario: jump(0) })).toThrow(
      expect.objectContaining({ code: 'DLCM-141', value: 'DOGE' }),
    );
    expect(() => dlcmRun({ snapshot: withVenue({}), scenario: jump(0, { perpPassThrough: 2 }) })).toThrow(
      expect.objectContaining({ code: 'DLCM-142', field: 'perpPassThrough' }),
    );
  });
});
