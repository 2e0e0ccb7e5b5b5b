import { createHash } from 'node:crypto';
import type { Digest } from '#libs/application/index';
import { decodeMarket, encodeSnapshot, type EncodedSnapshot, type MarketSnapshot } from '#libs/market/index';
import { openDatabase, PrismaArtefactStore } from '#libs/persistence/index';
import { benchMarket } from '#test/support/bench-market';
import { unpackRows } from '#libs/market/unpack-rows';

/** One measured speed or size. */
export interface StorageRow {
  readonly what: string;
  readonly positions: number;
  readonly value: number;
  readonly unit: 'rows/s' | 'MB/s' | 'ms' | 'MB';
}

const MB = 1e6;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * The storage path of goal G8, positions as rows: columns to chunks, chunks into PostgreSQL (one blob each), blobs back, and
 * into typed arrays; and what identity costs besides, the Merkle root. The market is made before the clock starts.
 * @param url an empty, migrated database; the chunks stay in it
 */
export async function storageRows(url: string, positions: number): Promise<readonly StorageRow[]> {
  const market = benchMarket('storage', { positions, optionLines: 1000 });
  const database = openDatabase({ url, maxConnections: 2 });
  try {
    return await measure(new PrismaArtefactStore(database), market, positions);
  } finally {
    await database.$disconnect();
  }
}

async function measure(
  store: PrismaArtefactStore,
  market: MarketSnapshot,
  positions: number,
): Promise<readonly StorageRow[]> {
  const [encoded, encodeMs] = await timed(() => encodeSnapshot(market, sha256));
  const [, writeMs] = await timed(() => write(store, encoded));
  const [chunks, readMs] = await timed(() => read(store, encoded.header.chunks));
  const [, unpackMs] = await timed(() => unpackRows(chunks));
  const [, decodeMs] = await timed(() => decodeMarket(encoded.header, chunks, sha256));
  const row = (what: string, value: number, unit: StorageRow['unit']) => ({ what, positions, value, unit });
  const perSecond = (ms: number): number => positions / (ms / 1000);
  return [
    row('encode with root', encodeMs, 'ms'),
    row('write', perSecond(writeMs), 'rows/s'),
    row('write', encoded.header.bytes / MB / (writeMs / 1000), 'MB/s'),
    row('read', perSecond(readMs), 'rows/s'),
    row('read into columns', perSecond(readMs + unpackMs), 'rows/s'),
    row('read into columns', encoded.header.bytes / MB / ((readMs + unpackMs) / 1000), 'MB/s'),
    row('decode, checked, with root', decodeMs, 'ms'),
    row('chunks', encoded.header.bytes / MB, 'MB'),
    row('memory', process.memoryUsage().rss / MB, 'MB'),
  ];
}

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const done = await work();
  return [done, performance.now() - start];
}

function write(store: PrismaArtefactStore, { chunks }: EncodedSnapshot): Promise<void> {
  return store.transaction(async (tx) => {
    for (const { digest, bytes } of chunks) await tx.putChunk(digest, bytes);
  });
}

function read(store: PrismaArtefactStore, digests: readonly Digest[]): Promise<readonly Uint8Array[]> {
  return store.transaction(async (tx) => {
    const chunks: Uint8Array[] = [];
    for (const digest of digests) chunks.push((await tx.getChunk(digest))!);
    return chunks;
  });
}
