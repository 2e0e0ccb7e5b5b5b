import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Bridge, Snapshot } from '#libs/market/index';
import { aChain, aPool, CHAIN_ID } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { baseInCurve, freshVenues, quoteInCurve } from '../amm/index.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { ModelLevel, Scenario } from '../scenario.js';
import { dlcmRun, type DlcmResult } from './dlcm-run.js';
import type { Holdings } from './run-state.js';
import { runCascade, type FinishedRun } from './run.js';
import { systemOf } from './system.js';

const RUNS = { numRuns: 15 };
const FAR = 'eip155:10';
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const shocks = fc.double({ min: 0.02, max: 0.6, noNaN: true });
const failures = fc.integer({ min: 0, max: 12 });

const scenario = (size: number, level: ModelLevel = 'v3'): Scenario => ({
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', size),
  level,
  path: { shape: 'exp', durationSec: 120, stepSec: 12 },
});

const bridge = (failsAtSec: number | null, depeg = 0): Bridge => ({
  id: 'canonical',
  from: CHAIN_ID,
  to: FAR,
  assets: ['ETH', 'BTC'],
  latencySec: 60,
  failsAtSec,
  depeg,
});

/** The small system with the odd protocols, the books and one more ETH pool moved to a second chain. */
function overTwoChains(seed: number, bridges: readonly Bridge[]): Snapshot {
  const snapshot = withFarPool(seed);
  return {
    ...snapshot,
    chains: [aChain(), aChain({ id: FAR })],
    bridges,
    pools: snapshot.pools.map((pool) => (pool.id === 'far' ? { ...pool, chain: FAR } : pool)),
    lending: snapshot.lending.map((protocol, i) => (i % 2 === 1 ? { ...protocol, chain: FAR } : protocol)),
    books: snapshot.books.map((book) => ({ ...book, chain: FAR })),
  };
}

function withFarPool(seed: number): Snapshot {
  const snapshot = smallSystem(seed);
  const far = aPool({ id: 'far', reserveBase: 2_000, reserveQuote: 4_000_000 });
  return { ...snapshot, pools: [...snapshot.pools, far] };
}

/** All that the result says of accounts, prices and money; lists by chain aside. */
const essence = ({
  finalPriceByChain: _f,
  grossSoldByRow: _g,
  byChain: _c,
  scenario: _s,
  ...rest
}: DlcmResult) => rest;

describe('dlcmRun over chains', () => {
  it('DLCM-P30: On a snapshot of one chain without v3 parts, v2 and v3 give the same bytes', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = smallSystem(seed);
        const [v2, v3] = (['v2', 'v3'] as const).map((level) =>
          dlcmRun({ snapshot, scenario: scenario(size, level) }),
        );
        expect({ ...v3!, scenario: null }).toEqual({ ...v2!, scenario: null });
      }),
      RUNS,
    );
  });

  it('DLCM-P31: Chains joined by a bridge that never fails are one market, to the last bit', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const joined = dlcmRun({ snapshot: overTwoChains(seed, [bridge(null)]), scenario: scenario(size) });
        const one = dlcmRun({ snapshot: withFarPool(seed), scenario: scenario(size) });
        expect(essence(joined)).toEqual(essence(one));
        expect(joined.finalPriceByChain[FAR]).toEqual(joined.finalPriceByChain[CHAIN_ID]);
      }),
      RUNS,
    );
  });

  it('DLCM-P32: Tokens are conserved per asset over all chains, whenever a bridge fails', () => {
    fc.assert(
      fc.property(fc.record({ seed: seeds, size: shocks, tick: failures }), ({ seed, size, tick }) => {
        const system = systemOf(overTwoChains(seed, [bridge(tick * 12, 0.01)]));
        const run = runCascade(system, scenario(size));
        for (const id of ['ETH', 'BTC', 'USDC']) {
          const { change, volume } = tokenChange(run, id);
          expect(Math.abs(change)).toBeLessThanOrEqual(1e-9 * volume + 1e-3);
        }
      }),
      RUNS,
    );
  });

  it('DLCM-P33: Behind a failed bridge the far market goes on as if it had stood alone from that price', () => {
    fc.assert(
      fc.property(seeds, shocks, (seed, size) => {
        const snapshot = overTwoChains(seed, [bridge(0)]);
        const apart = dlcmRun({ snapshot, scenario: scenario(size) });
        const alone = dlcmRun({ snapshot, scenario: scenario(size, 'v2') });
        expect(apart.finalPriceByChain).toEqual(alone.finalPriceByChain);
        expect(apart.solvency).toEqual(alone.solvency);
      }),
      RUNS,
    );
  });
});

/** What all participants and pools gained of an asset since the snapshot (0 if conserved), and what changed hands. */
function tokenChange(run: FinishedRun, id: string): { readonly change: number; readonly volume: number } {
  const { state } = run;
  const { assets, accounts } = state.system;
  let change = 0;
  let volume = 1;
  const add = (amount: number): void => {
    change += amount;
    volume += Math.abs(amount);
  };
  const holdings: { readonly [K in keyof Holdings]: Float64Array } = { ...state.holdings };
  for (const column of Object.values(holdings))
    column.forEach((amount, row) => assets.ids[row] === id && add(amount));
  state.venues.forEach((venues, row) => {
    if (venues === null) return;
    const start = freshVenues(venues.curves);
    for (let v = 0; v < venues.curves.ids.length; v += 1) {
      if (assets.ids[row] === id)
        add(baseInCurve(venues, v) + venues.feeBase[v]! + venues.withdrawnBase[v]! - baseInCurve(start, v));
      if (assets.ids[assets.quote[row]!] === id)
        add(
          quoteInCurve(venues, v) + venues.feeQuote[v]! + venues.withdrawnQuote[v]! - quoteInCurve(start, v),
        );
    }
  });
  const { shapes, shape, first, terms, units } = accounts;
  for (let account = 0; account < accounts.count; account += 1) {
    const s = shape[account]!;
    for (let leg = shapes.first[s]!; leg < shapes.firstDebt[s]!; leg += 1) {
      const row = first[account]! + leg - shapes.first[s]!;
      if (assets.ids[terms.asset[shapes.leg[leg]!]!] === id) add(state.units[row]! - units[row]!);
    }
  }
  return { change, volume };
}
