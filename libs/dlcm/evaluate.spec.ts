import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#libs/canonical/index';
import type { Snapshot } from '#libs/market/index';
import { aChain, aPerpVenue } from '#test/support/builders';
import { smallSystem } from '#test/support/small-system';
import { evaluate } from './evaluate.js';
import { explain, firstFailure } from './explain/explain.js';
import { dlcmRun } from './cascade/dlcm-run.js';
import { DEFAULT_PARAMETERS, scenarioOf, type Parameters } from './parameters.js';
import { publish } from './publication.js';

// Shorter than the published parameters, so that the test is fast; the same code runs.
const parameters: Parameters = {
  ...DEFAULT_PARAMETERS,
  scenario: { ...DEFAULT_PARAMETERS.scenario, path: { shape: 'exp', durationSec: 60, stepSec: 12 } },
  search: { ...DEFAULT_PARAMETERS.search, maxShock: 0.4, triggerPoints: 16 },
  lossCurve: [0.1, 0.2, 0.4],
};
const ROOT = `0x${'11'.repeat(32)}` as const;
const input = (snapshot: Snapshot) => ({
  snapshot,
  parameters,
  engineVersion: `0x${'22'.repeat(32)}`,
  snapshotRoot: ROOT,
});

/** A system whose maker is short enough puts to matter. */
function withBook(): Snapshot {
  for (let seed = 1; ; seed += 1) {
    const snapshot = smallSystem(seed);
    if (snapshot.books.length > 0) return snapshot;
  }
}

describe('evaluate', () => {
  it('default: a record in decimal strings that canonical JSON carries', () => {
    const record = evaluate(input(withBook()));
    expect(record.format).toBe('dlcm-evaluation/1');
    expect(record.shockAsset).toBe('ETH');
    expect(record.snapshotRoot).toBe(ROOT);
    expect(record.lossCurve).toHaveLength(3);
    expect(record.lac.map((row) => `${row.asset} ${row.shift}`)).toEqual([
      'BTC 0.05',
      'BTC 0.10',
      'ETH 0.05',
      'ETH 0.10',
    ]);
    expect(record.reading.thresholdStatus).toBe(record.ssf.status);
    expect(canonicalJson(record)).toContain('"dlcm-evaluation/1"');
  });

  it('behavior: the headline of each level comes from a run of that level', () => {
    const snapshot = withBook();
    const record = evaluate(input(snapshot));
    const alone = scenarioOf(parameters, 'ETH', parameters.referenceShock);
    const exogenous = dlcmRun({ snapshot, scenario: { ...alone, level: 'v1' } });
    expect(record.headlines.v1.totalValueLiquidatedUsd).toBe(
      publish('usd', exogenous.totalValueLiquidatedUsd),
    );
    expect(record.headlines.v2.ssfThreshold).toBe(record.ssf.threshold);
    expect(record.headlines.v3.lacIndex).toBe(record.lacIndex.value);
  });

  it('behavior: with parts that only v3 models, v2 and v3 are run apart', () => {
    const account = { id: 't', quantity: 2000, entry: 2000, margin: 300_000 };
    const bids = [{ price: 1990, size: 5000 }];
    const asks = [{ price: 2010, size: 5000 }];
    const venue = aPerpVenue({ bids, asks, accounts: [account], longOi: 2000, shortOi: 2000 });
    const snapshot = { ...withBook(), perps: [venue] };
    const evaluateAt = (level: 'v2' | 'v3') =>
      evaluate({
        ...input(snapshot),
        parameters: { ...parameters, scenario: { ...parameters.scenario, level } },
      });
    const [low, high] = [evaluateAt('v2'), evaluateAt('v3')];
    expect(low.headlines).toEqual(high.headlines);
    expect(low.headlines.v2.ssfThreshold).toBe(low.ssf.threshold);
    expect(low.headlines.v3.lacIndex).toBe(high.lacIndex.value);
    expect(high.lacIndex.value).not.toBe(low.lacIndex.value);
  });

  it('behavior: the LAC index is its own terms, and 100 where nobody is forced to sell', () => {
    const { lacIndex } = evaluate(input(withBook()));
    const weight = (term: (typeof lacIndex.terms)[number]) => Number(term.collateralUsd);
    const share = ({ absorbableUnits, forcedUnits }: (typeof lacIndex.terms)[number]) =>
      absorbableUnits === null ? 1 : Math.min(1, Number(absorbableUnits) / Number(forcedUnits));
    const total = lacIndex.terms.reduce((sum, term) => sum + weight(term), 0);
    const covered = lacIndex.terms.reduce((sum, term) => sum + weight(term) * share(term), 0);
    expect(Number(lacIndex.value)).toBeCloseTo((100 * covered) / total, 4);
    const calm = { ...withBook(), books: [], lending: [] };
    expect(evaluate(input(calm)).lacIndex).toEqual({ value: '100.000000', terms: [] });
  });

  it('behavior: what one chain absorbs does not help the other where no bridge joins them', () => {
    const far = 'eip155:10';
    const onFar = <T extends { readonly id: string }>(thing: T): T => ({
      ...thing,
      id: `${thing.id}-far`,
      chain: far,
    });
    const base = smallSystem(3);
    const shallow = base.pools.map((pool) =>
      pool.kind === 'constantProduct'
        ? { ...pool, reserveBase: pool.reserveBase / 50, reserveQuote: pool.reserveQuote / 50 }
        : pool,
    );
    const two = {
      ...base,
      chains: [...base.chains, aChain({ id: far })],
      pools: [...base.pools, ...shallow.filter((pool) => pool.kind === 'constantProduct').map(onFar)],
      lending: [...base.lending, ...base.lending.map(onFar)],
    };
    const { terms, value } = evaluate(input(two)).lacIndex;
    const eth = terms.filter((term) => term.asset.startsWith('ETH'));
    expect(eth.map((term) => term.asset).sort()).toEqual(['ETH on eip155:10', 'ETH on eip155:31337']);
    // The same sales, a fiftieth of the depth: the far chain is the worse covered one, and both weigh what they sold.
    const cover = (name: string) => {
      const term = eth.find((own) => own.asset.endsWith(name))!;
      return Number(term.absorbableUnits) / Number(term.forcedUnits);
    };
    expect(cover(far)).toBeLessThan(cover('31337'));
    const total = terms.reduce((sum, term) => sum + Number(term.collateralUsd), 0);
    const covered = terms.reduce((sum, term) => {
      const share =
        term.absorbableUnits === null ? 1 : Number(term.absorbableUnits) / Number(term.forcedUnits);
      return sum + Number(term.collateralUsd) * Math.min(1, share);
    }, 0);
    expect(Number(value)).toBeCloseTo((100 * covered) / total, 3);
  });

  it('behavior: equal inputs give equal bytes, through a JSON round trip too', () => {
    const snapshot = withBook();
    const first = canonicalJson(evaluate(input(snapshot)));
    expect(canonicalJson(evaluate(input(JSON.parse(JSON.stringify(snapshot)) as Snapshot)))).toBe(first);
  });

  it('behavior: the reading never overstates: threshold and capacity are not above the evidence, losses not below', () => {
    const record = evaluate(input(withBook()));
    const eth5 = record.lac.find((row) => row.asset === 'ETH' && row.shift === '0.05');
    expect(Number(record.reading.lac5Usd)).toBeLessThanOrEqual(Number(eth5?.usd));
    if (record.ssf.threshold !== null) {
      expect(Number(record.reading.ssfThreshold)).toBeLessThanOrEqual(Number(record.ssf.threshold));
    }
    expect(Number(record.reading.totalValueLiquidatedUsd)).toBeGreaterThanOrEqual(
      Number(record.reference.totalValueLiquidatedUsd),
    );
  });

  it('behavior: the option books matter: without them the threshold is another one', () => {
    const snapshot = withBook();
    const bare = evaluate(input({ ...snapshot, books: [] }));
    const hedged = evaluate(input(snapshot));
    expect(hedged.ssf.threshold).not.toBe(bare.ssf.threshold);
  });
});

describe('explain', () => {
  it('default: one line per round with an action between an opening and a closing', () => {
    const result = dlcmRun({ snapshot: smallSystem(3), scenario: scenarioOf(parameters, 'ETH', 0.4) });
    const lines = explain(result);
    expect(lines[0]).toBe('Shock: ETH falls 40.00 % over 60 s (exp path, 12 s ticks, level v3).');
    expect(lines).toHaveLength(1 + result.events.length + 1 + result.solvency.members.length);
    const liquidated = result.events.findIndex((round) => round.liquidations.length === 1);
    expect(liquidated).toBeGreaterThanOrEqual(0);
    expect(lines[1 + liquidated]).toContain(
      `account ${result.events[liquidated]!.liquidations[0]!.account}, health 0.`,
    );
  });
});

describe('firstFailure', () => {
  it('default: silent for a survivor, names member and first account for a failure', () => {
    const survives = dlcmRun({ snapshot: smallSystem(3), scenario: scenarioOf(parameters, 'ETH', 0.001) });
    expect(survives.solvency.failing).toBe(false);
    expect(firstFailure(survives)).toEqual([]);
    const fails = dlcmRun({ snapshot: smallSystem(3), scenario: scenarioOf(parameters, 'ETH', 0.6) });
    expect(fails.solvency.failing).toBe(true);
    expect(firstFailure(fails)[0]).toContain('Failing: member-');
    const [, told] = firstFailure(fails, smallSystem(3).pools);
    expect(told).toMatch(/Sold on eth-usdc-30, eth-usdc-5: the round moves ETH from [\d.]+ to [\d.]+\.$/);
  });
});
