import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAnvil, type Anvil } from './anvil.js';
import { anvilClientOf, checkEndpoint, publicClientOf } from './clients.js';
import { errorCode } from './error-code.js';
import { forkChain } from './fork.js';

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31337 });
});
afterAll(() => anvil.stop());

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 5_000 && alive(pid); waited += 50) await sleep(50);
  return !alive(pid);
}

describe('startAnvil', () => {
  it('error: CHN-103 when the port is in use', async () => {
    await expect(startAnvil({ port: anvil.port })).rejects.toMatchObject({
      code: 'CHN-103',
      fields: { port: anvil.port },
    });
  });

  it('behavior: ends with its starter, even when that one is killed', async () => {
    const door = fileURLToPath(new URL('./anvil.js', import.meta.url));
    const script = `const { startAnvil } = await import(${JSON.stringify(door)}); const { pid } = await startAnvil(); console.log(pid); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(
      await new Promise<string>((resolve) =>
        starter.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8'))),
      ),
    );
    expect(alive(pid)).toBe(true);
    starter.kill('SIGKILL');
    expect(await gone(pid)).toBe(true);
  });

  it('behavior: stop ends the process', async () => {
    const other = await startAnvil();
    await other.stop();
    expect(await gone(other.pid)).toBe(true);
  });
});

describe('checkEndpoint', () => {
  it('default: names the block it serves', async () => {
    expect(await checkEndpoint(anvil.url, { chainId: 31337 })).toEqual({ state: 'usable', block: 0n });
  });

  it('behavior: another chain, a lagging node and a dead one are told apart', async () => {
    expect(await checkEndpoint(anvil.url, { chainId: 1 })).toMatchObject({ state: 'other-chain' });
    expect(await checkEndpoint(anvil.url, { chainId: 31337, minBlock: 9n })).toMatchObject({
      state: 'behind',
    });
    const dead = await startAnvil();
    await dead.stop();
    expect(await checkEndpoint(dead.url, { chainId: 31337 })).toMatchObject({ state: 'down' });
  });

  describe('behind a server that misbehaves', () => {
    let server: Server;
    let answer: (respond: (status: number) => void) => void = () => undefined;
    beforeAll(async () => {
      server = createServer((_, response) => answer((status) => response.writeHead(status).end('{}')));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    it('behavior: silence is slow', async () => {
      answer = () => undefined;
      expect(await checkEndpoint(url(), { chainId: 31337, timeoutMs: 200 })).toMatchObject({ state: 'slow' });
    });

    it('behavior: 429 is rate-limited', async () => {
      answer = (respond) => respond(429);
      expect(await checkEndpoint(url(), { chainId: 31337 })).toMatchObject({ state: 'rate-limited' });
    });

    it('behavior: reads go on at the next endpoint', async () => {
      answer = (respond) => respond(503);
      expect(await publicClientOf([url(), anvil.url], { retries: 0 }).getChainId()).toBe(31337);
    });
  });
});

describe('forkChain', () => {
  it('behavior: keeps chain id and state, and never touches the origin', async () => {
    const origin = publicClientOf([anvil.url]);
    const holder = '0x00000000000000000000000000000000000000cc';
    await anvilClientOf(anvil.url).setBalance({ address: holder, value: 5n });
    await anvilClientOf(anvil.url).mine({ blocks: 1 });
    const fork = await forkChain({ url: anvil.url });
    try {
      const copy = publicClientOf([fork.url]);
      expect(await copy.getChainId()).toBe(31337);
      expect(await copy.getBalance({ address: holder })).toBe(5n);
      await anvilClientOf(fork.url).setBalance({ address: holder, value: 6n });
      expect(await origin.getBalance({ address: holder })).toBe(5n);
    } finally {
      await fork.stop();
    }
  });
});
