import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ensureDatabase, startPostgres } from './embedded-postgres.js';
import { errorCode } from './error-code.js';
import { DataFolderInUseError } from './platform-error.js';

const DOOR = new URL('./index.js', import.meta.url).href;

async function valueOf(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Starts PostgreSQL in another process, which prints its address and then waits to be killed. */
function startInChild(dataFolder: string): Promise<{ pid: number; url: string; ended: Promise<void> }> {
  const program = `
    const { startPostgres } = await import(${JSON.stringify(DOOR)});
    const server = await startPostgres({ dataFolder: ${JSON.stringify(dataFolder)}, durable: false });
    console.log(server.urlOf('postgres'));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (chunk: Buffer) =>
      resolve({ pid: child.pid ?? 0, url: chunk.toString().trim(), ended }),
    );
  });
}

async function untilRefused(url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await valueOf(url, 'select 1');
    } catch (error) {
      if (errorCode(error) === 'ECONNREFUSED') return true;
    }
    await sleep(100);
  }
  return false;
}

describe('startPostgres', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'srd-pg-spec-'));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('behavior: finds its data again after a stop', async () => {
    const dataFolder = join(folder, 'kept');
    const first = await startPostgres({ dataFolder, durable: false });
    const url = await ensureDatabase(first, 'srd');
    await valueOf(url, 'create table kept as select 7 as value');
    await first.stop();
    const second = await startPostgres({ dataFolder, durable: false });
    expect(await valueOf(await ensureDatabase(second, 'srd'), 'select value from kept')).toBe(7);
    await second.stop();
  });

  it('behavior: refuses a wrong password', async () => {
    const server = await startPostgres({ dataFolder: join(folder, 'guarded'), durable: false });
    const url = new URL(server.urlOf('postgres'));
    url.password = 'guessed';
    await expect(valueOf(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await server.stop();
  });

  it('error: DB-103 while another process serves the folder; SIGKILL of that process frees it', async () => {
    const dataFolder = join(folder, 'taken');
    const other = await startInChild(dataFolder);
    await expect(startPostgres({ dataFolder, durable: false })).rejects.toBeInstanceOf(DataFolderInUseError);
    process.kill(other.pid, 'SIGKILL');
    await other.ended;
    expect(await untilRefused(other.url)).toBe(true);
    const again = await startPostgres({ dataFolder, durable: false });
    expect(await valueOf(again.urlOf('postgres'), 'select 1')).toBe(1);
    await again.stop();
  });
});
