import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#libs/persistence/index';
import { startPostgres } from '#libs/platform/index';
import { createDatabase, TEMPLATE } from './test-database.js';

/**
 * Runs once before the integration and end-to-end suites: a PostgreSQL (or the one of TEST_DATABASE_URL) with a migrated
 * template database, which each test file clones. The address reaches the test processes through the environment.
 */
export default async function setUpPostgres(): Promise<void> {
  const given = process.env['TEST_DATABASE_URL'];
  const server =
    given === undefined ? await startOwnServer() : { adminUrl: given, stop: () => Promise.resolve() };
  process.env['TEST_POSTGRES_ADMIN_URL'] = server.adminUrl;
  await migrate(await createDatabase(server.adminUrl, TEMPLATE));
  Object.assign(globalThis, { stopTestPostgres: server.stop });
}

async function startOwnServer(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'srd-test-'));
  // PostgreSQL may run under another account, which has to enter.
  chmodSync(folder, 0o755);
  const server = await startPostgres({ dataFolder: join(folder, 'postgres'), durable: false });
  return {
    adminUrl: server.urlOf('postgres'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
