import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Digest } from '#libs/application/index';
import { decodeMarket, encodeSnapshot, positionCount } from '#libs/market/index';
import { storageRows } from '../../bench/storage.js';
import { benchMarket } from '#test/support/bench-market';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { openDatabase, PrismaArtefactStore, type Database } from '#libs/persistence/index';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('chunks of a snapshot in PostgreSQL', () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await testDatabase();
    database = openDatabase({ url: test.url });
  });
  afterAll(async () => {
    await database.$disconnect();
    await test.drop();
  });

  it('default: what was stored is read back into columns with the same root', async () => {
    const store = new PrismaArtefactStore(database);
    const encoded = encodeSnapshot(benchMarket('stored', { positions: 100_000, optionLines: 100 }), sha256);
    expect(encoded.chunks.length).toBeGreaterThan(2);
    await store.transaction(async (tx) => {
      for (const { digest, bytes } of encoded.chunks) await tx.putChunk(digest, bytes);
    });
    const chunks = await store.transaction((tx) =>
      Promise.all(encoded.header.chunks.map(async (digest: Digest) => (await tx.getChunk(digest))!)),
    );
    const market = decodeMarket(encoded.header, chunks, sha256);
    expect(market.lending.map(positionCount)).toEqual([100_000]);
    expect('batches' in market.lending[0]!.positions).toBe(true);
    expect(encodeSnapshot(market, sha256).root).toBe(encoded.root);
  });

  it('behavior: the measurement runs and its numbers are above a hundredth of the goal', async () => {
    const rows = await storageRows(test.url, 20_000);
    const speed = (what: string): number => rows.find((row) => row.what === what)!.value;
    expect(speed('write')).toBeGreaterThan(5_000);
    expect(speed('read into columns')).toBeGreaterThan(15_000);
  });
});
