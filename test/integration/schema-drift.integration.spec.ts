import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '#test/support/test-database';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a database consists of, as the catalogue states it. */
const CATALOGUE = `
  SELECT 'column' AS kind, table_name || '.' || column_name AS name,
         concat_ws(' ', data_type, is_nullable, regexp_replace(coalesce(column_default, ''), '::regclass', '')) AS definition
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL
  SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL
  SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ORDER BY 1, 2`;

// Prisma's schema cannot say these: its own ledger, and the two partial indexes over open jobs.
const BEYOND_SCHEMA = /^(_prisma_migrations|outbox_job_(undispatched|unfinished)_idx)/;

async function catalogueOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ kind: string; name: string; definition: string }>(CATALOGUE);
    return rows
      .filter(({ name }) => !BEYOND_SCHEMA.test(name))
      .map((row) => `${row.kind} ${row.name}: ${row.definition}`);
  } finally {
    await client.end();
  }
}

describe('prisma/migrations', () => {
  let migrated: TestDatabase;
  let fromSchema: TestDatabase;
  beforeAll(async () => {
    [migrated, fromSchema] = [await testDatabase('migrated'), await testDatabase('empty')];
  });
  afterAll(async () => {
    await migrated.drop();
    await fromSchema.drop();
  });

  it('behavior: the migrations together make exactly what the schema describes', async () => {
    const sql = execFileSync(process.execPath, ['scripts/schema-diff.mjs', 'empty', 'prisma/schema.prisma'], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: fromSchema.url },
      encoding: 'utf8',
    });
    const client = new pg.Client({ connectionString: fromSchema.url });
    await client.connect();
    await client.query(sql);
    await client.end();
    const wanted = await catalogueOf(fromSchema.url);
    expect(wanted.length).toBeGreaterThan(80);
    expect(await catalogueOf(migrated.url)).toEqual(wanted);
  });
});
