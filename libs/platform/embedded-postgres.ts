import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.js';
import { EmbeddedPostgresStartError } from './platform-error.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import {
  claimDataFolder,
  loadFailure,
  prepareDataFolder,
  SUPERUSER,
  type DataFolder,
} from './postgres-data-folder.js';
import { spawnTethered, type TetheredProcess } from './tethered-process.js';

export interface EmbeddedPostgresOptions {
  readonly dataFolder: string;
  /** False for tests: a crash of the machine may lose data, everything is faster. */
  readonly durable?: boolean;
  /** Fixed port; a free one when absent. A restart in tests keeps the address this way. */
  readonly port?: number;
}

export interface EmbeddedPostgres {
  readonly port: number;
  readonly dataFolder: string;
  urlOf(database: string): string;
  stop(): Promise<void>;
}

const START_PATIENCE_MS = 30_000;
const PORT_ATTEMPTS = 5;
const KEPT_LINES = 40;
const VOLATILE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const READY = 'database system is ready to accept connections';
const PORT_TAKEN = 'Address already in use';

interface Plan {
  readonly folder: DataFolder;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly durable: boolean;
}

function serverArguments(plan: Plan, port: number): string[] {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(plan.durable ? [] : VOLATILE),
  ];
  return ['-D', plan.folder.path, ...settings.flatMap((setting) => ['-c', setting])];
}

function launch(plan: Plan, port: number): TetheredProcess {
  const program = join(
    plan.binaries.folder,
    'bin',
    process.platform === 'win32' ? 'postgres.exe' : 'postgres',
  );
  return spawnTethered({
    command: program,
    args: serverArguments(plan, port),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    cwd: '/',
    account: plan.account,
    stopSignal: 'INT',
    removeAfter: plan.binaries.temporary,
  });
}

type Outcome = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly output: string };

/** Watches the server's own log: ready, or ended with its last lines. */
function awaitReady(server: TetheredProcess): Promise<Outcome> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    const fail = (): void => resolve({ kind: 'failed', output: lines.join('') });
    const timer = setTimeout(fail, START_PATIENCE_MS);
    const onData = (chunk: Buffer): void => {
      lines.push(chunk.toString());
      lines.splice(0, lines.length - KEPT_LINES);
      if (chunk.toString().includes(READY)) resolve({ kind: 'ready' });
    };
    server.child.stderr?.on('data', onData);
    server.child.stdout?.on('data', onData);
    server.child.once('error', fail);
    server.child.once('exit', () => {
      clearTimeout(timer);
      fail();
    });
  });
}

async function startServer(
  plan: Plan,
  fixedPort: number | undefined,
): Promise<{ server: TetheredProcess; port: number }> {
  let output = '';
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
    const port = fixedPort ?? (await freePort());
    const server = launch(plan, port);
    const outcome = await awaitReady(server);
    if (outcome.kind === 'ready') return { server, port };
    await server.stop();
    output = outcome.output;
    if (!output.includes(PORT_TAKEN)) break;
    await sleep(100);
  }
  throw loadFailure(output) ?? new EmbeddedPostgresStartError(plan.folder.path, output);
}

/** Starts the PostgreSQL that npm installed, on the loopback address, with a random password per data folder. */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = postgresAccount();
  const binaries = postgresBinaries(account);
  const folder = prepareDataFolder(options.dataFolder, { binaries, account });
  const release = claimDataFolder(folder, { binaries, account });
  const plan = { folder, binaries, account, durable: options.durable ?? true };
  const { server, port } = await startServer(plan, options.port).catch((error: unknown) => {
    release();
    throw error;
  });
  return {
    port,
    dataFolder: folder.path,
    urlOf: (database) => `postgresql://${SUPERUSER}:${folder.password}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await server.stop();
      release();
    },
  };
}

/** Creates the database unless it exists, optionally as a copy of a template, and returns its address. */
export async function ensureDatabase(
  server: EmbeddedPostgres,
  name: string,
  template?: string,
): Promise<string> {
  const client = new pg.Client({ connectionString: server.urlOf('postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    const copy = template === undefined ? '' : ` template ${client.escapeIdentifier(template)}`;
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}${copy}`);
  } finally {
    await client.end();
  }
  return server.urlOf(name);
}
