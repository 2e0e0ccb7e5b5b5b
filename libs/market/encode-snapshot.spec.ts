import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  fromHex,
  merkleProof,
  merkleRoot,
  sha256,
  verifyMerkleProof,
  type Hasher,
} from '#libs/canonical/index';
import { SeededRandom } from '#libs/numeric/index';
import {
  decodeMarket,
  decodeSnapshot,
  encodeSnapshot,
  inCanonicalOrder,
  MAX_CHUNK_BYTES,
  parseSnapshot,
  snapshotLeaves,
  SnapshotChunkError,
  SnapshotError,
  verifyChunks,
  type EncodedSnapshot,
  type Snapshot,
} from './index.js';
import { aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { inColumns } from '#test/support/columnar';
import { aFullSnapshot } from '#test/support/full-snapshot';
import { marketFactory } from '#test/support/market-factory';
import { propertyRun } from '#test/support/seed';

const bytesOf = (encoded: EncodedSnapshot): Uint8Array[] => encoded.chunks.map((chunk) => chunk.bytes);
const nodeHasher: Hasher = (bytes) => createHash('sha256').update(bytes).digest();

function shuffled(snapshot: Snapshot, seed: string): Snapshot {
  const random = new SeededRandom(seed);
  const lending = random.shuffle(snapshot.lending).map((protocol) => ({
    ...protocol,
    positions: random.shuffle(protocol.positions),
    markets: random.shuffle(protocol.markets),
  }));
  const books = random
    .shuffle(snapshot.books)
    .map((book) => ({ ...book, options: random.shuffle(book.options) }));
  return {
    ...snapshot,
    assets: random.shuffle(snapshot.assets),
    pools: random.shuffle(snapshot.pools),
    lending,
    books,
  };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

describe('encodeSnapshot', () => {
  it('behavior: round trip of a snapshot with every table', () => {
    const snapshot = parseSnapshot(aFullSnapshot());
    const encoded = encodeSnapshot(snapshot);
    expect(decodeSnapshot(encoded.header, bytesOf(encoded))).toEqual(snapshot);
  });

  it('behavior: round trip of made markets; the root does not depend on the order of lists', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (seed, size) => {
        const snapshot = parseSnapshot(marketFactory(seed.replaceAll(/[^\x20-\x7e]/g, '?'), size));
        const encoded = encodeSnapshot(snapshot);
        expect(decodeSnapshot(encoded.header, bytesOf(encoded))).toEqual(snapshot);
        expect(encodeSnapshot(shuffled(snapshot, seed)).root).toBe(encoded.root);
      }),
      propertyRun(15),
    );
  });

  it('behavior: positions given as columns have the bytes of positions given as objects', () => {
    for (const snapshot of [parseSnapshot(aFullSnapshot()), parseSnapshot(marketFactory('columns', 300))]) {
      const encoded = encodeSnapshot(snapshot);
      expect(encodeSnapshot(inColumns(snapshot))).toEqual(encoded);
      expect(encodeSnapshot(decodeMarket(encoded.header, bytesOf(encoded)))).toEqual(encoded);
    }
  });

  it('behavior: any changed number changes the root', () => {
    const base = encodeSnapshot(aFullSnapshot()).root;
    const halved = {
      ...aFullSnapshot(),
      lending: [aLendingProtocol({ positions: [aPosition({ debt: { USDC: 600 } })] })],
    };
    expect(encodeSnapshot(halved).root).not.toBe(base);
    const next = aFullSnapshot();
    expect(encodeSnapshot({ ...next, dao: { ...next.dao, backstopUsd: 3 + 2 ** -50 } }).root).not.toBe(base);
  });

  it('behavior: the bytes of one row, written out by hand from the format', () => {
    const encoded = encodeSnapshot(aSnapshot());
    const row = snapshotLeaves(bytesOf(encoded))[0]!.find((leaf) => leaf[0] === 90 + 9);
    // Table 99 (dao): tag, then 0.0 as little-endian IEEE-754.
    expect([...row!]).toEqual([99, 0, 0, 0, 0, 0, 0, 0, 0]);
    const first = snapshotLeaves(bytesOf(encoded))[0]![0]!;
    const t0 = new DataView(new ArrayBuffer(8));
    t0.setFloat64(0, 1_769_288_400, true);
    expect([...first]).toEqual([
      1,
      15,
      ...new TextEncoder().encode('dlcm-snapshot/1'),
      ...new Uint8Array(t0.buffer),
    ]);
  });

  it('behavior: both zeros are one value, an injected hasher gives the same root', () => {
    const snapshot = aSnapshot();
    const negative = { ...snapshot, dao: { ...snapshot.dao, backstopUsd: -0 } };
    expect(encodeSnapshot(negative).root).toBe(encodeSnapshot(snapshot).root);
    expect(encodeSnapshot(snapshot, nodeHasher).root).toBe(encodeSnapshot(snapshot).root);
  });

  it('behavior: large markets fill chunks of at most 4 MiB and rows of at most 512 bytes', () => {
    const encoded = encodeSnapshot(parseSnapshot(marketFactory('chunks', 40_000)), nodeHasher);
    expect(encoded.chunks.length).toBeGreaterThan(1);
    for (const chunk of encoded.chunks) expect(chunk.bytes.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    const leaves = snapshotLeaves(bytesOf(encoded));
    expect(
      Math.max(...leaves.map((rows) => rows.reduce((most, row) => Math.max(most, row.length), 0))),
    ).toBeLessThanOrEqual(512);
    expect(encoded.header.bytes).toBe(encoded.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0));
  });

  it('behavior: one row proves against the root through its chunk', () => {
    const encoded = encodeSnapshot(parseSnapshot(marketFactory('proof', 20)));
    const leaves = snapshotLeaves(bytesOf(encoded));
    const chunkRoots = leaves.map((rows) => merkleRoot(rows));
    const leaf = leaves[0]![5]!;
    expect(verifyMerkleProof(chunkRoots[0]!, { leaf, proof: merkleProof(leaves[0]!, 5) })).toBe(true);
    const chunkLeaves = chunkRoots.map((root) => fromHex(root));
    expect(
      verifyMerkleProof(encoded.root, { leaf: chunkLeaves[0]!, proof: merkleProof(chunkLeaves, 0) }),
    ).toBe(true);
  });
});

describe('decodeSnapshot', () => {
  const encoded = encodeSnapshot(parseSnapshot(aFullSnapshot()));
  const chunk = encoded.chunks[0]!.bytes;

  it('error: MKT-102 for any flipped byte', () => {
    fc.assert(
      fc.property(fc.nat(chunk.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const altered = chunk.slice();
        altered[at]! ^= mask;
        expect(thrownBy(() => decodeSnapshot(encoded.header, [altered]))).toMatchObject({
          code: 'MKT-102',
          chunk: 0,
        });
      }),
      propertyRun(50),
    );
  });

  it('error: a typed error for garbled, cut or foreign bytes even under a header that commits to them', () => {
    fc.assert(
      fc.property(
        fc.nat(chunk.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        fc.boolean(),
        (at, noise, cut) => {
          const bytes = cut ? chunk.slice(0, at) : chunk.slice();
          if (!cut) bytes.set(noise.subarray(0, chunk.length - at), at);
          const header = { ...encoded.header, chunks: [sha256(bytes)] };
          const error = thrownBy(() => decodeSnapshot(header, [bytes]));
          const unchanged = !cut && sha256(bytes) === encoded.header.chunks[0];
          if (unchanged) expect(error).toBeNull();
          else expect(error instanceof SnapshotChunkError || error instanceof SnapshotError).toBe(true);
        },
      ),
      propertyRun(200),
    );
  });

  it('error: MKT-102 for missing chunks, another root, time or block', () => {
    expect(thrownBy(() => decodeSnapshot(encoded.header, []))).toMatchObject({ code: 'MKT-102', chunk: -1 });
    const root = `0x${'11'.repeat(32)}` as const;
    expect(thrownBy(() => verifyChunks({ ...encoded.header, root }, [chunk]))).toMatchObject({
      code: 'MKT-102',
    });
    expect(thrownBy(() => decodeSnapshot({ ...encoded.header, t0: 1 }, [chunk]))).toMatchObject({
      code: 'MKT-102',
    });
    expect(thrownBy(() => decodeSnapshot({ ...encoded.header, blocks: [] }, [chunk]))).toMatchObject({
      code: 'MKT-102',
    });
  });

  it('error: MKT-102 for rows in another order or twice, although each is well formed', () => {
    const rows = snapshotLeaves([chunk])[0]!;
    const repack = (list: readonly Uint8Array[]): Uint8Array =>
      Uint8Array.from(list.flatMap((row) => [row.length & 255, row.length >>> 8, ...row]));
    for (const list of [[...rows].reverse(), [...rows, rows.at(-1)!]]) {
      const bytes = repack(list);
      const scheme = merkleRoot([fromHex(merkleRoot(list))]);
      const header = { ...encoded.header, root: scheme, chunks: [sha256(bytes)] };
      const error = thrownBy(() => decodeSnapshot(header, [bytes]));
      expect(error instanceof SnapshotChunkError || error instanceof SnapshotError).toBe(true);
    }
  });

  it('error: MKT-102 for an empty chunk added behind', () => {
    const empty = new Uint8Array();
    const roots = [chunk, empty].map((bytes) => fromHex(merkleRoot(snapshotLeaves([bytes])[0]!)));
    const header = {
      ...encoded.header,
      root: merkleRoot(roots),
      chunks: [encoded.header.chunks[0]!, sha256(empty)],
    };
    expect(thrownBy(() => decodeSnapshot(header, [chunk, empty]))).toMatchObject({ code: 'MKT-102' });
  });

  it('behavior: inCanonicalOrder is its own fixed point', () => {
    const ordered = inCanonicalOrder(aFullSnapshot());
    expect(inCanonicalOrder(ordered)).toEqual(ordered);
  });
});
