import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '#libs/numeric/index';
import type { PerpVenue, Pool, Snapshot } from '#libs/market/index';
import { aBook, anOptionLine, aPerpVenue, aPool, aSnapshot } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import { isPerpLiquidatable } from '../perps/index.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun, type DlcmResult } from './dlcm-run.js';
import { runCascade } from './run.js';
import type { RunState } from './run-state.js';
import { systemOf } from './system.js';

const RUNS = { numRuns: 15 };
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const shocks = fc.double({ min: 0.02, max: 0.6, noNaN: true });

function scenario(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return {
    ...base,
    level: 'v3',
    path: { shape: 'exp', durationSec: 120, stepSec: 12 },
    perpPassThrough: 0.75,
    ...overrides,
  };
}

/** A small system with perpetual venues on ETH and BTC, three to twelve accounts each way, and a maker that hedges on both markets. */
function systemWithPerps(seed: number, options: { readonly deep: boolean } = { deep: false }): Snapshot {
  const random = new SeededRandom(`perps-${seed}`);
  const snapshot = smallSystem(seed);
  const venue = (id: string, asset: string, spot: number): PerpVenue => {
    const depth = (options.deep ? 1e6 : 40 + 400 * random.next()) * (2000 / spot);
    const level = (price: number, share: number) => ({ price: spot * price, size: depth * share });
    const account = (i: number, sign: 1 | -1) => {
      const quantity = (sign * (1 + 40 * random.next()) * 2000) / spot;
      const leverage = 1.5 + 15 * random.next();
      return { id: `a${i}`, quantity, entry: spot, margin: (Math.abs(quantity) * spot) / leverage };
    };
    return aPerpVenue({
      id,
      asset,
      member: 'member-0',
      mark: spot * (0.99 + 0.02 * random.next()),
      index: spot,
      funding8h: 0.002 * (random.next() - 0.5),
      bids: [level(0.995, 0.3), level(0.98, 0.7)],
      asks: [level(1.005, 0.3), level(1.02, 0.7)],
      mmr: 0.03,
      insuranceUsd: 2000 * random.next(),
      accounts: Array.from({ length: 6 + random.int(18) }, (_, i) => account(i, i % 3 === 0 ? -1 : 1)),
    });
  };
  const maker = aBook({
    id: 'perp-maker',
    spotShare: 0.3,
    perpShare: 0.7,
    options: [anOptionLine({ id: 'p', strike: 1850, quantity: -50 - 100 * random.next() })],
  });
  return {
    ...snapshot,
    perps: [
      venue('perp-eth-a', 'ETH', 2000),
      venue('perp-eth-b', 'ETH', 2000),
      venue('perp-btc', 'BTC', 60_000),
    ],
    books: [...snapshot.books, maker],
  };
}

const usdOf = (result: DlcmResult): readonly number[] => [
  result.badDebtUsd,
  result.latentBadDebtUsd,
  result.totalValueLiquidatedUsd,
  result.solvency.lossUsd,
  ...result.books.map((book) => book.equityUsd),
  ...result.perps.flatMap((venue) => [venue.badDebtUsd, venue.latentBadDebtUsd]),
];

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!))).toBeLessThanOrEqual(
      tolerance,
    );
  });
}

describe('dlcmRun with perpetuals', () => {
  it('DLCM-P44: The order of venues, accounts and levels changes no bit', () => {
    let liquidations = 0;
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = systemWithPerps(seed);
        const perps = [...snapshot.perps].reverse().map((venue) => ({
          ...venue,
          bids: [...venue.bids].reverse(),
          asks: [...venue.asks].reverse(),
          accounts: [...venue.accounts].reverse(),
        }));
        const direct = dlcmRun({ snapshot, scenario: scenario(size) });
        liquidations += direct.perps.reduce((sum, venue) => sum + venue.liquidations, 0);
        expect(dlcmRun({ snapshot: { ...snapshot, perps }, scenario: scenario(size) })).toEqual(direct);
      }),
      RUNS,
    );
    expect(liquidations).toBeGreaterThan(10);
  });

  it('DLCM-P45: Splitting every perpetual account in two, or every venue in halves, changes no aggregate', () => {
    const cut = (venue: PerpVenue, share: number, suffix: string) =>
      venue.accounts.map((account) => ({
        ...account,
        id: `${account.id}${suffix}`,
        quantity: account.quantity * share,
        margin: account.margin * share,
      }));
    const half = (venue: PerpVenue, suffix: string): PerpVenue => ({
      ...venue,
      id: `${venue.id}${suffix}`,
      insuranceUsd: venue.insuranceUsd / 2,
      bids: venue.bids.map((level) => ({ ...level, size: level.size / 2 })),
      asks: venue.asks.map((level) => ({ ...level, size: level.size / 2 })),
      accounts: cut(venue, 0.5, ''),
    });
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        // Deep books: an order book that runs out in the middle of a tick is a threshold that rounding may flip.
        const snapshot = systemWithPerps(seed, { deep: true });
        const aggregates = (perps: readonly PerpVenue[]): readonly number[] => {
          const result = dlcmRun({ snapshot: { ...snapshot, perps }, scenario: scenario(size) });
          return [
            result.finalPrice['ETH']!,
            result.finalPrice['BTC']!,
            result.badDebtUsd,
            result.solvency.lossUsd,
          ];
        };
        const whole = aggregates(snapshot.perps);
        const accounts = snapshot.perps.map((venue) => ({
          ...venue,
          accounts: [...cut(venue, 0.25, ''), ...cut(venue, 0.75, '-b')],
        }));
        expectClose(aggregates(accounts), whole, 1e-7);
        const venues = snapshot.perps.flatMap((venue) => [half(venue, ''), half(venue, '-b')]);
        expectClose(aggregates(venues), whole, 1e-7);
      }),
      RUNS,
    );
  });

  it('DLCM-P46: Another unit of a token, four times as many at a quarter of the price, changes no bit of a USD number of perpetuals', () => {
    const c = 4;
    const scaleEth = (amounts: Readonly<Record<string, number>>) =>
      Object.fromEntries(
        Object.entries(amounts).map(([id, units]) => [id, id === 'ETH' ? c * units : units]),
      );
    const scalePool = (pool: Pool): Pool => {
      if (pool.base !== 'ETH') return pool;
      if (pool.kind === 'constantProduct') return { ...pool, reserveBase: c * pool.reserveBase };
      if (pool.kind !== 'concentrated') return pool;
      const ranges = pool.ranges.map((range) => ({
        priceLower: range.priceLower / c,
        priceUpper: range.priceUpper / c,
        liquidity: Math.sqrt(c) * range.liquidity,
      }));
      return { ...pool, price: pool.price / c, ranges };
    };
    const scaleLevel = (level: PerpVenue['bids'][number]) => ({
      price: level.price / c,
      size: c * level.size,
    });
    const scaleVenue = (venue: PerpVenue): PerpVenue =>
      venue.asset !== 'ETH'
        ? venue
        : {
            ...venue,
            mark: venue.mark / c,
            index: venue.index / c,
            bids: venue.bids.map(scaleLevel),
            asks: venue.asks.map(scaleLevel),
            accounts: venue.accounts.map((account) => ({
              ...account,
              quantity: c * account.quantity,
              entry: account.entry / c,
            })),
          };
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = systemWithPerps(seed);
        const scaled: Snapshot = {
          ...snapshot,
          perps: snapshot.perps.map(scaleVenue),
          assets: snapshot.assets.map((asset) =>
            asset.id === 'ETH' ? { ...asset, spot: asset.spot / c } : asset,
          ),
          pools: snapshot.pools.map(scalePool),
          lending: snapshot.lending.map((protocol) => ({
            ...protocol,
            positions: protocol.positions.map((position) => ({
              ...position,
              collateral: scaleEth(position.collateral),
              debt: scaleEth(position.debt),
            })),
          })),
          books: snapshot.books.map((book) => ({
            ...book,
            options: book.options.map((line) => ({
              ...line,
              strike: line.strike / c,
              quantity: c * line.quantity,
            })),
          })),
        };
        expect(usdOf(dlcmRun({ snapshot: scaled, scenario: scenario(size) }))).toEqual(
          usdOf(dlcmRun({ snapshot, scenario: scenario(size) })),
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P47: Perpetuals are a zero-sum game: positions and cash of accounts, books, arbitrage and makers add up', () => {
    let moved = 0;
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = systemWithPerps(seed);
        const still = { ...snapshot, perps: snapshot.perps.map((venue) => ({ ...venue, funding8h: 0 })) };
        // A maker that hedges on perpetuals alone, so that all its cash is theirs.
        const books = still.books.slice(-1).map((book) => ({ ...book, spotShare: 0, hedge: 0 }));
        const { state } = runCascade(systemOf({ ...still, books, lending: [] }), scenario(size));
        const perps = state.perps!;
        perps.table.venues.forEach((_, v) => {
          let closed = 0;
          for (let a = perps.table.first[v]!; a < perps.table.first[v + 1]!; a += 1)
            closed += perps.quantity[a]! - perps.table.quantity[a]!;
          const hedged = state.books.reduce((sum, book) => sum + book.perpUnits[v]!, 0);
          moved += Math.abs(closed) * Math.abs(hedged);
          const taken = closed + hedged + perps.arbitrageUnits[v]!;
          expect(Math.abs(taken - perps.flow[v]!)).toBeLessThan(1e-4 * (1 + perps.liquidations[v]!));
        });
        expectCashConserved(state);
      }),
      RUNS,
    );
    expect(moved).toBeGreaterThan(0);
  });

  it('DLCM-P48: Without perpetuals level v3 gives the same bytes as level v2', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const v2 = dlcmRun({ snapshot, scenario: scenario(size, { level: 'v2' }) });
        const v3 = dlcmRun({ snapshot, scenario: scenario(size) });
        expect(JSON.stringify({ ...v3, scenario: null })).toBe(JSON.stringify({ ...v2, scenario: null }));
      }),
      RUNS,
    );
  });

  it('DLCM-P49: Perpetuals without shock, funding and accounts below maintenance change nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const snapshot = systemWithPerps(seed);
        const perps = snapshot.perps.map((venue) => ({ ...venue, funding8h: 0, mark: venue.index }));
        const result = dlcmRun({
          snapshot: { ...snapshot, perps },
          scenario: scenario(0, { timeDecay: false }),
        });
        expect(result.events).toEqual([]);
        expect(result.solvency.lossUsd).toBe(0);
      }),
      RUNS,
    );
  });

  it('DLCM-P52: A naive second implementation of one perpetual and one pool gives the same price and bad debt', () => {
    const accounts = fc.array(
      fc.record({
        quantity: fc.double({ min: 1, max: 300, noNaN: true }),
        leverage: fc.double({ min: 1.2, max: 18, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(accounts, shocks, (list, size) => {
        const longs = list.map(({ quantity, leverage }) => ({
          quantity,
          margin: (quantity * 2000) / leverage,
        }));
        const expected = naive(longs, size);
        const snapshot = aSnapshot({
          pools: [aPool({ fee: 0 })],
          lending: [],
          perps: [
            aPerpVenue({
              bids: [{ price: 1970, size: 1e9 }],
              accounts: longs.map((long, i) => ({ ...long, id: `a${i}`, entry: 2000 })),
            }),
          ],
        });
        const path = { shape: 'jump', durationSec: 12, stepSec: 12 } as const;
        const result = dlcmRun({ snapshot, scenario: scenario(size, { path, perpPassThrough: 1 }) });
        expectClose([result.finalPrice['ETH']!, result.badDebtUsd], [expected.price, expected.badDebt], 1e-7);
        expect(result.perps[0]!.liquidations).toBe(expected.liquidations);
      }),
      { numRuns: 50 },
    );
  });

  it('DLCM-P51: Every number of a run with perpetuals is finite', () => {
    const finite = (value: unknown): boolean =>
      typeof value === 'number'
        ? Math.abs(value) < Infinity
        : typeof value !== 'object' || value === null || Object.values(value).every(finite);
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.boolean(), (seed, size, up) => {
        const { shock, ...rest } = scenario(size);
        const direction = up ? 'up' : 'down';
        const result = dlcmRun({
          snapshot: systemWithPerps(seed),
          scenario: { ...rest, shock: { ...shock, direction } },
        });
        expect(finite(result)).toBe(true);
        expect(result.status).not.toBe('CAPPED');
      }),
      RUNS,
    );
  });

  it('DLCM-P50: The liquidation queues miss no account that a look at all of them finds, and find no other', () => {
    let compared = 0;
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        let wanted: readonly number[] = [];
        runCascade(systemOf(systemWithPerps(seed, { deep: true })), scenario(size), {
          observer: {
            roundStarts(state) {
              expect(wanted).toEqual([]);
              wanted = liquidatable(state);
            },
            liquidated: () => undefined,
            roundEnds(state) {
              const { orders, count } = state.perps!.batch;
              expect(
                orders
                  .slice(0, count)
                  .map((row) => row.account)
                  .sort((a, b) => a - b),
              ).toEqual(wanted);
              compared += wanted.length;
              wanted = [];
            },
          },
        });
        expect(wanted).toEqual([]);
      }),
      RUNS,
    );
    expect(compared).toBeGreaterThan(10);
  });
});

/**
 * Written from MODEL 0.15 and 4.1 alone: longs entered at 2,000 with 5 % maintenance, one endless bid level 1.5 % below the
 * mark, all flow passed on to a fee-free constant product pool of 10,000 x 20 m one round later.
 */
function naive(longs: readonly { readonly quantity: number; readonly margin: number }[], size: number) {
  const k = 10_000 * 20_000_000;
  let price = 2000 * (1 - size);
  let base = Math.sqrt(k / price);
  let open = [...longs];
  let badDebt = 0;
  let onBook = 0;
  for (;;) {
    const mark = onBook > 0 ? price * 0.985 : price;
    const due = open.filter(
      ({ quantity, margin }) => margin + quantity * (mark - 2000) < 0.05 * quantity * mark,
    );
    if (due.length === 0 && onBook === 0) break;
    open = open.filter((long) => !due.includes(long));
    for (const { quantity, margin } of due) {
      badDebt += Math.max(0, -(margin + quantity * (price * 0.985 - 2000)));
    }
    base += onBook;
    price = k / base / base;
    onBook = due.reduce((sum, { quantity }) => sum + quantity, 0);
  }
  return { price, badDebt, liquidations: longs.length - open.length };
}

/** Cash in USD: margins of accounts without their open positions, books, arbitrage on perpetuals, order book makers. */
function expectCashConserved(state: RunState): void {
  const perps = state.perps!;
  let cash = 0;
  let scale = 1;
  perps.table.venues.forEach((_, v) => {
    for (let a = perps.table.first[v]!; a < perps.table.first[v + 1]!; a += 1) {
      // What a close paid in: margin change + entry x units closed, since profit is measured from the entry price.
      const closed = perps.table.quantity[a]! - perps.quantity[a]!;
      cash += perps.margin[a]! - perps.table.margin[a]! + closed * perps.table.entry[a]!;
      scale += Math.abs(closed) * perps.table.entry[a]!;
    }
    cash += perps.makerCash[v]! + perps.arbitrageCash[v]!;
  });
  for (const book of state.books) {
    cash += book.cash;
    scale += Math.abs(book.cash);
  }
  // Arbitrage also paid for what it traded on spot: the venues' side of that is the cash of all market orders there.
  state.system.assets.ids.forEach((_, i) => {
    if (state.venues[i] === null) cash -= state.holdings.books[i]! * state.market[i]!;
  });
  expect(Math.abs(cash) / scale).toBeLessThan(1e-6);
}

function liquidatable(state: RunState): readonly number[] {
  const { table, quantity, margin, fundingPaid } = state.perps!;
  return table.venues.flatMap((venue, v) => {
    const index = state.market[table.asset[v]!]!;
    const flow = state.perps!.flow[v]!;
    const side = flow < 0 ? table.books[v]!.bids : table.books[v]!.asks;
    const level = side.depth.findIndex((depth) => depth >= Math.abs(flow));
    const mark = index * table.basis[v]! * (flow === 0 ? 1 : side.ratio[level]!);
    const found: number[] = [];
    for (let a = table.first[v]!; a < table.first[v + 1]!; a += 1) {
      const position = {
        quantity: quantity[a]!,
        entry: table.entry[a]!,
        margin: margin[a]!,
        fundingPaid: fundingPaid[v]!,
      };
      if (quantity[a] !== 0 && isPerpLiquidatable(position, mark, venue.mmr)) found.push(a);
    }
    return found;
  });
}
