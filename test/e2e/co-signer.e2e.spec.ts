import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { deployWorld, worldGenesis, type World } from '#local/deploy/world';
import { type Digest, InMemoryArtefactStore, type MarketSource } from '#libs/application/index';
import {
  type Anvil,
  attesterSetReader,
  chainClock,
  publicClientOf,
  safeReader,
  signatureChecker,
  startAnvil,
  votingPowerReader,
} from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { engineBuild } from '#libs/platform/index';
import { payloadCodec } from '#libs/protocol/index';
import { chainMarketSource } from '#libs/sources/index';
import { marketOf, withOneDebtHalved } from '#test/support/co-signing-world';
import { storeMarket } from '#test/support/line-fixture';
import { privateKeyToAccount } from 'viem/accounts';
import { createApi } from '../../apps/api/api.application.js';

const SEED = 'co-signer e2e';
const PATIENCE_MS = 180_000;

describe('co-signer process on the local world', () => {
  const folder = mkdtempSync(join(tmpdir(), 'srd-co-signer-'));
  const store = new InMemoryArtefactStore();
  const running: ChildProcess[] = [];
  let anvil: Anvil;
  let world: World;
  let market: MarketSource;
  let app: NestFastifyApplication;
  let log = '';

  beforeAll(async () => {
    anvil = await startAnvil({ timestamp: worldGenesis() });
    world = await deployWorld({ rpcUrl: anvil.url, seed: SEED, dir: folder, engineVersion: engineBuild() });
    const context = { client: publicClientOf([anvil.url]), deployment: world.deployment };
    market = chainMarketSource(context);
    const readers = {
      clock: chainClock(context),
      signatures: signatureChecker(context),
      attesters: attesterSetReader(context),
      safes: safeReader(context),
      votes: votingPowerReader(context),
    };
    const ports = { store, codec: payloadCodec(world.deployment), policy: POLICY, ...readers };
    const metrics = { contentType: 'text/plain', metrics: () => Promise.resolve('') };
    app = await createApi(
      { ports, checks: {}, metrics, log: { error: () => undefined } },
      { requestsPerMinute: 6_000, bodyBytes: 65_536 },
    );
    await app.listen(0, '127.0.0.1');
  }, 600_000);
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await app.close();
    await anvil.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startCoSigner(): Promise<ChildProcess> {
    const env = {
      PATH: process.env['PATH'],
      COSIGNER_ROLE: 'responder',
      API_URL: await app.getUrl(),
      RPC_URLS: anvil.url,
      DEPLOYMENT_FILE: world.deploymentFile,
      OPS_PORT: '0',
      ...world.keys['cosigner-responder-1'],
    };
    const child = fork(join(process.cwd(), 'dist', 'apps', 'cosigner', 'main.js'), {
      env,
      execArgv: [],
      silent: true,
    });
    running.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
    return child;
  }

  async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms. Log:\n${log}`);
      await sleep(200);
    }
  }
  const attestations = (id: Digest) => store.transaction((tx) => tx.children('attestation', id));
  const signed = () => log.split('\n').filter((line) => line.includes('"signed"')).length;

  it('behavior: one debt halved by the worker is refused with its row; the honest market after it is signed, and once only across a kill', async () => {
    const lie = marketOf(withOneDebtHalved(await market.capture('latest')), engineBuild());
    await store.transaction((tx) => storeMarket(tx, lie));
    const first = await startCoSigner();
    await until('the refusal', () => log.includes('COS-107'));
    expect(log).toMatch(/\/lending\/[^"]*\/positions\/[^"]*\/debt\/[^"]*: published/);
    expect(await attestations(lie.evaluation.id)).toEqual([]);

    const honest = marketOf(await market.capture('latest'), engineBuild());
    await store.transaction((tx) => storeMarket(tx, honest));
    await until('the attestation', async () => (await attestations(honest.evaluation.id)).length > 0);
    const attester = privateKeyToAccount(
      world.keys['cosigner-responder-1']?.['ATTESTER_PRIVATE_KEY'] ?? '0x',
    ).address;
    expect((await attestations(honest.evaluation.id)).map(({ body }) => body.signer)).toEqual([
      attester.toLowerCase(),
    ]);
    expect(await attestations(lie.evaluation.id)).toEqual([]);

    first.kill('SIGKILL');
    const before = signed();
    log = '';
    const second = await startCoSigner();
    await until('the second start', () => log.includes('reading the api'));
    await sleep(3_000);
    expect([before, signed(), (await attestations(honest.evaluation.id)).length]).toEqual([1, 0, 1]);
    second.kill('SIGTERM');
    await until('the ordered end', () => second.exitCode === 0);
  }, 600_000);
});
