import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artefact, Digest } from '#libs/application/index';
import { ensureDatabase, startPostgres, type EmbeddedPostgres } from '#libs/platform/index';
import { openDatabase } from './database.js';
import { migrate } from './migrate.js';
import { DatabaseUnreachableError } from './persistence-error.js';
import { PrismaArtefactStore } from './store.js';

const OUTAGE_MS = 10_000;

const chunkId = (index: number): Digest => `0x${index.toString(16).padStart(64, '0')}`;

const skip = (index: number): Artefact<'skip'> => ({
  kind: 'skip',
  id: chunkId(index),
  parentId: null,
  createdAt: index,
  body: { snapshot: chunkId(index), newer: chunkId(index + 1) },
});

describe('PrismaArtefactStore through a database outage', () => {
  let folder = '';
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'srd-outage-'));
    chmodSync(folder, 0o755);
    server = await startPostgres({ dataFolder: join(folder, 'postgres') });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('behavior: a server gone for ten seconds loses no write and needs no restart of the process', async () => {
    const url = await ensureDatabase(server, 'srd');
    await migrate(url);
    const database = openDatabase({ url });
    const retries: number[] = [];
    const store = new PrismaArtefactStore(database, {
      maxWaitMs: 60_000,
      onRetry: (_, attempt) => retries.push(attempt),
    });
    const { port, dataFolder } = server;
    let written = 0;
    const writer = (async () => {
      for (; written < 60; written += 1) {
        await store.transaction(async (tx) => {
          await tx.put(skip(written));
          await tx.enqueue({ queue: 'evaluate', id: `job-${written}`, artefact: null, notBefore: null });
        });
        await sleep(50);
      }
    })();
    await sleep(500);
    await server.stop();
    const before = written;
    await sleep(OUTAGE_MS);
    expect(written).toBe(before);
    server = await startPostgres({ dataFolder, port });
    await writer;
    expect(retries.length).toBeGreaterThan(0);
    expect(await database.skip.count()).toBe(60);
    expect(await database.outboxJob.count()).toBe(60);
    await database.$disconnect();
  });

  it('error: DB-201 when the server stays away longer than the patience', async () => {
    const database = openDatabase({ url: 'postgresql://nobody:nothing@127.0.0.1:1/none' });
    const store = new PrismaArtefactStore(database, { maxWaitMs: 300 });
    const attempt = store.transaction((tx) => tx.put(skip(0)));
    await expect(attempt).rejects.toBeInstanceOf(DatabaseUnreachableError);
    await expect(attempt).rejects.toMatchObject({ code: 'DB-201', retryable: true });
    await database.$disconnect();
  });
});
