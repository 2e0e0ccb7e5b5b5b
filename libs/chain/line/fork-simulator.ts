import type { BackstopAction, ForkSimulator, MarginAction, RemedyAction, Simulation } from '#libs/application/index';
import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { marginGuardAbi } from '#contracts/margin-guard';
import { BaseError, ContractFunctionRevertedError, parseAbi, parseEther, type Hex } from 'viem';
import { anvilClientOf, publicClientOf, walletClientOf, type ReadClient } from '../clients.js';
import { ChainError } from '../chain-error.js';
import type { Deployment } from '../deployment.js';
import { forkChain } from '../fork.js';
import { aaveBorrowers } from './aave-borrowers.js';
import { auctionParams, baselineParams, tightenParams } from './action-params.js';

const aavePoolAbi = parseAbi([
  'function getUserAccountData(address user) view returns (uint256 collateralBase, uint256 debtBase, uint256 availableBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
]);
const ONE_WAD = 10n ** 18n;

interface Fork {
  readonly url: string;
  readonly deployment: Deployment;
  readonly client: ReadClient;
}

/**
 * Executes an action on a private copy of the chain and counts the accounts that it makes liquidatable by itself: those that
 * are liquidatable at the end of its ramp, at unmoved prices, and would not be without it.
 */
export function forkSimulator({ url, deployment }: { readonly url: string; readonly deployment: Deployment }): ForkSimulator {
  return {
    async simulate(action, at) {
      const fork = await forkChain({ url, blockNumber: BigInt(at.number) });
      try {
        const client = publicClientOf([fork.url], { chainId: deployment.chainId });
        const there = await client.getBlock({ blockNumber: BigInt(at.number) });
        if (there.hash !== at.hash) {
          throw new ChainError('CHN-602', `Block ${at.number} is ${there.hash} now, not ${at.hash}: the chain was reorganised. Evaluate a newer snapshot.`, { at });
        }
        return await simulateOn({ url: fork.url, deployment, client }, action, at.number);
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

async function attempt(fork: Fork, action: RemedyAction): Promise<string | null> {
  try {
    if (action.lever === 'backstop-tranche') await openAuction(fork, action);
    else await changeMargin(fork, action);
    return null;
  } catch (thrown) {
    const reverted = thrown instanceof BaseError ? thrown.walk((cause) => cause instanceof ContractFunctionRevertedError) : null;
    if (!(reverted instanceof ContractFunctionRevertedError)) throw thrown;
    return `${reverted.data?.errorName ?? reverted.reason ?? 'revert'}(${(reverted.data?.args ?? []).map(String).join(', ')})`;
  }
}

async function openAuction(fork: Fork, action: BackstopAction): Promise<void> {
  const vault = { address: fork.deployment.contracts.backstopVault, abi: backstopVaultAbi } as const;
  const params = auctionParams(fork.deployment, action);
  const payloadHash = await fork.client.readContract({ ...vault, functionName: 'hashOpenAuction', args: [params] });
  const authority = await authorityFor(fork, payloadHash);
  const account = await impersonated(fork, fork.deployment.safes.responder.address);
  const { request } = await fork.client.simulateContract({ ...vault, account, functionName: 'openAuction', args: [params, authority] });
  await sent(fork, await walletOf(fork, account).writeContract(request));
}

async function changeMargin(fork: Fork, action: MarginAction): Promise<void> {
  const guard = { address: fork.deployment.contracts.marginGuard, abi: marginGuardAbi } as const;
  if (action.lever === 'margin-tightening') {
    const params = tightenParams(fork.deployment, action);
    const payloadHash = await fork.client.readContract({ ...guard, functionName: 'hashTighten', args: [params] });
    const account = await impersonated(fork, fork.deployment.safes.responder.address);
    const args = [params, await authorityFor(fork, payloadHash)] as const;
    const { request } = await fork.client.simulateContract({ ...guard, account, functionName: 'tighten', args });
    await sent(fork, await walletOf(fork, account).writeContract(request));
  } else {
    const { member, asset, baseline, rampSec } = baselineParams(fork.deployment, action, await baselineNow(fork, action));
    const account = await impersonated(fork, fork.deployment.contracts.openExecutor);
    const { request } = await fork.client.simulateContract({ ...guard, account, functionName: 'setBaseline', args: [member, asset, baseline, rampSec] });
    await sent(fork, await walletOf(fork, account).writeContract(request));
  }
  await syncAfterRamp(fork, action);
}

async function baselineNow(fork: Fork, action: MarginAction) {
  const { member, asset } = tightenParams(fork.deployment, action);
  return fork.client.readContract({ address: fork.deployment.contracts.marginGuard, abi: marginGuardAbi, functionName: 'baselineOf', args: [member, asset] });
}

async function syncAfterRamp(fork: Fork, action: MarginAction): Promise<void> {
  const test = anvilClientOf(fork.url, { chainId: fork.deployment.chainId });
  await test.increaseTime({ seconds: action.rampSec });
  await test.mine({ blocks: 1 });
  const account = await impersonated(fork, fork.deployment.safes.responder.address);
  const { asset } = tightenParams(fork.deployment, action);
  const hash = await walletOf(fork, account).writeContract({ address: fork.deployment.contracts.aaveMarginAdapter, abi: aaveMarginAdapterAbi, functionName: 'sync', args: [asset], account });
  await sent(fork, hash);
}

async function authorityFor(fork: Fork, payloadHash: Hex) {
  const [[evaluationDigest], { timestamp }] = await Promise.all([
    fork.client.readContract({ address: fork.deployment.contracts.evaluationRegistry, abi: evaluationRegistryAbi, functionName: 'latestDigest' }),
    fork.client.getBlock(),
  ]);
  return { proposalId: payloadHash, evaluationDigest, payloadHash, validUntil: timestamp + 600n };
}

async function impersonated(fork: Fork, address: Hex): Promise<Hex> {
  const test = anvilClientOf(fork.url, { chainId: fork.deployment.chainId });
  await test.impersonateAccount({ address });
  await test.setBalance({ address, value: parseEther('10') });
  return address;
}

function walletOf(fork: Fork, account: Hex) {
  return walletClientOf([fork.url], { address: account, type: 'json-rpc' }, { chainId: fork.deployment.chainId });
}

async function sent(fork: Fork, hash: Hex): Promise<void> {
  const { status } = await fork.client.waitForTransactionReceipt({ hash, timeout: 20_000 });
  if (status !== 'success') throw new ChainError('CHN-603', `The simulated transaction ${hash} reverted although its call succeeded. Simulate again.`, { hash });
}

async function liquidatable(fork: Fork, action: RemedyAction): Promise<ReadonlySet<string>> {
  const market = fork.deployment.lending.find(({ member }) => member === action.member);
  if (market === undefined) throw new ChainError('CHN-601', `The deployment has no market of member ${action.member}.`, { action });
  const accounts = await aaveBorrowers(fork.client, market);
  const health = await Promise.all(
    accounts.map((user) => fork.client.readContract({ address: market.pool, abi: aavePoolAbi, functionName: 'getUserAccountData', args: [user] })),
  );
  return new Set(accounts.filter((_, i) => (health[i]?.[5] ?? ONE_WAD) < ONE_WAD));
}
