import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aFullSnapshot } from '#test/support/full-snapshot';
import { benchMarket } from '#test/support/bench-market';
import { marketFactory } from '#test/support/market-factory';
import { propertyRun } from '#test/support/seed';
import {
  arrowChunks,
  encodeSnapshot,
  parseSnapshot,
  readArrow,
  SnapshotArrowError,
  SnapshotError,
  type MarketSnapshot,
} from '../index.js';
import type { ArrowColumn } from './arrow-columns.js';
import { ARROW_TABLES } from './arrow-schema.js';
import { arrowStream } from './write-stream.js';

const MARKETS: readonly MarketSnapshot[] = [
  parseSnapshot(aFullSnapshot()),
  parseSnapshot(marketFactory('fuzz', { positions: 6, optionLines: 4 })),
  benchMarket('fuzz', { positions: 8, optionLines: 3 }),
];
const CASES = MARKETS.map((market) => {
  const chunks = [...arrowChunks(market)];
  return { market, chunks, bytes: joined(chunks), root: encodeSnapshot(market).root };
});

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

/** The market, or null for a typed error; anything else that is thrown fails the test. */
function read(bytes: Uint8Array): MarketSnapshot | null {
  try {
    return readArrow(bytes);
  } catch (error) {
    if (!(error instanceof SnapshotArrowError || error instanceof SnapshotError)) throw error;
    return null;
  }
}

/** One of the markets, and a place in its bytes. */
const placed = fc
  .nat(CASES.length - 1)
  .chain((index) => fc.record({ index: fc.constant(index), at: fc.nat(CASES[index]!.bytes.length - 1) }));

/** Numbers that lengths, counts and offsets are replaced by. */
const hostile = fc.oneof(
  fc.constantFrom(0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 4, 8, 64, 1 << 20),
  fc.nat(0xffffffff),
);

describe('readArrow', () => {
  it('MKT-P04: Arrow bytes changed anywhere give a typed error or a snapshot that is sound', () => {
    fc.assert(
      fc.property(
        placed,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        ({ index, at }, more) => {
          const one = CASES[index]!;
          const bytes = one.bytes.slice();
          bytes[at]! ^= 1 << (more[0]![1] % 8);
          for (const [place, value] of more.slice(1)) bytes[place % bytes.length] = value;
          const market = read(bytes);
          if (market !== null)
            expect(encodeSnapshot(readArrow(joined([...arrowChunks(market)]))).root).toBe(
              encodeSnapshot(market).root,
            );
        },
      ),
      propertyRun(800),
    );
  });

  it('MKT-P05: Arrow bytes cut anywhere but between two streams are refused', () => {
    fc.assert(
      fc.property(placed, ({ index, at }) => {
        const one = CASES[index]!;
        const ends = one.chunks.reduce<number[]>(
          (all, chunk) => [...all, (all.at(-1) ?? 0) + chunk.length],
          [],
        );
        fc.pre(!ends.includes(at));
        expect(read(one.bytes.subarray(0, at))).toBeNull();
      }),
      propertyRun(400),
    );
    // Between two streams the market table, or a part that others refer to, is missing; or only what nothing refers to.
    for (const { chunks, root } of CASES) {
      for (let n = 0; n < chunks.length; n += 1) {
        const market = read(joined(chunks.slice(0, n)));
        if (market !== null) expect(encodeSnapshot(market).root).not.toBe(root);
      }
    }
  });

  it('MKT-P06: No bytes whatever make the Arrow reader hang, throw an untyped error or take memory beyond its input', () => {
    const swap = fc.record({ placed, from: fc.nat(), length: fc.integer({ min: 1, max: 256 }) });
    const before = process.memoryUsage().rss;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(read(bytes)).toBeNull();
      }),
      propertyRun(200),
    );
    fc.assert(
      fc.property(placed, hostile, ({ index, at }, value) => {
        const one = CASES[index]!;
        const bytes = one.bytes.slice();
        const word = Math.min(at & ~3, bytes.length - 4);
        new DataView(bytes.buffer).setUint32(word, value, true);
        read(bytes);
      }),
      propertyRun(1500),
    );
    fc.assert(
      fc.property(swap, ({ placed: { index, at }, from, length }) => {
        const one = CASES[index]!;
        const bytes = one.bytes.slice();
        const source = from % bytes.length;
        bytes.copyWithin(at, source, source + length);
        read(bytes);
      }),
      propertyRun(800),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
  }, 60_000);

  it('MKT-P07: Any change of the content is refused under the root of the original', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 1, max: 255 }), ({ index, at }, mask) => {
        const one = CASES[index]!;
        const bytes = one.bytes.slice();
        bytes[at]! ^= mask;
        const market = read(bytes);
        if (market === null || encodeSnapshot(market).root === one.root) return;
        expect(() => readArrow(bytes, one.root)).toThrow(SnapshotArrowError);
      }),
      propertyRun(300),
    );
  });

  it('error: MKT-104 names table and column of a wrong schema, type, dictionary, count, byte order or root', () => {
    const market = benchMarket('errors', { positions: 4, optionLines: 3 });
    const chunks = [...arrowChunks(market)];
    const position = chunks.find((chunk) => Buffer.from(chunk).includes('collateral'))!;
    const alter = (text: string, by: string): Uint8Array => {
      const bytes = Buffer.from(position);
      bytes.write(by, bytes.indexOf(text), 'latin1');
      return bytes;
    };
    expect(errorOf(alter('collateral', 'collateraL'))).toMatchObject({
      code: 'MKT-104',
      table: 'position',
      column: 'collateral',
      found: 'collateraL',
    });
    expect(errorOf(alter('dlcm-snapshot/1', 'dlcm-snapshot/2'))).toMatchObject({
      code: 'MKT-104',
      found: 'format dlcm-snapshot/2',
    });
    expect(errorOf(alter('position', 'p0sition'))).toMatchObject({ code: 'MKT-104', table: 'p0sition' });
    expect(errorOf(Buffer.concat(chunks), `0x${'0'.repeat(64)}`)).toMatchObject({ code: 'MKT-104' });
    expect(errorOf(new Uint8Array(8))).toMatchObject({ code: 'MKT-104', table: '', column: '' });
  });

  it('error: MKT-104 for indices, counts and dictionaries that do not fit one another', () => {
    const index = (...values: number[]) =>
      ({ type: 'index', values: Int32Array.from(values), valid: null }) as const;
    const list = (assets: ArrowColumn, ...first: number[]): ArrowColumn => ({
      type: 'list',
      first: Int32Array.from(first),
      children: [assets, { type: 'number', values: Float64Array.of(1, 2), valid: null }],
    });
    const sound: Readonly<Record<string, ArrowColumn>> = {
      protocol: index(0, 0),
      id: { type: 'text', first: Int32Array.of(0, 1, 2), bytes: Uint8Array.of(97, 98), valid: null },
      collateral: list(index(0, 0), 0, 1, 2),
      debt: list(index(0, 0), 0, 1, 2),
    };
    const columnOf = (
      overrides: Record<string, ArrowColumn>,
      dictionary: readonly string[] = ['ETH'],
    ): string => {
      const table = ARROW_TABLES.find(({ name }) => name === 'position')!;
      const columns = table.fields.map(({ name }) => ({ ...sound, ...overrides })[name] ?? null);
      const dictionaries = new Map([
        ['protocol', ['aave']],
        ['asset', dictionary],
      ]);
      const error = errorOf(arrowStream({ table, rows: 2, columns, dictionaries }));
      expect(error).toBeInstanceOf(SnapshotArrowError);
      return (error as SnapshotArrowError).column;
    };
    expect(columnOf({ protocol: index(0, 1) })).toBe('protocol');
    expect(columnOf({ protocol: index(5, 5) })).toBe('protocol');
    expect(columnOf({ debt: list(index(0, 99), 0, 1, 2) })).toBe('debt');
    expect(columnOf({ collateral: list(index(0, -1), 0, 1, 2) })).toBe('collateral');
    expect(columnOf({ debt: list(index(0, 0), 1, 0, 2) })).toBe('debt');
    expect(columnOf({ eMode: index(0, 0) })).toBe('eMode');
    expect(columnOf({ topUpChain: index(0, 0) })).toBe('topUpChain');
    expect(columnOf({}, ['ETH', 'ETH'])).toBe('asset');
  });

  it('error: MKT-104 for numbers of the other byte order', () => {
    const [chunk] = CASES[0]!.chunks;
    const found = Array.from({ length: 400 }, (_, at) => {
      const bytes = chunk!.slice();
      bytes[at]! ^= 1;
      return (errorOf(bytes) as SnapshotArrowError | null)?.found;
    });
    expect(found).toContain('big-endian numbers');
  });
});

function errorOf(bytes: Uint8Array, root?: `0x${string}`): unknown {
  try {
    readArrow(bytes, root);
  } catch (error) {
    return error;
  }
  return null;
}
