import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnvil, writeDeployment, type Anvil } from '#libs/chain/index';
import { aDeployment } from '#test/support/deployment-fixture';
import { accountOf } from '#test/support/line-fixture';
import { testDatabase, type TestDatabase } from '#test/support/test-database';

const PROCESSES = ['api', 'relayer', 'cosigner'] as const;
type Name = (typeof PROCESSES)[number];

/** Every process shares one way to end; the third order is tried on one of them. */
const ORDERS = {
  api: ['SIGTERM', 'SIGINT', 'disconnect'],
  relayer: ['SIGTERM', 'disconnect'],
  cosigner: ['SIGTERM', 'disconnect'],
} as const satisfies Record<Name, readonly ('SIGTERM' | 'SIGINT' | 'disconnect')[]>;

let anvil: Anvil;
let database: TestDatabase;
let folder = '';
let environments: Record<Name, Record<string, string>>;
beforeAll(async () => {
  [anvil, database] = await Promise.all([startAnvil({ chainId: 31337 }), testDatabase()]);
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
  const DEPLOYMENT_FILE = join(folder, 'deployment.json');
  writeDeployment(DEPLOYMENT_FILE, aDeployment());
  const chain = { RPC_URLS: anvil.url, DEPLOYMENT_FILE };
  environments = {
    api: { ...chain, DATABASE_URL: database.url },
    relayer: { ...chain, DATABASE_URL: database.url, RELAYER_PRIVATE_KEY: accountOf('relayer').key },
    cosigner: {
      ...chain,
      API_URL: 'http://127.0.0.1:9',
      COSIGNER_ROLE: 'responder',
      ATTESTER_PRIVATE_KEY: accountOf('attester').key,
      OWNER_PRIVATE_KEY: accountOf('owner').key,
    },
  };
});
afterAll(async () => {
  await anvil.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly info: Promise<Readonly<Record<string, string>>>;
  readonly ended: Promise<number | null>;
}

function launch(name: Name, env: Record<string, string>): Started {
  const entry = fileURLToPath(new URL(`../../apps/${name}/main.js`, import.meta.url));
  const child = fork(entry, [], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (text += part.toString('utf8')));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const info = new Promise<Readonly<Record<string, string>>>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { info: Record<string, string> }).info));
    void ended.then(() => reject(new Error(text)));
  });
  info.catch(() => undefined);
  return { child, output: () => text, info, ended };
}

describe.each(PROCESSES)('%s', (name) => {
  it('error: refuses to start without configuration and lists every missing setting', async () => {
    const { ended, output } = launch(name, {});
    expect(await ended).toBe(1);
    for (const setting of ['RPC_URLS', 'DEPLOYMENT_FILE'])
      expect(output()).toContain(`${setting}: is required and not set`);
    expect(output()).toContain('CFG-101');
  });

  it('error: refuses a deployment file that is none', async () => {
    const { ended, output } = launch(name, {
      ...environments[name],
      DEPLOYMENT_FILE: join(folder, 'absent.json'),
    });
    expect([await ended, output()]).toEqual([1, expect.stringContaining('CHN-301')]);
  });

  it.each(ORDERS[name])('behavior: starts alone, answers, and ends cleanly on %s', async (order) => {
    const { child, info, ended, output } = launch(name, environments[name]);
    const { url, ops } = await info;
    expect((await fetch(`${url ?? ops}/live`)).status).toBe(200);
    if (order === 'disconnect') child.disconnect();
    else child.kill(order);
    expect([await ended, output().includes('"msg":"stopping"')]).toEqual([0, true]);
  });
});

describe('keys', () => {
  it('error: no key, a key twice and a malformed key each stop the process without showing the key', async () => {
    const { OWNER_PRIVATE_KEY, ...keyless } = environments.cosigner;
    const secret = OWNER_PRIVATE_KEY ?? '';
    const cases = [
      [keyless, 'SIG-001'],
      [{ ...environments.cosigner, ATTESTER_PRIVATE_KEY: secret }, 'SIG-007'],
      [{ ...environments.cosigner, OWNER_PRIVATE_KEY: secret.slice(0, 60) }, 'SIG-002'],
      [{ ...environments.cosigner, COSIGNER_ROLE: 'council' }, 'CFG-101'],
    ] as const;
    for (const [env, code] of cases) {
      const { ended, output } = launch('cosigner', env);
      expect([await ended, output()]).toEqual([1, expect.stringContaining(code)]);
      expect(output()).not.toContain(secret.slice(2, 40));
    }
  });

  it('behavior: a co-signer whose api is away says so with a code, is not ready, and goes on', async () => {
    const { child, info, ended, output } = launch('cosigner', environments.cosigner);
    const { ops } = await info;
    for (let i = 0; i < 50 && !output().includes('COS-140'); i += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const ready = await fetch(`${ops}/ready`);
    expect([ready.status, output()]).toEqual([503, expect.stringContaining('COS-140')]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
