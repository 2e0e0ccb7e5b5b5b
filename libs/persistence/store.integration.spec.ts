import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { storeContract, type Artefact, type Digest, type Job } from '#libs/application/index';
import type { DomainEvent } from '#libs/governance/index';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { openDatabase, type Database } from './database.js';
import { PrismaOutbox } from './outbox.js';
import { ConcurrentAppendError } from './persistence-error.js';
import { PrismaArtefactStore } from './store.js';

const id = (digit: string): Digest => `0x${digit.repeat(64)}`;

function skip(digit: string, createdAt: number): Artefact<'skip'> {
  return {
    kind: 'skip',
    id: id(digit),
    parentId: id('e'),
    createdAt,
    body: { snapshot: id('e'), newer: id(digit) },
  };
}

const event = (at: number): DomainEvent =>
  ({ type: 'Cancelled', at, by: 'test', reason: `number ${at}` }) as unknown as DomainEvent;

const job = (name: string, notBefore: number | null = null): Job => ({
  queue: 'evaluate',
  id: name,
  artefact: id('a'),
  notBefore,
});

describe('PrismaArtefactStore', () => {
  let test: TestDatabase;
  let database: Database;
  let store: PrismaArtefactStore;
  beforeAll(async () => {
    test = await testDatabase();
    database = openDatabase({ url: test.url });
    store = new PrismaArtefactStore(database);
  });
  afterAll(async () => {
    await database.$disconnect();
    await test.drop();
  });

  it('default: gives back what was put, and says when it was there', async () => {
    const artefact = skip('1', 100);
    expect(await store.transaction((tx) => tx.put(artefact))).toBe('stored');
    expect(await store.transaction((tx) => tx.put({ ...artefact, createdAt: 999 }))).toBe('already-stored');
    expect(await store.transaction((tx) => tx.get('skip', artefact.id))).toEqual(artefact);
    expect(await store.transaction((tx) => tx.get('skip', id('0')))).toBeNull();
  });

  it('behavior: children oldest first, listings newest first and continued after a position', async () => {
    await store.transaction(async (tx) => {
      for (const [digit, at] of [
        ['2', 300],
        ['3', 200],
        ['4', 300],
      ] as const)
        await tx.put(skip(digit, at));
    });
    const read = await store.transaction(async (tx) => ({
      children: await tx.children('skip', id('e')),
      first: await tx.newest('skip', 2),
      rest: await tx.newest('skip', 5, { createdAt: 300, id: id('2') }),
    }));
    expect(read.children.map((child) => child.createdAt)).toEqual([100, 200, 300, 300]);
    expect(read.first.map((artefact) => artefact.id)).toEqual([id('4'), id('2')]);
    expect(read.rest.map((artefact) => artefact.id)).toEqual([id('3'), id('1')]);
  });

  it('behavior: a failing transaction leaves neither artefact nor job', async () => {
    const failing = store.transaction(async (tx) => {
      await tx.put(skip('5', 1));
      await tx.enqueue(job('lost'));
      throw new RangeError('after the writes');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await store.transaction((tx) => tx.get('skip', id('5')))).toBeNull();
    const due = await new PrismaOutbox(database).due(1, 10);
    expect(due.map((entry) => entry.id)).not.toContain('lost');
  });

  it('behavior: chunks come back byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    await store.transaction((tx) => tx.putChunk(id('c'), bytes));
    const found = await store.transaction((tx) => tx.getChunk(id('c')));
    expect(Buffer.from(found ?? []).equals(Buffer.from(bytes))).toBe(true);
    expect(await store.transaction((tx) => tx.getChunk(id('d')))).toBeNull();
  });

  it('error: DB-202 when the stream is longer than the writer knew', async () => {
    const stream = id('f');
    await store.transaction((tx) => tx.append(stream, [event(1), event(2)], 0));
    await expect(store.transaction((tx) => tx.append(stream, [event(3)], 1))).rejects.toBeInstanceOf(
      ConcurrentAppendError,
    );
    await store.transaction((tx) => tx.append(stream, [event(3)], 2));
    expect(await store.transaction((tx) => tx.events(stream))).toEqual([event(1), event(2), event(3)]);
  });

  it('behavior: of two writers at once exactly one appends', async () => {
    const stream = id('9');
    const write = (at: number): Promise<void> => store.transaction((tx) => tx.append(stream, [event(at)], 0));
    const outcomes = await Promise.allSettled([write(1), write(2)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await store.transaction((tx) => tx.events(stream))).toHaveLength(1);
  });

  it('behavior: the database refuses to change or remove a fact', async () => {
    const client = new pg.Client({ connectionString: test.url });
    await client.connect();
    try {
      for (const sql of [
        'UPDATE skip SET created_at = 0',
        'DELETE FROM skip',
        'TRUNCATE stream_event',
        'DELETE FROM chunk',
        'DELETE FROM outbox_job',
      ]) {
        await expect(client.query(sql)).rejects.toMatchObject({ code: '23001' });
      }
    } finally {
      await client.end();
    }
  });
});

describe('PrismaArtefactStore keeps the contract of every store', () => {
  const opened: { database: Database; test: TestDatabase }[] = [];
  afterAll(async () => {
    for (const { database, test } of opened) {
      await database.$disconnect();
      await test.drop();
    }
  });
  const makeStore = async () => {
    const test = await testDatabase();
    const database = openDatabase({ url: test.url, maxConnections: 4 });
    opened.push({ database, test });
    const jobs = () => new PrismaOutbox(database).due(Number.MAX_SAFE_INTEGER, 1_000);
    return { store: new PrismaArtefactStore(database), jobs };
  };
  for (const one of storeContract(makeStore)) it(one.name, () => one.run());
});

describe('PrismaOutbox', () => {
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

  it('default: a job is due at its chain time, once, until it is finished', async () => {
    const store = new PrismaArtefactStore(database);
    const outbox = new PrismaOutbox(database);
    await store.transaction(async (tx) => {
      for (const entry of [job('now'), job('later', 500), job('now')]) await tx.enqueue(entry);
    });
    const due = await outbox.due(499, 10);
    expect(due.map((entry) => entry.id)).toEqual(['now']);
    expect((await outbox.due(500, 10)).map((entry) => entry.id)).toEqual(['now', 'later']);
    await outbox.markDispatched(due.map((entry) => entry.sequence));
    expect((await outbox.due(499, 10)).map((entry) => entry.id)).toEqual([]);
    expect((await outbox.unfinished(10)).map((entry) => entry.id)).toEqual(['now']);
    await outbox.markFinished('evaluate', 'now');
    expect(await outbox.unfinished(10)).toEqual([]);
  });
});
