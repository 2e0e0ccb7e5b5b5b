import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '#libs/numeric/index';
import type { Book, Pool, Snapshot } from '#libs/market/index';
import { aBook, anOptionLine } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { baseInCurve, freshVenues, quoteInCurve } from '../amm/index.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun, type DlcmResult } from './dlcm-run.js';
import { runCascade } from './run.js';
import { systemOf } from './system.js';

const RUNS = { numRuns: 15 };
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const shocks = fc.double({ min: 0.02, max: 0.6, noNaN: true });

function scenario(size: number): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return { ...base, path: { shape: 'exp', durationSec: 120, stepSec: 12 } };
}

/** A small system with a hedged vault, an unhedged one and a market maker, thinly secured so that some of them fall short. */
function systemWithVaults(seed: number): Snapshot {
  const random = new SeededRandom(`vaults-${seed}`);
  const straddle = () => [
    anOptionLine({ id: 'p', strike: 1700 + 300 * random.next(), quantity: -40 - 60 * random.next() }),
    anOptionLine({ id: 'c', type: 'C', strike: 2100 + 400 * random.next(), quantity: -60 * random.next() }),
  ];
  const vault = (id: string, overrides: Partial<Book>): Book =>
    aBook({
      id,
      kind: 'vault',
      member: 'member-0',
      bandDelta: 0.05,
      rebalanceTo: 'edge',
      collateral: { USDC: 200_000 * random.next(), ETH: 20 * random.next() },
      options: straddle(),
      ...overrides,
    });
  const snapshot = smallSystem(seed);
  return {
    ...snapshot,
    books: [
      ...snapshot.books,
      vault('vault-hedged', {}),
      vault('vault-unhedged', { hedged: false, hedge: null }),
      vault('maker-secured', { kind: 'marketMaker', bandDelta: 0, rebalanceTo: 'zero' }),
    ],
  };
}

const numbersOf = (result: DlcmResult): readonly number[] => [
  result.finalPrice['ETH']!,
  result.finalPrice['BTC']!,
  result.solvency.lossUsd,
  ...result.books.map((book) => book.equityUsd),
];

const closed = (result: DlcmResult): number => result.books.filter((book) => book.closedSec !== null).length;

describe('closeBooks', () => {
  it('DLCM-P41: With vaults that are liquidated and makers that default, the order of books, lines and collateral changes no bit', () => {
    let closures = 0;
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = systemWithVaults(seed);
        const books = [...snapshot.books].reverse().map((book) => ({
          ...book,
          options: [...book.options].reverse(),
          collateral: Object.fromEntries(Object.entries(book.collateral).reverse()),
        }));
        const direct = dlcmRun({ snapshot, scenario: scenario(size) });
        closures += closed(direct);
        expect(dlcmRun({ snapshot: { ...snapshot, books }, scenario: scenario(size) })).toEqual(direct);
      }),
      RUNS,
    );
    expect(closures).toBeGreaterThan(0);
  });

  it('DLCM-P42: Another unit of a token changes no bit of a USD number of vaults either', () => {
    const c = 4;
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
    const scaleEth = (amounts: Readonly<Record<string, number>>) =>
      Object.fromEntries(
        Object.entries(amounts).map(([id, units]) => [id, id === 'ETH' ? c * units : units]),
      );
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = systemWithVaults(seed);
        const scaled: Snapshot = {
          ...snapshot,
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
            collateral: scaleEth(book.collateral),
            options: book.options.map((line) => ({
              ...line,
              strike: line.strike / c,
              quantity: c * line.quantity,
            })),
          })),
        };
        const [eth, ...rest] = numbersOf(dlcmRun({ snapshot, scenario: scenario(size) }));
        expect(numbersOf(dlcmRun({ snapshot: scaled, scenario: scenario(size) }))).toEqual([
          eth! / c,
          ...rest,
        ]);
      }),
      RUNS,
    );
  });

  it('DLCM-P43: What a closed book gives up of its hedge, its venues receive: tokens are conserved', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const system = systemOf({ ...systemWithVaults(seed), lending: [] });
        const { state } = runCascade(system, scenario(size));
        const moved = new Float64Array(system.assets.ids.length);
        state.venues.forEach((venues, asset) => {
          if (venues === null) return;
          const fresh = freshVenues(venues.curves);
          const quote = system.assets.quote[asset]!;
          venues.curves.ids.forEach((_, v) => {
            moved[asset]! += baseInCurve(venues, v) + venues.feeBase[v]! - baseInCurve(fresh, v);
            moved[quote]! += quoteInCurve(venues, v) + venues.feeQuote[v]! - quoteInCurve(fresh, v);
          });
        });
        moved.forEach((units, i) => {
          const held = state.holdings.books[i]! + state.holdings.arbitrage[i]!;
          expect(Math.abs(units + held) / Math.max(1, Math.abs(units))).toBeLessThan(1e-9);
        });
        const eth = system.assets.index.get('ETH')!;
        const traded = state.books.reduce((sum, book) => sum + book.netTrade, 0);
        expect(Math.abs(state.holdings.books[eth]! - traded)).toBeLessThan(1e-6);
      }),
      RUNS,
    );
  });
});
