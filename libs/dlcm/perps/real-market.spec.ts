import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { realDataTest } from '#test/support/real-data';
import { perpEquity } from './perp-position.js';

const DAYS = ['20250108', '20251111', '20251215'].map(
  (day) => `perps/gmx_v2_eth_usd_arbitrum_1min_${day}.csv.gz`,
);

const rowsOf = (path: string): readonly Readonly<Record<string, number>>[] => {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, Number(cell)])));
};

describe('perpEquity on the GMX v2 ETH market', () => {
  // The venue publishes open interest in USD at entry and in tokens; its pending profit is that of one long and one short
  // position with these averages. The file rounds USD to 1e-6.
  realDataTest(it, DAYS)(
    'reproduces the pending profit of all traders in 4,320 minutes to 1e-5 USD',
    (paths) => {
      let minutes = 0;
      for (const row of paths.flatMap(rowsOf)) {
        const side = (sign: 1 | -1, usd: number, tokens: number): number =>
          perpEquity({ quantity: sign * tokens, entry: usd / tokens, margin: 0 }, row['index_price']!);
        const own =
          side(1, row['oi_long_usd']!, row['oi_long_tokens']!) +
          side(-1, row['oi_short_usd']!, row['oi_short_tokens']!);
        expect(Math.abs(own - row['pending_pnl_usd']!)).toBeLessThan(1e-5);
        minutes += 1;
      }
      expect(minutes).toBe(4320);
    },
  );
});
