import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { realDataDir, realDataTest } from '#test/support/real-data';
import { backtest, compare, fittedReaction, seenToReact, simulate } from './maker-backtest.js';
import { BACKTEST_FILES, EPISODES, readEpisode, rolled, type Episode } from './maker-episode.js';
import { backtestTable } from './table.js';

const PAGE = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'model', 'backtest.md');
const vault = (name: string, collateralEth: number, debtDai: number) => ({
  vault: name,
  collateralEth,
  normalisedDebt: debtDai,
  debtDai,
});

/** A fall from 2,000 to 1,500 and back; at ratio 1.3 a vault of 10 ETH is liquidated above 11,538 DAI of debt. */
function anEpisode(overrides: Partial<Episode> = {}): Episode {
  const usd = [2000, 1900, 1950, 1500, 1800, 1900];
  return {
    name: 'made up',
    start: 0,
    end: 5 * 3600,
    prices: usd.map((price, i) => ({ time: i * 3600, usd: price })),
    parameters: { liquidationRatio: 1.3, penalty: 0.13, dustDai: 100 },
    vaults: [vault('safe', 10, 11_500), vault('hit', 10, 11_600), vault('spared', 10, 14_000)],
    residues: 0,
    recorded: [{ vault: 'hit', dai: 11_600 }],
    reacted: new Set(['spared']),
    ...overrides,
  };
}

describe('simulate', () => {
  it('default: liquidates who is below the ratio at the lowest price, after the delay', () => {
    const { vaults, repaidDai } = simulate(anEpisode(), 0, 'a');
    expect([...vaults].sort()).toEqual(['hit', 'spared']);
    // Both are closed in full: collateral of 15,000 USD covers 14,000 x 1.13 only in part, (10 x 1,500) / 1.13 = 13,274.
    expect(repaidDai).toBeGreaterThan(11_600 + 13_000);
    expect(repaidDai).toBeLessThanOrEqual(11_600 + 14_000);
  });

  it('behavior: who reacts is never liquidated', () => {
    expect(simulate(anEpisode(), 1, 'a').vaults.size).toBe(0);
  });
});

describe('compare', () => {
  it('default: precision and recall against the record', () => {
    expect(compare(anEpisode(), 0)).toMatchObject({ vaults: 2, precision: 0.5, recall: 1 });
    expect(fittedReaction(anEpisode())).toBe(0.5);
    expect(seenToReact(anEpisode())).toBe(1);
  });
});

describe('rolled', () => {
  it('default: applies actions to the book, and a liquidation empties the vault', () => {
    const event = { time: 0, eth: 0, dai: 0 };
    const book = rolled(
      [vault('a', 10, 100), vault('b', 5, 50)],
      [
        { ...event, kind: 'deposit', vault: 'a', eth: 2 },
        { ...event, kind: 'repay', vault: 'a', dai: 30 },
        { ...event, kind: 'liquidate', vault: 'b', eth: 5, dai: 50 },
        { ...event, kind: 'borrow', vault: 'c', dai: 7 },
      ],
    );
    expect(book.map((row) => [row.vault, row.collateralEth, row.debtDai])).toEqual([
      ['a', 12, 70],
      ['b', 0, 0],
      ['c', 0, 7],
    ]);
  });
});

describe('backtest on the Maker ETH-B record', () => {
  realDataTest(it, [...BACKTEST_FILES])('what can honestly be said of the falls of 2021 and 2022', () => {
    const episodes = EPISODES.map((files) => readEpisode(files, (file) => join(realDataDir(), file)));
    const result = backtest(episodes, 'January 2022');
    for (const row of result.rows) {
      // Without any reaction nearly everyone who was liquidated is found, among many who saved themselves.
      expect(row.nobodyReacts.recall).toBeGreaterThan(0.85);
      expect(row.nobodyReacts.vaults).toBeGreaterThan(row.recorded.vaults);
      expect(row.seenToReact).toBe(1);
      // With the share fitted on January 2022 the number is right within a factor of two, in episodes it never saw.
      expect(row.withReaction.vaults / row.recorded.vaults).toBeGreaterThan(1 / 2);
      expect(row.withReaction.vaults / row.recorded.vaults).toBeLessThan(2);
    }
    const heldOut = result.rows.find(({ episode }) => episode === 'June 2022')!;
    expect(heldOut.withReaction.dai / heldOut.recorded.dai).toBeGreaterThan(0.75);
    expect(heldOut.withReaction.dai / heldOut.recorded.dai).toBeLessThan(1.33);
    const page = readFileSync(PAGE, 'utf8').replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
    for (const line of backtestTable(result)) expect(page).toContain(line);
  });
});
