import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAbi } from 'viem';
import { accessManagerAbi } from '#contracts/access-manager';
import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { marginGuardAbi } from '#contracts/margin-guard';
import { publicClientOf, readDeployment, readSafe, startAnvil, type Anvil } from '#libs/chain/index';
import { ROLE } from '#libs/protocol/index';
import { aclManagerAbi } from './aave/abis.js';
import { readBooks } from './agents/hedger.js';
import { openLocalMarket } from './agents/market.js';
import { optionDelta } from './agents/option-delta.js';
import { PositionBook } from './agents/position-book.js';
import { poolPrice } from './agents/trade.js';
import { memberId } from './deploy/coalition.js';
import { deployWorld, worldGenesis, type World } from './deploy/world.js';
import { localAccount } from './keys.js';
import { demandLocalAnvil } from './only-local.js';
import { drawBorrowers } from './plan/borrowers.js';
import { playFall } from './play/play-fall.js';
import { playShock } from './play/play-shock.js';

const ENGINE = `0x${'11'.repeat(32)}` as const;
const SEED = 'a world for tests';
const folder = mkdtempSync(join(tmpdir(), 'world-'));
let anvil: Anvil;
let world: World;

function deploy(rpcUrl: string, seed: string, dir: string): Promise<World> {
  return deployWorld({ rpcUrl, seed, dir: join(folder, dir), engineVersion: ENGINE });
}

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: worldGenesis() });
  world = await deploy(anvil.url, SEED, 'first');
});
afterAll(async () => {
  await anvil.stop();
  rmSync(folder, { recursive: true });
});

describe('deployWorld', () => {
  it('behavior: the deployment file and one key file per process are written, keys for their owner alone', () => {
    expect(readDeployment(world.deploymentFile)).toEqual(world.deployment);
    const keys = join(folder, 'first', 'keys');
    expect(readdirSync(keys)).toHaveLength(9);
    for (const name of readdirSync(keys)) expect(statSync(join(keys, name)).mode & 0o077).toBe(0);
  });

  it('behavior: two real Safes with their guards, owners and thresholds', async () => {
    const client = publicClientOf([anvil.url]);
    const { safes, safeGuards } = world.deployment;
    const [responder, council] = await Promise.all([
      readSafe(client, safes.responder.address),
      readSafe(client, safes.council.address),
    ]);
    expect(responder).toMatchObject({ threshold: 2, guard: safeGuards.responder, nonce: 1 });
    expect(council).toMatchObject({ threshold: 3, guard: safeGuards.council, nonce: 1 });
    expect([responder.owners.length, council.owners.length]).toEqual([3, 5]);
    // The canonical addresses of Safe 1.4.1 on every chain (safe-deployments).
    expect(world.deployment.contracts.multiSendCallOnly).toBe('0x9641d764fc13c8B624c04430C7356C1C7C8102e2');
  });

  it('behavior: rights lie with the Safes and the executor, none with the deployer', async () => {
    const client = publicClientOf([anvil.url]);
    const { contracts, safes, lending } = world.deployment;
    const deployer = localAccount(SEED, 'deployer').address;
    const holds = async (role: bigint, account: `0x${string}`) =>
      (
        await client.readContract({
          address: contracts.accessManager,
          abi: accessManagerAbi,
          functionName: 'hasRole',
          args: [role, account],
        })
      )[0];
    expect(await holds(ROLE.responder, safes.responder.address)).toBe(true);
    expect(await holds(ROLE.council, safes.council.address)).toBe(true);
    expect(await holds(ROLE.executor, contracts.openExecutor)).toBe(true);
    for (const role of Object.values(ROLE)) expect(await holds(role, deployer)).toBe(false);
    const acl = { address: lending[0]!.aclManager, abi: aclManagerAbi } as const;
    expect(await client.readContract({ ...acl, functionName: 'isPoolAdmin', args: [deployer] })).toBe(false);
    expect(
      await client.readContract({ ...acl, functionName: 'isRiskAdmin', args: [contracts.aaveMarginAdapter] }),
    ).toBe(true);
  });

  it('behavior: the guard knows the margins that the market has, and the vault counts its money', async () => {
    const client = publicClientOf([anvil.url]);
    const { contracts, members, assets } = world.deployment;
    const eth = assets.find(({ id }) => id === 'ETH')!;
    const margin = await client.readContract({
      address: contracts.marginGuard,
      abi: marginGuardAbi,
      functionName: 'current',
      args: [memberId(members[0]!), eth.address],
    });
    const [live] = await client.readContract({
      address: contracts.aaveMarginAdapter,
      abi: aaveMarginAdapterAbi,
      functionName: 'liveValues',
      args: [eth.address],
    });
    expect({ ltv: margin.ltvBps, lt: margin.ltBps }).toEqual(live);
    const fund = await client.readContract({
      address: contracts.backstopVault,
      abi: backstopVaultAbi,
      functionName: 'fund',
    });
    expect(fund).toBe(BigInt(world.plan.backstopUsd) * 10n ** 6n);
  });

  it('behavior: every borrower stands on chain as drawn, the books open hedged, the pools at their prices', async () => {
    const market = await openLocalMarket(anvil.url, { deployment: world.deployment, seed: SEED });
    const accounts = world.foundation.borrowers.map(({ account }) => account.address);
    const book = await PositionBook.open(market, accounts);
    const prices = new Map(world.plan.assets.map(({ id, priceUsd }) => [id, priceUsd]));
    expect(await book.below(prices)).toEqual([]);
    const debts = parseAbi(['function totalSupply() view returns (uint256)']);
    const usdc = market.lending.reserves.find(({ asset }) => asset === 'USDC')!;
    const owed = await market.ground.client.readContract({
      address: usdc.variableDebtToken,
      abi: debts,
      functionName: 'totalSupply',
    });
    const drawn = drawBorrowers(world.plan, SEED).reduce(
      (sum, { debtUsd }) => sum + (debtUsd['USDC'] ?? 0),
      0,
    );
    expect(Number(owed) / 1e6 / drawn).toBeCloseTo(1, 5);
    for (const pool of market.pools)
      expect((await poolPrice(market, pool)) / (prices.get(pool.base.id) ?? 0)).toBeCloseTo(1, 9);
    for (const { lines, hedge, band } of await readBooks(market)) {
      const size = lines.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
      const net =
        optionDelta(lines, prices.get('ETH') ?? 0, { timestamp: world.plan.startTimestamp, volLift: 0 }) +
        hedge;
      expect(Math.abs(net) / size).toBeLessThan(band + 0.01);
    }
  });

  it('behavior: the same seed gives the same chain to the last hash, another seed another', async () => {
    const again = await startAnvil({ timestamp: worldGenesis() });
    const other = await startAnvil({ timestamp: worldGenesis() });
    try {
      expect((await deploy(again.url, SEED, 'again')).deployment).toEqual(world.deployment);
      expect((await deploy(other.url, 'another seed', 'other')).deployment.deployBlock.hash).not.toBe(
        world.deployment.deployBlock.hash,
      );
    } finally {
      await Promise.all([again.stop(), other.stop()]);
    }
  });

  it('error: LOC-001 on any chain but the local Anvil', async () => {
    const foreign = await startAnvil({ chainId: 1 });
    const imitation = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        const { id, method } = JSON.parse(body) as { id: number; method: string };
        const answer =
          method === 'eth_chainId'
            ? { result: '0x7a69' }
            : { error: { code: -32601, message: 'the method does not exist' } };
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
      });
    });
    await new Promise<void>((resolve) => imitation.listen(0, '127.0.0.1', resolve));
    try {
      await expect(deploy(foreign.url, SEED, 'foreign')).rejects.toMatchObject({ code: 'LOC-001' });
      await expect(
        demandLocalAnvil(`http://127.0.0.1:${(imitation.address() as AddressInfo).port}`),
      ).rejects.toMatchObject({ code: 'LOC-001', fields: { reason: 'it does not answer anvil_nodeInfo' } });
    } finally {
      imitation.closeAllConnections();
      imitation.close();
      await foreign.stop();
    }
  });
});

describe('playFall', () => {
  it('behavior: agents act for real, the coalition stays solvent, a shock on a fork leaves the origin alone', async () => {
    const fall = await playFall({
      rpcUrl: anvil.url,
      deployment: world.deployment,
      seed: SEED,
      plan: world.plan,
    });
    expect(fall.liquidations).toBeGreaterThan(0);
    expect(fall.badDebtUsd).toBe(0);
    expect(fall.finalPrices['ETH']! / (2_950 * (1 - world.plan.fall.size))).toBeCloseTo(1, 6);
    const before = await publicClientOf([anvil.url]).getBlockNumber();
    const played = await playShock({
      rpcUrl: anvil.url,
      deployment: world.deployment,
      seed: SEED,
      borrowers: world.plan.borrowers.count,
      shock: { asset: 'ETH', size: 0.2 },
      path: { shape: 'exp', durationSec: 900, stepSec: 60 },
    });
    expect(played.liquidatedAccounts).toBeGreaterThan(20);
    expect(played.badDebtUsd).toBeGreaterThan(0);
    expect(played.finalPrices['ETH']).toBeLessThan(fall.finalPrices['ETH']! * 0.8);
    const market = await openLocalMarket(anvil.url, { deployment: world.deployment, seed: SEED });
    const eth = market.pools.find(({ base }) => base.id === 'ETH')!;
    expect((await poolPrice(market, eth)) / fall.finalPrices['ETH']!).toBeCloseTo(1, 9);
    expect(played.blockNumber).toBeGreaterThanOrEqual(before);
  });
});
