import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createWalletClient,
  encodeFunctionData,
  http,
  parseAbi,
  publicActions,
  toHex,
  type Hex,
  type PrivateKeyAccount,
} from 'viem';
import { foundry } from 'viem/chains';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { liquidationFillerAbi } from '#contracts/liquidation-filler';
import { localPriceFeedAbi } from '#contracts/local-price-feed';
import { marginGuardAbi } from '#contracts/margin-guard';
import { deployWorld, worldGenesis, type World } from '#local/deploy/world';
import { localAccount, localAccounts } from '#local/keys';
import { startAnvil, type Anvil } from '#libs/chain/index';
import {
  AUCTION_TERMS,
  evaluationDigest,
  memberKey,
  payloadCodec,
  type ContractCall,
  type MarginAction,
  type PayloadAction,
} from '#libs/protocol/index';

const SEED = 'coalition on aave';
const HOUR = 3_600;
const DAY = 24 * HOUR;
const ENGINE = `0x${'e1'.repeat(32)}` as const;
const poolAbi = parseAbi([
  'function getConfiguration(address asset) view returns (uint256)',
  'function getUserAccountData(address user) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 threshold, uint256 ltv, uint256 healthFactor)',
]);

const relay = localAccount(SEED, 'relayer');
const clientOf = (url: string) =>
  createWalletClient({
    account: relay,
    chain: foundry,
    pollingInterval: 100,
    transport: http(url, { timeout: 60_000 }),
  }).extend(publicActions);
const folder = mkdtempSync(join(tmpdir(), 'coalition-on-aave-'));
let anvil: Anvil;
let client: ReturnType<typeof clientOf>;
let world: World;
let codec: ReturnType<typeof payloadCodec>;
let eth: Hex;

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337, timestamp: worldGenesis() });
  world = await deployWorld({ rpcUrl: anvil.url, seed: SEED, dir: folder, engineVersion: ENGINE });
  client = clientOf(anvil.url);
  codec = payloadCodec(world.deployment);
  eth = world.deployment.assets.find(({ id }) => id === 'ETH')!.address;
}, 300_000);
afterAll(async () => {
  await anvil.stop();
  rmSync(folder, { recursive: true });
});

async function send(call: ContractCall, account: PrivateKeyAccount = relay): Promise<void> {
  const gas = (await client.estimateGas({ ...call, account })) * 2n;
  const receipt = await client.waitForTransactionReceipt({
    hash: await client.sendTransaction({ ...call, account, gas }),
  });
  expect(receipt.status).toBe('success');
}

async function pass(seconds: number): Promise<void> {
  const rpc = client as unknown as {
    request(request: { method: string; params: unknown[] }): Promise<unknown>;
  };
  await rpc.request({ method: 'evm_increaseTime', params: [toHex(seconds)] });
  await rpc.request({ method: 'evm_mine', params: [] });
}

/** Two attesters sign a reading of the newest block, and the relayer publishes it. */
async function publish(ssfThreshold: string): Promise<Hex> {
  const { evaluationRegistry } = world.deployment.contracts;
  const block = await client.getBlock();
  const [parentDigest] = await client.readContract({
    address: evaluationRegistry,
    abi: evaluationRegistryAbi,
    functionName: 'latestDigest',
  });
  const record = {
    engineVersion: ENGINE,
    snapshotRoot: block.hash,
    t0: Number(block.timestamp),
    blocks: [{ chain: 'eip155:31337', number: Number(block.number), hash: block.hash }],
    reading: {
      thresholdStatus: 'found',
      ssfThreshold,
      lac5Usd: '1',
      lac10Usd: '2',
      gexIndex: null,
      gammaNeutralityPrice: null,
      haircutBreakpoint: null,
    },
  } as const;
  const link = { parentDigest, attesterEpoch: 1 };
  const hash = codec.attestationHash(record, link);
  const signers = localAccounts(SEED, 'attester', 2);
  const attestations = await Promise.all(
    signers.map(async (signer) => ({ signer: signer.address, signature: await signer.sign({ hash }), link })),
  );
  await send(codec.publishCall(record, attestations));
  return evaluationDigest(record);
}

async function breach(): Promise<Hex> {
  await publish('0.15');
  return publish('0.15');
}

/** The owners of a Safe sign a call as their co-signers do, and the relayer sends it. */
async function throughSafe(
  role: 'responder' | 'council',
  call: ContractCall,
  signers: number,
): Promise<void> {
  const { address } = world.deployment.safes[role];
  const nonce = Number(
    await client.readContract({
      address,
      abi: parseAbi(['function nonce() view returns (uint256)']),
      functionName: 'nonce',
    }),
  );
  const transaction = { chainId: 31_337, safe: address, ...call, operation: 0, nonce } as const;
  const hash = codec.safeTxHash(transaction);
  const owners = localAccounts(SEED, `${role} owner`, signers);
  const signatures = await Promise.all(
    owners.map(async (owner) => ({ signer: owner.address, signature: await owner.sign({ hash }) })),
  );
  await send(codec.executeSafeCall(transaction, signatures));
}

async function act(action: PayloadAction, evaluation: Hex): Promise<void> {
  const { timestamp } = await client.getBlock();
  const proposal = {
    action,
    evaluation,
    payloadHash: codec.payloadHash(action),
    validUntil: Number(timestamp) + 600,
  };
  await throughSafe('responder', codec.fastCall(proposal.payloadHash, proposal), 2);
}

async function live(): Promise<{ ltv: number; lt: number }> {
  const packed = await client.readContract({
    address: world.deployment.lending[0]!.pool,
    abi: poolAbi,
    functionName: 'getConfiguration',
    args: [eth],
  });
  return { ltv: Number(packed & 0xffffn), lt: Number((packed >> 16n) & 0xffffn) };
}

const sync = () => send(codec.syncCall(world.deployment.members[0]!, 'ETH')!);
const margin = (
  changes: Partial<MarginAction> & Pick<MarginAction, 'ltvBpsTo' | 'ltBpsTo'>,
): MarginAction => ({
  lever: 'margin-tightening',
  member: world.deployment.members[0]!,
  asset: 'ETH',
  ltvBpsFrom: changes.ltvBpsTo,
  ltBpsFrom: changes.ltBpsTo,
  rampSec: HOUR,
  ...changes,
});

describe('the coalition on a real Aave market', () => {
  it('behavior: a breach tightens LTV at once and LT along the ramp, and Aave follows', async () => {
    const before = await live();
    const action = margin({ ltvBpsTo: before.ltv - 50, ltBpsTo: before.lt - 50 });
    await act(action, await breach());
    await sync();
    const soon = await live();
    expect(soon.ltv).toBe(before.ltv - 50);
    expect(before.lt - soon.lt).toBeLessThan(5);
    await pass(HOUR);
    await sync();
    expect(await live()).toEqual({ ltv: before.ltv - 50, lt: before.lt - 50 });
  });

  it('behavior: a voted baseline passes the Council, the delay and anyone', async () => {
    const before = await live();
    const action = margin({ lever: 'margin-baseline', ltvBpsTo: before.ltv - 100, ltBpsTo: before.lt - 100 });
    const proposal = { action, evaluation: ENGINE, payloadHash: codec.payloadHash(action), validUntil: 0 };
    const [proposalId, tallyRoot] = [`0x${'a1'.repeat(32)}`, `0x${'b1'.repeat(32)}`] as const;
    await throughSafe('council', codec.scheduleCall(proposalId, proposal, tallyRoot), 3);
    const early = client.estimateGas({
      ...codec.executeCall(proposalId, proposal, tallyRoot),
      account: relay,
    });
    await expect(early).rejects.toThrow();
    await pass(2 * DAY);
    await send(codec.executeCall(proposalId, proposal, tallyRoot));
    await pass(HOUR);
    await sync();
    expect(await live()).toEqual({ ltv: before.ltv - 100, lt: before.lt - 100 });
  });

  it('behavior: after its time to live the intervention returns in steps of a tenth of a point', async () => {
    const member = memberKey(world.deployment.members[0]!);
    const { marginGuard } = world.deployment.contracts;
    const before = await live();
    await act(margin({ ltvBpsTo: before.ltv - 50, ltBpsTo: before.lt - 50 }), await breach());
    await pass(HOUR);
    await sync();
    await pass(3 * DAY + 8 * DAY);
    const own = await client.readContract({
      address: marginGuard,
      abi: marginGuardAbi,
      functionName: 'current',
      args: [member, eth],
    });
    expect(own.ltBps).toBe(before.lt);
    await sync();
    expect((await live()).lt).toBe(before.lt - 50 + 10);
  });

  it('behavior: the backstop buys what a real liquidation seizes, at its discount', async () => {
    const { backstopVault, liquidationFiller } = world.deployment.contracts;
    const { feeds, pool } = { feeds: world.deployment.feeds, pool: world.deployment.lending[0]!.pool };
    const feed = feeds.find(({ asset }) => asset === 'ETH')!.address;
    const price = await client.readContract({
      address: feed,
      abi: localPriceFeedAbi,
      functionName: 'latestAnswer',
    });
    const fallen = (price * 80n) / 100n;
    await send(
      {
        to: feed,
        data: encodeFunctionData({ abi: localPriceFeedAbi, functionName: 'push', args: [fallen] }),
      },
      localAccount(SEED, 'feed pusher'),
    );
    await pass(120);
    const spend = await client.readContract({
      address: backstopVault,
      abi: backstopVaultAbi,
      functionName: 'availableSpend',
    });
    await act(
      {
        lever: 'backstop-tranche',
        member: world.deployment.members[0]!,
        collateral: 'ETH',
        debtAsset: 'USDC',
        maxSpendUsd: Number(spend / 1_000_000n),
      },
      await breach(),
    );
    const unhealthy = await accountsBelowOne(pool);
    expect(unhealthy.length).toBeGreaterThan(0);
    // The discount is at most 2.5 %, below the bonus of 3 % less Aave's tenth: filling pays without capital.
    await pass(50 * 60);
    const amount = (1_000n * 10n ** 26n * 10_265n) / (fallen * 10_000n);
    const filled = await fillOne(liquidationFiller, { vault: backstopVault, users: unhealthy, amount });
    const paidPerEth = (filled.paid * 10n ** 20n) / filled.amount;
    const limit = (fallen * BigInt(10_000 - AUCTION_TERMS.endDiscountBps)) / 10_000n;
    expect(paidPerEth > 0n && paidPerEth <= limit).toBe(true);
    const left = await client.readContract({
      address: backstopVault,
      abi: backstopVaultAbi,
      functionName: 'held',
      args: [eth],
    });
    expect(left).toBe(filled.amount);
  });
});

async function accountsBelowOne(pool: Hex): Promise<readonly Hex[]> {
  const users = world.foundation.borrowers.map(({ account }) => account.address);
  const data = await Promise.all(
    users.map((user) =>
      client.readContract({ address: pool, abi: poolAbi, functionName: 'getUserAccountData', args: [user] }),
    ),
  );
  return users.filter((_, i) => data[i]![5] < 10n ** 18n);
}

interface Fill {
  readonly vault: Hex;
  readonly users: readonly Hex[];
  readonly amount: bigint;
}

/** Repays 1,000 USDC of the first account whose ETH can be seized for it; the relay itself has no USDC. */
async function fillOne(
  filler: Hex,
  { vault, users, amount }: Fill,
): Promise<{ amount: bigint; paid: bigint }> {
  const totalAssets = () =>
    client.readContract({ address: vault, abi: backstopVaultAbi, functionName: 'totalAssets' });
  for (const user of users) {
    const data = encodeFunctionData({
      abi: liquidationFillerAbi,
      functionName: 'liquidate',
      args: [1n, user, 1_000_000_000n, amount],
    });
    const refused = await client.call({ account: relay, to: filler, data }).then(
      () => false,
      () => true,
    );
    if (refused) continue;
    const before = await totalAssets();
    await send({ to: filler, data });
    return { amount, paid: before - (await totalAssets()) };
  }
  throw new Error(`none of ${users.length} accounts could be liquidated into the vault`);
}
