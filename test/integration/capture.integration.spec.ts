import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAbi } from 'viem';
import { publicClientOf, startAnvil, type Anvil, type Deployment } from '#libs/chain/index';
import {
  encodeSnapshot,
  type ConcentratedPool,
  type LendingProtocol,
  type Snapshot,
} from '#libs/market/index';
import { chainMarketSource } from '#libs/sources/index';
import { deployWorld, worldGenesis } from '#local/deploy/world';
import { DEFAULT_PLAN } from '#local/plan/default-plan';

const poolAbi = parseAbi([
  'function getUserAccountData(address user) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 lt, uint256 ltv, uint256 healthFactor)',
]);
const oracleAbi = parseAbi(['function getAssetPrice(address asset) view returns (uint256)']);
const quoterAbi = parseAbi([
  'struct Params { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Params params) returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 ticksCrossed, uint256 gasEstimate)',
]);
const slotAbi = parseAbi([
  'function slot0() view returns (uint160, int24, uint16, uint16, uint16, uint8, bool)',
]);

let anvil: Anvil;
let deployment: Deployment;
let snapshot: Snapshot;
let client: ReturnType<typeof publicClientOf>;
const dir = mkdtempSync(join(tmpdir(), 'capture-'));

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: worldGenesis() });
  const world = await deployWorld({
    rpcUrl: anvil.url,
    seed: 'capture',
    dir,
    engineVersion: `0x${'11'.repeat(32)}`,
  });
  deployment = world.deployment;
  client = publicClientOf([anvil.url]);
  snapshot = await chainMarketSource({ deployment, client }).capture('latest');
}, 240_000);

afterAll(async () => {
  await anvil.stop();
  rmSync(dir, { recursive: true, force: true });
});

const pinned = (): { readonly blockNumber: bigint } => ({
  blockNumber: BigInt(snapshot.provenance.blocks[0]!.number),
});

/** HF = sum of collateral x price x LT / sum of debt x price (MODEL, section 5, stage 4). */
function healthFactor(protocol: LendingProtocol, id: string, prices: ReadonlyMap<string, number>): number {
  const position = protocol.positions.find((candidate) => candidate.id === id)!;
  const mode = protocol.eModes.find((candidate) => candidate.id === position.eMode);
  const value = (asset: string, amount: number) => amount * prices.get(asset)!;
  const ltOf = (asset: string): number =>
    mode?.collateral.includes(asset) === true
      ? mode.lt
      : protocol.markets.find((market) => market.asset === asset)!.lt;
  const counted = Object.entries(position.collateral).reduce(
    (sum, [asset, amount]) => sum + value(asset, amount) * ltOf(asset),
    0,
  );
  return (
    counted / Object.entries(position.debt).reduce((sum, [asset, amount]) => sum + value(asset, amount), 0)
  );
}

/** Quote received for selling base down to a price, by the range formula of the Uniswap v3 white paper (6.2). */
function quoteDownTo(pool: ConcentratedPool, price: number): number {
  return pool.ranges.reduce((sum, range) => {
    const from = Math.min(pool.price, range.priceUpper);
    const to = Math.max(price, range.priceLower);
    return from > to ? sum + range.liquidity * (Math.sqrt(from) - Math.sqrt(to)) : sum;
  }, 0);
}

describe('chainMarketSource', () => {
  it('default: every borrower of the market, with the health factor that Aave itself states', async () => {
    const protocol = snapshot.lending[0]!;
    const entry = deployment.lending[0]!;
    const prices = new Map<string, number>();
    for (const reserve of entry.reserves) {
      const raw = await client.readContract({
        address: entry.oracle,
        abi: oracleAbi,
        functionName: 'getAssetPrice',
        args: [reserve.underlying],
        ...pinned(),
      });
      prices.set(reserve.asset, Number(raw) / 1e8);
    }
    const borrowers = protocol.positions.filter((position) => Object.keys(position.debt).length > 0);
    expect(borrowers.length).toBeGreaterThanOrEqual(DEFAULT_PLAN.borrowers.count);
    const states = await client.multicall({
      contracts: borrowers.map(
        ({ id }) =>
          ({
            address: entry.pool,
            abi: poolAbi,
            functionName: 'getUserAccountData',
            args: [id as `0x${string}`],
          }) as const,
      ),
      deployless: true,
      allowFailure: false,
      batchSize: 2_000,
      ...pinned(),
    });
    const deviations = borrowers.map(({ id }, i) =>
      Math.abs(healthFactor(protocol, id, prices) / (Number(states[i]![5]) / 1e18) - 1),
    );
    // Aave counts in 8 decimals of a dollar and rounds against the user: far below 1e-6 for these sizes.
    expect(Math.max(...deviations)).toBeLessThan(1e-6);
  });

  it('default: the pools sell what Uniswap quotes, down 5 %', async () => {
    for (const pool of snapshot.pools as ConcentratedPool[]) {
      const entry = deployment.pools.find((candidate) => candidate.id === pool.id)!;
      const tokenOf = (id: string) => deployment.assets.find((asset) => asset.id === id)!;
      const [base, quote] = [tokenOf(entry.base), tokenOf(entry.quote)];
      const [root] = await client.readContract({
        address: entry.address,
        abi: slotAbi,
        functionName: 'slot0',
        ...pinned(),
      });
      const factor = entry.baseIsToken0 ? Math.sqrt(0.95) : 1 / Math.sqrt(0.95);
      const limit = (root * BigInt(Math.round(factor * 1e15))) / 10n ** 15n;
      const { result } = await client.simulateContract({
        address: deployment.uniswap.quoter,
        abi: quoterAbi,
        functionName: 'quoteExactInputSingle',
        args: [
          {
            tokenIn: base.address,
            tokenOut: quote.address,
            amountIn: 10n ** BigInt(base.decimals + 7),
            fee: entry.feePips,
            sqrtPriceLimitX96: limit,
          },
        ],
        ...pinned(),
      });
      const quoted = Number(result[0]) / 10 ** quote.decimals;
      expect(quoteDownTo(pool, pool.price * 0.95) / quoted).toBeCloseTo(1, 6);
    }
  });

  it('behavior: prices, books, funds and provenance of the world', () => {
    const planned = new Map(DEFAULT_PLAN.assets.map((asset) => [asset.id, asset.priceUsd]));
    for (const asset of snapshot.assets) expect(asset.spot / planned.get(asset.id)!).toBeCloseTo(1, 2);
    expect(snapshot.books.length).toBeGreaterThan(0);
    expect(snapshot.books.every((book) => book.options.length > 0)).toBe(true);
    expect(snapshot.funds.map((fund) => fund.usd)).toEqual(deployment.members.map(() => 0));
    expect(snapshot.provenance.blocks.map((block) => block.chain)).toEqual(['eip155:31337']);
  });

  it('behavior: a later capture of the same block by hash, through another client, has the same root', async () => {
    const other = publicClientOf([anvil.url]);
    const again = await chainMarketSource({ deployment, client: other }).capture({
      hash: snapshot.provenance.blocks[0]!.hash,
    });
    expect(encodeSnapshot(again).root).toBe(encodeSnapshot(snapshot).root);
  });

  it('error: SRC-101 names the contract that cannot be read; nothing is dropped', async () => {
    const stranger = deployment.safes.responder.owners[0]!;
    const pools = deployment.pools.map((pool, i) => (i === 0 ? { ...pool, address: stranger } : pool));
    const broken = { ...deployment, pools };
    await expect(chainMarketSource({ deployment: broken, client }).capture('latest')).rejects.toMatchObject({
      code: 'SRC-101',
      retryable: false,
      fields: { address: stranger },
    });
  });

  it('error: SRC-109 for a reserve that the deployment file does not name', async () => {
    const assets = deployment.assets.map((asset) =>
      asset.id === 'BTC' ? { ...asset, address: deployment.safes.council.address } : asset,
    );
    const rejected = chainMarketSource({
      deployment: { ...deployment, assets, pools: deployment.pools.filter((pool) => pool.base !== 'BTC') },
      client,
    }).capture('latest');
    await expect(rejected).rejects.toMatchObject({ code: 'SRC-109' });
  });

  it('error: SRC-104, SRC-105, SRC-106 for an unknown block, another chain, another world', async () => {
    const capture = (changed: Partial<Deployment>, choice: 'latest' | { hash: `0x${string}` } = 'latest') =>
      chainMarketSource({ deployment: { ...deployment, ...changed }, client }).capture(choice);
    await expect(capture({}, { hash: `0x${'12'.repeat(32)}` })).rejects.toMatchObject({
      code: 'SRC-104',
      retryable: true,
    });
    await expect(capture({ chainId: 1 })).rejects.toMatchObject({ code: 'SRC-105' });
    await expect(
      capture({ deployBlock: { ...deployment.deployBlock, hash: `0x${'34'.repeat(32)}` } }),
    ).rejects.toMatchObject({ code: 'SRC-106' });
    await expect(
      capture({ deployBlock: { ...deployment.deployBlock, number: 10_000_000 } }),
    ).rejects.toMatchObject({ code: 'SRC-104', retryable: true });
  });

  it('error: SRC-102, retryable, for an endpoint that is down', async () => {
    const nobody = publicClientOf(['http://127.0.0.1:9'], { retries: 0, timeoutMs: 1_000 });
    await expect(chainMarketSource({ deployment, client: nobody }).capture('latest')).rejects.toMatchObject({
      code: 'SRC-102',
      retryable: true,
    });
  });
});
