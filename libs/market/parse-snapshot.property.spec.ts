import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aFullSnapshot } from '#test/support/full-snapshot';
import { aPool, aSnapshot, aStable } from '#test/support/builders';
import { propertyRun } from '#test/support/seed';
import { decodeSnapshot, encodeSnapshot, parseSnapshot, SnapshotError, type Snapshot } from './index.js';

/** A snapshot, or null for a typed error; anything else that is thrown fails the test. */
function parsed(value: unknown): Snapshot | null {
  try {
    return parseSnapshot(value);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    expect(error.code).toBe('MKT-101');
    expect(error.issues.length).toBeGreaterThan(0);
    expect(error.message.length).toBeLessThan(50 * 2000);
    return null;
  }
}

/** What was accepted is sound: every number finite, and the same after encoding. */
function expectSound(snapshot: Snapshot): void {
  const encoded = encodeSnapshot(snapshot);
  const chunks = encoded.chunks.map((chunk) => chunk.bytes);
  const again = decodeSnapshot(encoded.header, chunks);
  expect(encodeSnapshot(again).root).toBe(encoded.root);
  visit(snapshot, (value) => {
    if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
  });
}

function visit(value: unknown, look: (value: unknown) => void): void {
  look(value);
  if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) visit(child, look);
}

type Path = readonly (string | number)[];

/** Paths of every place of a value. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf(Reflect.get(value, key), [...path, key]))];
}

/** A copy with another value at a path. */
function changed(value: unknown, path: Path, make: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return make(value);
  const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  Reflect.set(copy, key, changed(Reflect.get(copy, key), rest, make));
  return copy;
}

const nestedDeep = (): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < 20_000; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};

const HOSTILE: readonly unknown[] = [
  ...[NaN, Infinity, -Infinity, -1, -0, 0, 1e308, -1e308, 5e-324, 2 ** 53, 0.1 + 0.2, 12n],
  ...[
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    'ETH ',
    'é',
    '￿',
    '𝄞',
    '\ud800',
    '\0',
    'x'.repeat(100_000),
  ],
  ...[null, undefined, true, [], {}, [[]], Symbol('s'), () => 1, new Date(0), new Map([['a', 1]])],
  ...[JSON.parse('{"__proto__":{"polluted":1}}') as unknown, { constructor: { prototype: { polluted: 1 } } }],
  nestedDeep(),
  Array.from({ length: 5000 }, (_, i) => i),
];

const mutations: readonly ((old: unknown) => unknown)[] = [
  ...HOSTILE.map((value) => () => value),
  (old) => (Array.isArray(old) ? [...(old as unknown[]), ...(old as unknown[])] : old),
  (old) => (Array.isArray(old) ? old.toReversed() : old),
  (old) => (typeof old === 'number' ? -old : old),
  (old) => (typeof old === 'number' ? old * 1e9 : old),
  (old) => (typeof old === 'string' ? `${old}x` : old),
  (old) => ({ ...(old as object), extra: 1 }),
  (old) => (typeof old === 'object' && old !== null ? Object.fromEntries(Object.entries(old).slice(1)) : old),
  (old) => Object.assign(Object.create({ inherited: 1 }) as object, old),
];

describe('parseSnapshot', () => {
  it('MKT-P01: Whatever value is given, the answer is a snapshot or a typed error', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue({ maxDepth: 6 }), anything), (value) => {
        expect(parsed(value)).toBeNull();
      }),
      propertyRun(300),
    );
    for (const value of HOSTILE) expect(parsed(value)).toBeNull();
  });

  it('MKT-P02: A valid snapshot changed in one or two places is refused with a typed error or sound', () => {
    const base = JSON.parse(JSON.stringify(aFullSnapshot())) as Snapshot;
    const paths = pathsOf(base);
    const change = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...mutations));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        let value: unknown = base;
        for (const [path, mutate] of changes) {
          try {
            value = changed(value, path, mutate);
          } catch {
            return; // The first change took the place of the second away.
          }
        }
        const snapshot = parsed(value);
        if (snapshot !== null) expectSound(snapshot);
        expect(Object.prototype).not.toHaveProperty('polluted');
      }),
      propertyRun(600),
    );
  });

  it('MKT-P03: An id that is used twice in a list is refused', () => {
    const base = parseSnapshot(aFullSnapshot());
    const lists = [
      'assets',
      'surfaces',
      'pools',
      'lending',
      'perps',
      'books',
      'chains',
      'bridges',
      'funds',
    ] as const;
    for (const list of lists) {
      const items = base[list] as readonly unknown[];
      expect(parsed({ ...base, [list]: [...items, items[0]] })).toBeNull();
    }
  });

  it('behavior: a key "__proto__" is refused wherever it stands, not dropped', () => {
    const base = JSON.parse(JSON.stringify(aFullSnapshot())) as Snapshot;
    const objects = pathsOf(base).filter((path) => {
      const value = path.reduce<unknown>((at, key) => Reflect.get(at as object, key), base);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    });
    expect(objects.length).toBeGreaterThan(30);
    for (const path of objects) {
      const value = changed(base, path, (old) =>
        Object.defineProperty({ ...(old as object) }, '__proto__', { value: 1, enumerable: true }),
      );
      expect([path, parsed(value)]).toEqual([path, null]);
    }
  });

  it('behavior: ten thousand tokens made of one another, in a row or in one circle, are judged at once', () => {
    const count = 10_000;
    const id = (i: number): string => `N${String(i).padStart(5, '0')}`;
    const chain = (circle: boolean): Snapshot =>
      aSnapshot({
        assets: Array.from({ length: count + 1 }, (_, i) => aStable({ id: id(i) })),
        nested: Array.from({ length: count }, (_, i) => ({
          token: id(i),
          formula: { kind: 'basket', backing: { [id(circle ? (i + 1) % count : i + 1)]: 1 } } as const,
        })),
        pools: [],
        lending: [],
        books: [],
        funds: [],
        dao: { backstopUsd: 0, members: [] },
      });
    expect(parsed(chain(false))).not.toBeNull();
    expect(parsed(chain(true))).toBeNull();
  });

  it('behavior: ten thousand pools that quote one another in a row, or in one circle, are judged at once', () => {
    const count = 10_000;
    const id = (i: number): string => `A${String(i).padStart(5, '0')}`;
    const ring = (circle: boolean): Snapshot =>
      aSnapshot({
        assets: Array.from({ length: count }, (_, i) => aStable({ id: id(i) })),
        pools: Array.from({ length: count - (circle ? 0 : 1) }, (_, i) =>
          aPool({ id: `p${i}`, base: id(i), quote: id((i + 1) % count) }),
        ),
        lending: [],
        books: [],
        funds: [],
        dao: { backstopUsd: 0, members: [] },
      });
    const start = performance.now();
    expect(parsed(ring(false))).not.toBeNull();
    expect(parsed(ring(true))).toBeNull();
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
