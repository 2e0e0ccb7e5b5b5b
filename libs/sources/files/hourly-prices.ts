import { readCsv } from './csv-table.js';

export interface PricePoint {
  /** Unix seconds. */
  readonly time: number;
  readonly usd: number;
}

/** Recorded prices of one token, oldest first, about one an hour. */
export function readHourlyPrices(path: string, symbol: string): PricePoint[] {
  return readCsv(path, ['ts', 'symbol', 'price_usd'])
    .filter((row) => row.text('symbol') === symbol)
    .map((row) => ({ time: row.number('ts'), usd: row.number('price_usd') }))
    .sort((a, b) => a.time - b.time);
}
