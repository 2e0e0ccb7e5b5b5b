import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { migrate, readMigrations, type Migration } from './migrate.js';
import { MigrationChangedError, MigrationFailedError, NewerDatabaseError } from './persistence-error.js';

const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

const FIRST = migration('1_first', 'CREATE TABLE first (id int)');
const BROKEN = migration('2_broken', 'CREATE TABLE second (id int); SELECT 1/0');

describe('migrate', () => {
  let test: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    test = await testDatabase('empty');
    client = new pg.Client({ connectionString: test.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await test.drop();
  });
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    );
    return rows.map((row) => row.name);
  };

  it('default: applies what is missing, once, however many processes start together', async () => {
    const runs = await Promise.all([migrate(test.url), migrate(test.url), migrate(test.url)]);
    const names = readMigrations().map(({ name }) => name);
    expect(runs.flat()).toEqual(names);
    const { rows } = await client.query<{ migration_name: string; applied_steps_count: number }>(
      'SELECT migration_name, applied_steps_count FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY started_at',
    );
    expect(rows).toEqual(names.map((name) => ({ migration_name: name, applied_steps_count: 1 })));
  });

  it('error: DB-206 keeps nothing of a migration that fails, and everything before it', async () => {
    await expect(migrate(test.url, [FIRST, BROKEN])).rejects.toBeInstanceOf(MigrationFailedError);
    expect(await tables()).toEqual(['_prisma_migrations', 'first']);
  });

  it('error: DB-203 when the text of an applied migration changed', async () => {
    await migrate(test.url, [FIRST]);
    await expect(migrate(test.url, [migration('1_first', 'SELECT 1')])).rejects.toBeInstanceOf(
      MigrationChangedError,
    );
  });

  it('error: DB-204 on the database of a newer release', async () => {
    await migrate(test.url, [FIRST]);
    await expect(migrate(test.url, [])).rejects.toBeInstanceOf(NewerDatabaseError);
  });
});
