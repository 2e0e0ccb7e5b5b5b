import { describe, expect, it } from '@jest/globals';
import { tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import { aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { benchMarket } from '#test/support/bench-market';
import { inColumns } from '#test/support/columnar';
import { aFullSnapshot } from '#test/support/full-snapshot';
import { marketFactory } from '#test/support/market-factory';
import {
  arrowChunks,
  encodeSnapshot,
  inCanonicalOrder,
  MAX_CHUNK_BYTES,
  parseSnapshot,
  positionsOf,
  readArrow,
  type MarketSnapshot,
  type PositionColumns,
} from '../index.js';
import { TABLES } from '../snapshot-tables.js';
import { ARROW_TABLES } from './arrow-schema.js';

function fileOf(chunks: Iterable<Uint8Array>): Uint8Array {
  return new Uint8Array(Buffer.concat([...chunks]));
}

const arrowOf = (market: MarketSnapshot): Uint8Array => fileOf(arrowChunks(market));
const batchesOf = (market: MarketSnapshot): readonly PositionColumns[] =>
  market.lending.flatMap(({ positions }) => ('batches' in positions ? positions.batches : []));

const MARKETS: readonly MarketSnapshot[] = [
  parseSnapshot(aFullSnapshot()),
  parseSnapshot(marketFactory('arrow', { positions: 300, protocols: 3 })),
  inColumns(parseSnapshot(marketFactory('arrow', { positions: 30, protocols: 3 }))),
  inColumns(parseSnapshot(aFullSnapshot())),
  benchMarket('arrow', { positions: 2000, optionLines: 3 }),
  parseSnapshot(aSnapshot({ lending: [aLendingProtocol({ positions: [] })] })),
];

describe('readArrow', () => {
  it('default: gives back what arrowChunks wrote, with the same root', () => {
    for (const market of MARKETS) {
      const { root } = encodeSnapshot(market);
      const again = readArrow(arrowOf(market), root);
      expect(encodeSnapshot(again).root).toBe(root);
      expect(again.lending.map((desk) => [...positionsOf(desk)])).toEqual(
        market.lending.map((desk) => [...positionsOf(desk)]),
      );
      expect({ ...again, lending: [] }).toEqual({ ...inCanonicalOrder(market), lending: [] });
    }
  });

  it('behavior: columns are views of the bytes, copies where these are not aligned', () => {
    const market = benchMarket('views', { positions: 500, optionLines: 3 });
    const bytes = arrowOf(market);
    const [batch] = batchesOf(readArrow(bytes));
    const { first, asset, units } = batch!.collateral;
    for (const column of [first, asset, units]) expect(column.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const [copied] = batchesOf(readArrow(shifted.subarray(1)));
    expect(copied!.collateral.units.buffer).not.toBe(shifted.buffer);
    expect(copied!.collateral.units).toEqual(units);
  });

  it('behavior: the order of streams does not matter', () => {
    const chunks = [...arrowChunks(MARKETS[0]!)];
    expect(encodeSnapshot(readArrow(fileOf(chunks.reverse()))).root).toBe(encodeSnapshot(MARKETS[0]!).root);
  });
});

describe('arrowChunks', () => {
  it('behavior: every stream is at most 4 MiB, whatever the legs and names', () => {
    const wide = Array.from({ length: 30_000 }, (_, i) =>
      aPosition({ id: `${'x'.repeat(70)}${String(i).padStart(7, '0')}` }),
    );
    const markets = [
      benchMarket('chunks', { positions: 150_000, optionLines: 3 }),
      parseSnapshot(aSnapshot({ lending: [aLendingProtocol({ positions: wide })] })),
    ];
    for (const market of markets) {
      const chunks = [...arrowChunks(market)];
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeGreaterThan(2 * 1024 * 1024);
    }
  });

  it('behavior: every column of every table has its place, once', () => {
    // Rows of collateral and debt stand inside those of position; their two key columns are those of the row.
    for (const table of ARROW_TABLES) {
      const { names } = TABLES.find(({ name }) => name === table.name)!;
      const lists = table.name === 'position' ? ['collateral', 'debt'] : [];
      expect(table.fields.map((field) => field.name)).toEqual([...names, ...lists]);
    }
    // What positionChunk fills; a column added to the tables must be added there and to PositionColumns.
    const position = ARROW_TABLES.find(({ name }) => name === 'position')!;
    expect(position.fields.map(({ name }) => name)).toEqual([
      ...['protocol', 'id', 'eMode', 'topUpChain', 'topUpAsset', 'topUpAmount', 'topUpIfHfBelow'],
      ...['collateral', 'debt'],
    ]);
    const legs = position.fields.flatMap((field) => (field.type === 'list' ? [field.children] : []));
    expect(legs.map((children) => children.map(({ name }) => name))).toEqual([
      ['asset', 'amount'],
      ['asset', 'amount'],
    ]);
  });
});

describe('the Apache Arrow library, an implementation of its own', () => {
  const tableOf = (market: MarketSnapshot, name: string): Table => {
    const tables = [...arrowChunks(market)].map((chunk) => tableFromIPC(chunk));
    return tables.find((table) => table.schema.metadata.get('table') === name)!;
  };

  it('behavior: reads what we write', () => {
    const market = parseSnapshot(aFullSnapshot());
    const rows = JSON.parse(JSON.stringify(tableOf(market, 'position').toArray())) as unknown;
    const topUp = { topUpChain: 'eip155:31337', topUpAsset: 'USDC', topUpAmount: 10, topUpIfHfBelow: 1.05 };
    const legs = { collateral: [{ asset: 'ETH', amount: 1 }], debt: [{ asset: 'USDC', amount: 1200 }] };
    const none = { topUpChain: null, topUpAsset: null, topUpAmount: null, topUpIfHfBelow: null };
    expect(rows).toEqual([
      { protocol: 'aave', id: 'alice', eMode: '1', ...topUp, ...legs },
      { protocol: 'aave', id: 'bob', eMode: null, ...none, ...legs },
    ]);
    expect(
      tableOf(market, 'book')
        .toArray()
        .map((row) => (row as { hedged: boolean }).hedged),
    ).toEqual([true]);
    const [block] = tableOf(market, 'block').toArray() as { hash: Uint8Array; number: number }[];
    expect([block!.number, ...block!.hash]).toEqual([7, ...new Uint8Array(32).fill(0xab)]);
  });

  it('behavior: writes what we read', () => {
    for (const market of MARKETS) {
      const rewritten = [...arrowChunks(market)].map((chunk) => tableToIPC(tableFromIPC(chunk), 'stream'));
      const { root } = encodeSnapshot(market);
      expect(encodeSnapshot(readArrow(fileOf(rewritten), root)).root).toBe(root);
    }
  });
});
