import type { ForkSimulator, MarginAction, RemedyAction, Simulation } from '#libs/application/index';
import { encodeAction, payloadCodec, payloadHashOf, type FastAuthority } from '#libs/protocol/index';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { marginGuardAbi } from '#contracts/margin-guard';
import { openExecutorAbi } from '#contracts/open-executor';
import {
  AbiErrorSignatureNotFoundError,
  BaseError,
  decodeErrorResult,
  parseAbi,
  parseEther,
  RawContractError,
  type Hex,
} from 'viem';
import { anvilClientOf, publicClientOf, walletClientOf, type ReadClient } from '../clients.js';
import { ChainError } from '../chain-error.js';
import type { Deployment } from '../deployment.js';
import { forkChain } from '../fork.js';
import { aaveBorrowers } from './aave-borrowers.js';

const aavePoolAbi = parseAbi([
  'function getUserAccountData(address user) view returns (uint256 collateralBase, uint256 debtBase, uint256 availableBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
]);
const ONE_WAD = 10n ** 18n;
const VALIDITY_SEC = 600;

interface Fork {
  readonly url: string;
  readonly deployment: Deployment;
  readonly client: ReadClient;
}

/**
 * Executes an action on a private copy of the chain and counts the accounts that it makes liquidatable by itself: those that
 * are liquidatable at the end of its ramp, at unmoved prices, and would not be without it.
 */
export function forkSimulator({
  url,
  deployment,
}: {
  readonly url: string;
  readonly deployment: Deployment;
}): ForkSimulator {
  return {
    async simulate(action, at) {
      const fork = await forkChain(at === 'latest' ? { url } : { url, blockNumber: BigInt(at.number) });
      try {
        const client = publicClientOf([fork.url], { chainId: deployment.chainId });
        const there = await client.getBlock({ blockNumber: fork.blockNumber });
        if (at !== 'latest' && there.hash !== at.hash) {
          throw new ChainError(
            'CHN-602',
            `Block ${at.number} is ${there.hash} now, not ${at.hash}: the chain was reorganised. Evaluate a newer snapshot.`,
            { at },
          );
        }
        return await simulateOn({ url: fork.url, deployment, client }, action, Number(fork.blockNumber));
      } finally {
        await fork.stop();
      }
    },
  };
}

async function simulateOn(fork: Fork, action: RemedyAction, blockNumber: number): Promise<Simulation> {
  const test = anvilClientOf(fork.url, { chainId: fork.deployment.chainId });
  const without = await test.snapshot();
  if (action.lever !== 'backstop-tranche') await test.increaseTime({ seconds: action.rampSec });
  await test.mine({ blocks: 1 });
  const before = await liquidatable(fork, action);
  await test.revert({ id: without });
  const revertReason = await attempt(fork, action);
  if (revertReason !== null) return { blockNumber, selfInflictedLiquidations: 0, revertReason };
  const after = await liquidatable(fork, action);
  const selfInflicted = [...after].filter((account) => !before.has(account));
  return { blockNumber, selfInflictedLiquidations: selfInflicted.length, revertReason: null };
}

/** Null when the action went through; else why the contracts refuse it. */
async function attempt(fork: Fork, action: RemedyAction): Promise<string | null> {
  const { contracts, safes } = fork.deployment;
  const from = await impersonated(
    fork,
    action.lever === 'margin-baseline' ? contracts.openExecutor : safes.responder.address,
  );
  const call = encodeAction(fork.deployment, action, await authorityFor(fork, action));
  const refusal = await refusalOf(fork, { from, call });
  if (refusal !== null) return refusal;
  await send(fork, { from, call });
  if (action.lever !== 'backstop-tranche') await syncAfterRamp(fork, action);
  return null;
}

interface Sending {
  readonly from: Hex;
  readonly call: { readonly to: Hex; readonly data: Hex };
}

async function refusalOf(fork: Fork, { from, call }: Sending): Promise<string | null> {
  try {
    await fork.client.call({ account: from, ...call });
    return null;
  } catch (thrown) {
    const raw =
      thrown instanceof BaseError ? thrown.walk((cause) => cause instanceof RawContractError) : null;
    if (!(raw instanceof RawContractError)) throw thrown;
    const data = typeof raw.data === 'object' ? raw.data.data : raw.data;
    return data === undefined ? raw.shortMessage : errorText(data);
  }
}

const ERRORS = [...marginGuardAbi, ...backstopVaultAbi, ...openExecutorAbi];

function errorText(data: Hex): string {
  try {
    const { errorName, args } = decodeErrorResult({ abi: ERRORS, data });
    return `${errorName}(${(args ?? []).map(String).join(', ')})`;
  } catch (cause) {
    if (cause instanceof AbiErrorSignatureNotFoundError) return `unknown error ${data.slice(0, 10)}`;
    throw cause;
  }
}

async function syncAfterRamp(fork: Fork, action: MarginAction): Promise<void> {
  const test = anvilClientOf(fork.url, { chainId: fork.deployment.chainId });
  await test.increaseTime({ seconds: action.rampSec });
  await test.mine({ blocks: 1 });
  const from = await impersonated(fork, fork.deployment.safes.responder.address);
  const call = payloadCodec(fork.deployment).syncCall(action.member, action.asset);
  if (call !== null) await send(fork, { from, call });
}

async function authorityFor(fork: Fork, action: RemedyAction): Promise<FastAuthority> {
  const [[evaluationDigest], { timestamp }] = await Promise.all([
    fork.client.readContract({
      address: fork.deployment.contracts.evaluationRegistry,
      abi: evaluationRegistryAbi,
      functionName: 'latestDigest',
    }),
    fork.client.getBlock(),
  ]);
  const payloadHash = payloadHashOf(fork.deployment, action);
  return {
    proposalId: payloadHash,
    evaluationDigest,
    payloadHash,
    validUntil: Number(timestamp) + VALIDITY_SEC,
  };
}

async function impersonated(fork: Fork, address: Hex): Promise<Hex> {
  const test = anvilClientOf(fork.url, { chainId: fork.deployment.chainId });
  await test.impersonateAccount({ address });
  await test.setBalance({ address, value: parseEther('10') });
  return address;
}

async function send(fork: Fork, { from, call }: Sending): Promise<void> {
  const wallet = walletClientOf(
    [fork.url],
    { address: from, type: 'json-rpc' },
    { chainId: fork.deployment.chainId },
  );
  const hash = await wallet.sendTransaction(call);
  const { status } = await fork.client.waitForTransactionReceipt({ hash, timeout: 20_000 });
  if (status !== 'success')
    throw new ChainError(
      'CHN-603',
      `The simulated transaction ${hash} reverted although its call succeeded. Simulate again.`,
      { hash },
    );
}

async function liquidatable(fork: Fork, action: RemedyAction): Promise<ReadonlySet<string>> {
  const market = fork.deployment.lending.find(({ member }) => member === action.member);
  if (market === undefined)
    throw new ChainError('CHN-601', `The deployment has no market of member ${action.member}.`, { action });
  const accounts = await aaveBorrowers(fork.client, market);
  const health = await Promise.all(
    accounts.map((user) =>
      fork.client.readContract({
        address: market.pool,
        abi: aavePoolAbi,
        functionName: 'getUserAccountData',
        args: [user],
      }),
    ),
  );
  return new Set(accounts.filter((_, i) => (health[i]?.[5] ?? ONE_WAD) < ONE_WAD));
}
