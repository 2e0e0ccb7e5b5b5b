import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LendingProtocol, MarketSnapshot, Pool, Position, Snapshot } from '#libs/market/index';
import { aBook, aLendingProtocol, anAsset, aPool, aPosition } from '#test/support/builders';
import { inColumns } from '#test/support/columnar';
import { smallSystem } from '#test/support/small-system';
import { baseInCurve, freshVenues, quoteInCurve } from '../amm/index.js';
import type { AccountTable } from '../lending/account-table.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun, type DlcmResult } from './dlcm-run.js';
import { runCascade } from './run.js';
import { systemOf } from './system.js';

// The properties of MODEL 15.1 ("must hold always") on random small systems; the seed of a failure is printed by fast-check.
const RUNS = { numRuns: 15 };
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const shocks = fc.double({ min: 0.02, max: 0.6, noNaN: true });

function scenario(size: number, overrides: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return { ...base, path: { shape: 'exp', durationSec: 120, stepSec: 12 }, ...overrides };
}

/** The aggregates that must not depend on how things are listed, cut or named. */
const aggregates = (result: DlcmResult): readonly number[] => [
  result.finalPrice['ETH']!,
  result.finalPrice['BTC']!,
  result.badDebtUsd + result.latentBadDebtUsd,
  result.totalValueLiquidatedUsd,
  result.debtRepaidUsd,
  result.solvency.lossUsd,
];

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, i) => {
    const scale = Math.max(1, Math.abs(expected[i]!));
    expect(Math.abs(value - expected[i]!) / scale).toBeLessThanOrEqual(tolerance);
  });
}

const mapLending = (
  snapshot: Snapshot,
  change: (protocol: LendingProtocol) => LendingProtocol,
): Snapshot => ({
  ...snapshot,
  lending: snapshot.lending.map(change),
});

const mapValues = (amounts: Readonly<Record<string, number>>, factor: number) =>
  Object.fromEntries(Object.entries(amounts).map(([id, units]) => [id, units * factor]));

const part = (position: Position, id: string, share: number): Position => ({
  ...position,
  id,
  collateral: mapValues(position.collateral, share),
  debt: mapValues(position.debt, share),
});

/** Every leg of every account with its row in the units. */
function* legsOf({ count, shape, shapes, first, terms }: AccountTable) {
  for (let account = 0; account < count; account += 1) {
    const s = shape[account]!;
    for (let leg = shapes.first[s]!; leg < shapes.first[s + 1]!; leg += 1) {
      const row = first[account]! + leg - shapes.first[s]!;
      const key = shapes.leg[leg]!;
      if (leg < shapes.firstDebt[s]!) yield { side: 'collateral', asset: terms.asset[key]!, row } as const;
      else yield { side: 'debt', asset: key, row } as const;
    }
  }
}

describe('dlcmRun', () => {
  it('DLCM-P01: The order of any list of the snapshot changes no bit of the result', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const turned: Snapshot = {
          ...snapshot,
          assets: [...snapshot.assets].reverse(),
          pools: [...snapshot.pools].reverse(),
          books: snapshot.books.map((book) => ({ ...book, options: [...book.options].reverse() })),
          lending: [...snapshot.lending].reverse().map((protocol) => ({
            ...protocol,
            markets: [...protocol.markets].reverse(),
            positions: [...protocol.positions].reverse(),
          })),
        };
        const direct = dlcmRun({ snapshot, scenario: scenario(size) });
        expect(dlcmRun({ snapshot: turned, scenario: scenario(size) })).toEqual(direct);
      }),
      RUNS,
    );
  });

  it('DLCM-P02: Splitting every account in two changes no aggregate', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const split = mapLending(snapshot, (protocol) => ({
          ...protocol,
          positions: protocol.positions.flatMap((position) => [
            part(position, position.id, 0.25),
            part(position, `${position.id}-b`, 0.75),
          ]),
        }));
        expectClose(
          aggregates(dlcmRun({ snapshot: split, scenario: scenario(size) })),
          aggregates(dlcmRun({ snapshot, scenario: scenario(size) })),
          // Each part of an account is rounded to the quantum on its own: events x quantum (MODEL 0.7).
          1e-5,
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P03: Splitting a pool or an option line in two changes no aggregate', () => {
    const halves = (pool: Pool): readonly Pool[] => {
      if (pool.kind !== 'constantProduct') return [pool];
      const half = { ...pool, reserveBase: pool.reserveBase / 2, reserveQuote: pool.reserveQuote / 2 };
      return [half, { ...half, id: `${pool.id}-b` }];
    };
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const split: Snapshot = {
          ...snapshot,
          pools: snapshot.pools.flatMap(halves),
          books: snapshot.books.map((book) => ({
            ...book,
            options: book.options.flatMap((line) => [
              { ...line, quantity: line.quantity / 2 },
              { ...line, id: `${line.id}-b`, quantity: line.quantity / 2 },
            ]),
          })),
        };
        expectClose(
          aggregates(dlcmRun({ snapshot: split, scenario: scenario(size) })),
          aggregates(dlcmRun({ snapshot, scenario: scenario(size) })),
          1e-7,
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P04: Another unit of account scales every USD number', () => {
    const c = 8;
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const scaled: Snapshot = {
          ...mapLending(snapshot, (protocol) => ({ ...protocol, insuranceUsd: c * protocol.insuranceUsd })),
          assets: snapshot.assets.map((asset) => ({ ...asset, spot: c * asset.spot })),
          books: snapshot.books.map((book) => ({
            ...book,
            options: book.options.map((line) => ({ ...line, strike: c * line.strike })),
          })),
          funds: snapshot.funds.map((fund) => ({ ...fund, usd: c * fund.usd })),
        };
        const direct = aggregates(dlcmRun({ snapshot, scenario: scenario(size) }));
        expectClose(
          aggregates(dlcmRun({ snapshot: scaled, scenario: scenario(size) })),
          direct.map((value) => c * value),
          1e-7,
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P05: Another unit of a token, four times as many at a quarter of the price, changes no bit of a USD number', () => {
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
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const scaled: Snapshot = {
          ...mapLending(snapshot, (protocol) => ({
            ...protocol,
            positions: protocol.positions.map((position) => ({
              ...position,
              collateral: scaleEth(position.collateral),
              debt: scaleEth(position.debt),
            })),
          })),
          assets: snapshot.assets.map((asset) =>
            asset.id === 'ETH' ? { ...asset, spot: asset.spot / c } : asset,
          ),
          pools: snapshot.pools.map(scalePool),
          books: snapshot.books.map((book) => ({
            ...book,
            options: book.options.map((line) => ({
              ...line,
              strike: line.strike / c,
              quantity: c * line.quantity,
            })),
          })),
        };
        const [eth, ...rest] = aggregates(dlcmRun({ snapshot, scenario: scenario(size) }));
        expect(aggregates(dlcmRun({ snapshot: scaled, scenario: scenario(size) }))).toEqual([
          eth! / c,
          ...rest,
        ]);
      }),
      RUNS,
    );
  });

  it('DLCM-P65: A system of another size, everything four times, scales every amount and moves no price', () => {
    const c = 4;
    const larger = (pool: Pool): Pool => {
      if (pool.kind === 'constantProduct')
        return { ...pool, reserveBase: c * pool.reserveBase, reserveQuote: c * pool.reserveQuote };
      if (pool.kind !== 'concentrated') return pool;
      const ranges = pool.ranges.map((range) => ({ ...range, liquidity: c * range.liquidity }));
      return { ...pool, ranges };
    };
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const scaled: Snapshot = {
          ...mapLending(snapshot, (protocol) => ({
            ...protocol,
            insuranceUsd: c * protocol.insuranceUsd,
            positions: protocol.positions.map((position) => part(position, position.id, c)),
          })),
          pools: snapshot.pools.map(larger),
          books: snapshot.books.map((book) => ({
            ...book,
            options: book.options.map((line) => ({ ...line, quantity: c * line.quantity })),
          })),
          funds: snapshot.funds.map((fund) => ({ ...fund, usd: c * fund.usd })),
          dao: { ...snapshot.dao, backstopUsd: c * snapshot.dao.backstopUsd },
        };
        const [eth, btc, ...amounts] = aggregates(dlcmRun({ snapshot, scenario: scenario(size) }));
        expectClose(
          aggregates(dlcmRun({ snapshot: scaled, scenario: scenario(size) })),
          [eth!, btc!, ...amounts.map((amount) => c * amount)],
          // Every event is rounded to a quantum that does not grow with the system.
          1e-5,
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P06: Objects that touch nothing change no bit of the aggregates', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const crowded: Snapshot = {
          ...snapshot,
          assets: [...snapshot.assets, anAsset({ id: 'AAA', spot: 7, beta: { AAA: 1 } })],
          pools: [
            ...snapshot.pools,
            aPool({ id: 'aaa-usdc', base: 'AAA', reserveBase: 70, reserveQuote: 490 }),
          ],
          lending: [
            ...snapshot.lending,
            aLendingProtocol({
              id: 'idle',
              member: 'member-0',
              positions: [aPosition({ id: 'saver', collateral: { ETH: 5 }, debt: {} })],
            }),
          ],
          books: [...snapshot.books, aBook({ id: 'empty', options: [] })],
        };
        expect(aggregates(dlcmRun({ snapshot: crowded, scenario: scenario(size) }))).toEqual(
          aggregates(dlcmRun({ snapshot, scenario: scenario(size) })),
        );
      }),
      RUNS,
    );
  });

  it('DLCM-P07: Without shock and time decay, everyone healthy and hedged, nothing happens and nothing is lost', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const result = dlcmRun({ snapshot: smallSystem(seed), scenario: scenario(0, { timeDecay: false }) });
        expect(result.events).toEqual([]);
        expect(result.solvency.lossUsd).toBe(0);
        expect(result.finalPrice).toEqual({ ETH: 2000, BTC: 60_000, USDC: 1 });
      }),
      RUNS,
    );
  });

  it('DLCM-P08: Tokens are conserved per asset over pools, accounts and participants', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const system = systemOf(smallSystem(seed));
        const bid = { asset: 'ETH', protocol: 'lend-0', discount: 0.03 };
        const standingBids = [{ ...bid, budgetUsd: 50_000, maxUsdPerTick: 10_000 }];
        const { state, totals } = runCascade(system, scenario(size, { liquidityFlight: 0.5, standingBids }));
        const { accounts, assets } = system;
        const start = new Float64Array(assets.ids.length);
        const end = new Float64Array(assets.ids.length);
        state.venues.forEach((venues, asset) => {
          if (venues === null) return;
          const fresh = freshVenues(venues.curves);
          const quote = assets.quote[asset]!;
          venues.curves.ids.forEach((_, v) => {
            start[asset]! += baseInCurve(fresh, v);
            start[quote]! += quoteInCurve(fresh, v);
            end[asset]! += baseInCurve(venues, v) + venues.feeBase[v]! + venues.withdrawnBase[v]!;
            end[quote]! += quoteInCurve(venues, v) + venues.feeQuote[v]! + venues.withdrawnQuote[v]!;
          });
        });
        const repaid = new Float64Array(assets.ids.length);
        for (const leg of legsOf(accounts)) {
          if (leg.side === 'collateral') {
            start[leg.asset]! += accounts.units[leg.row]!;
            end[leg.asset]! += state.units[leg.row]!;
          } else repaid[leg.asset]! += accounts.units[leg.row]! - state.units[leg.row]!;
        }
        const { books, liquidators, arbitrage, treasury, backstops, protocols, toppedUp } = state.holdings;
        assets.ids.forEach((_, i) => {
          const participants = [books, liquidators, arbitrage, treasury, backstops, protocols];
          const held = participants.reduce((sum, column) => sum + column[i]!, 0);
          const scale = Math.max(1, start[i]!);
          expect(Math.abs(end[i]! + held - start[i]! - toppedUp[i]!) / scale).toBeLessThan(1e-9);
        });
        // Debt that disappeared from accounts is what protocols received, each receipt rounded to the quantum.
        repaid.forEach((units, i) => {
          const rounding = totals.liquidations * assets.quantum[i]!;
          expect(Math.abs(units - protocols[i]!)).toBeLessThanOrEqual(rounding + 1e-9 * units);
        });
      }),
      RUNS,
    );
  });

  it('DLCM-P09: Level v1 ends exactly on the exogenous path', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const result = dlcmRun({ snapshot: smallSystem(seed), scenario: scenario(size, { level: 'v1' }) });
        expectClose([result.finalPrice['ETH']!], [2000 * (1 - size)], 1e-12);
        expect(result.finalPrice).toEqual(result.exogenousPrice);
      }),
      RUNS,
    );
  });

  it('DLCM-P10: The same inputs give the same bytes, after a JSON round trip too', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const first = JSON.stringify(dlcmRun({ snapshot, scenario: scenario(size) }));
        expect(JSON.stringify(dlcmRun({ snapshot, scenario: scenario(size) }))).toBe(first);
        const copy = JSON.parse(JSON.stringify(snapshot)) as Snapshot;
        expect(JSON.stringify(dlcmRun({ snapshot: copy, scenario: scenario(size) }))).toBe(first);
      }),
      RUNS,
    );
  });

  it('DLCM-P11: What insurance, funds, DAO and suppliers bear adds up to the bad debt', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const { solvency, badDebtUsd } = dlcmRun({ snapshot: smallSystem(seed), scenario: scenario(size) });
        const borne = solvency.waterfall.reduce(
          (sum, row) =>
            sum + row.insuranceUsd + row.fundsUsd + row.safetyModuleUsd + row.daoUsd + row.socialisedUsd,
          0,
        );
        expect(Math.abs(borne - badDebtUsd)).toBeLessThanOrEqual(1e-6);
      }),
      RUNS,
    );
  });

  it('DLCM-P20: Positions given as columns give the bytes that positions given as objects give', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const run = (of: MarketSnapshot) =>
          JSON.stringify(dlcmRun({ snapshot: of, scenario: scenario(size) }));
        expect(run(inColumns(snapshot))).toBe(run(snapshot));
      }),
      RUNS,
    );
  });
});
