import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const TEMPLATE = 'srd_test_template';

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates the database anew, empty or as a copy of a template, and returns its address. */
export async function createDatabase(
  adminUrl: string,
  name: string,
  template = 'template1',
): Promise<string> {
  await asAdmin(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`,
    );
  });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** A database of this test file's own, migrated and empty. Drop it in `afterAll`. */
export async function testDatabase(template: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const adminUrl = process.env['TEST_POSTGRES_ADMIN_URL'];
  if (adminUrl === undefined) {
    throw new Error('No test PostgreSQL: run this file in the integration or e2e project, which starts one.');
  }
  const name = `srd_test_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(adminUrl, name, template === 'migrated' ? TEMPLATE : 'template1');
  const drop = (): Promise<void> =>
    asAdmin(adminUrl, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    });
  return { url, name, drop };
}
