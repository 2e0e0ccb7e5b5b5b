import { readCsv } from './csv-table.js';

/** One option of a Deribit chain snapshot. Prices of options are in the coin; volatilities annual (0.5 = 50 %). */
export interface DeribitQuote {
  readonly time: number;
  readonly currency: 'BTC' | 'ETH';
  readonly instrument: string;
  readonly type: 'C' | 'P';
  readonly strike: number;
  /** Expiry in unix seconds. */
  readonly expiry: number;
  readonly tenorYears: number;
  /** USD forward of the expiry. */
  readonly forward: number;
  /** USD index (spot). */
  readonly index: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mark: number;
  readonly markIv: number | null;
  readonly delta: number;
  readonly vegaUsd: number;
  /** Contracts, equal to coins. */
  readonly openInterest: number;
}

const COLUMNS = [
  ...[
    'ts_ms',
    'currency',
    'instrument',
    'type',
    'strike',
    'expiry',
    'tte_years',
    'underlying_price',
    'index_price',
  ],
  ...['bid', 'ask', 'mark', 'mark_iv', 'delta', 'vega_usd', 'open_interest'],
];

/** All options of one Deribit chain snapshot (csv or csv.gz). */
export function readDeribitChain(path: string): DeribitQuote[] {
  return readCsv(path, COLUMNS).map((row) => ({
    time: Math.floor(row.number('ts_ms') / 1000),
    currency: row.oneOf('currency', ['BTC', 'ETH']),
    instrument: row.text('instrument'),
    type: row.oneOf('type', ['C', 'P']),
    strike: row.number('strike'),
    expiry: Date.parse(row.text('expiry')) / 1000,
    tenorYears: row.number('tte_years'),
    forward: row.number('underlying_price'),
    index: row.number('index_price'),
    bid: row.optionalNumber('bid'),
    ask: row.optionalNumber('ask'),
    mark: row.number('mark'),
    markIv: row.optionalNumber('mark_iv'),
    delta: row.number('delta'),
    vegaUsd: row.number('vega_usd'),
    openInterest: row.number('open_interest'),
  }));
}
