import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFunctionData, type Address, type Hex, type PrivateKeyAccount } from 'viem';
import { writeDeployment, type Deployment } from '#libs/chain/index';
import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { aaveArtifacts } from '../aave/compile.js';
import { handOverAave } from '../aave/deploy.js';
import { movePool } from '../agents/arbitrageur.js';
import { pushPrices } from '../agents/feed-pusher.js';
import { hedgeBooks } from '../agents/hedger.js';
import { LIQUIDATORS } from '../agents/liquidators.js';
import { localMarketOf } from '../agents/market.js';
import { localAccount, localAccounts } from '../keys.js';
import { demandLocalAnvil } from '../only-local.js';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import type { WorldPlan } from '../plan/plan.js';
import { rawAmount } from './amounts.js';
import { approval } from './approval.js';
import { GRANT_DELAY_SETBACK_SEC, proveDelays, proveRenounced, renounceRights } from './authority.js';
import { BatchSender } from './batch-sender.js';
import { deployCoalition, type Coalition } from './coalition.js';
import { deploymentOf, type DeploymentFacts } from './deployment-of.js';
import { deployMarket, openMarket, type Foundation } from './foundation.js';
import { fundGas } from './funding.js';
import { COUNCILLORS, processKeys, RESPONDERS, writeKeyFiles, type ProcessKeys } from './key-files.js';
import { createSafe, deploySafeCode, setSafeGuard, type SafeCode } from './safes.js';
import { mintTokens, tokenOf } from './tokens.js';
import { drawVoters, type Voter } from './voters.js';

export interface WorldInput {
  readonly rpcUrl: string;
  readonly seed: string;
  /** Folder for the deployment file and the key files. */
  readonly dir: string;
  /** Digest of the engine build whose evaluations the registry accepts. */
  readonly engineVersion: Hex;
  /** Folder of compiled artefacts, kept between worlds. */
  readonly cacheFolder?: string;
  readonly plan?: WorldPlan;
  readonly log?: (line: string) => void;
}

export interface World {
  readonly deployment: Deployment;
  readonly deploymentFile: string;
  readonly seed: string;
  readonly plan: WorldPlan;
  readonly keys: ProcessKeys;
  readonly voters: readonly Voter[];
  readonly foundation: Foundation;
  readonly coalition: Coalition;
}

const DAY = 86_400;
/** The vault's limits count money that lay in it for two days; grant delays count after five. */
const FUNDED_BEFORE_SEC = 3 * DAY;
const PREPARED_BEFORE_SEC = FUNDED_BEFORE_SEC + GRANT_DELAY_SETBACK_SEC + DAY;

/** First timestamp of the chain a world is deployed on. */
export function worldGenesis(plan: WorldPlan = DEFAULT_PLAN): number {
  return plan.startTimestamp - PREPARED_BEFORE_SEC - 3_600;
}

/** Deploys the whole local world on a fresh local Anvil and leaves it at the plan's opening time, mining by interval. */
export async function deployWorld(input: WorldInput): Promise<World> {
  await demandLocalAnvil(input.rpcUrl);
  const plan = input.plan ?? DEFAULT_PLAN;
  const log = input.log ?? (() => undefined);
  const artifacts = aaveArtifacts(input.cacheFolder ?? join(process.cwd(), '.cache'), log);
  const sender = new BatchSender(input.rpcUrl, plan.blockTimeSec);
  await sender.manualMining();
  const cast = castOf(input.seed, plan);
  await fundGas(sender, cast.everyone);
  await sender.jumpTo(plan.startTimestamp - PREPARED_BEFORE_SEC);
  const fromBlock = Number(await sender.client.getBlockNumber());
  const market = await deployMarket(sender, { seed: input.seed, plan, artifacts });
  const safeCode = await deploySafeCode(sender, cast.deployer);
  await sender.flush();
  const safes = createSafes(sender, cast, safeCode);
  const attesters = { signers: cast.attesters.map(({ address }) => address), threshold: 2 };
  const coalition = await deployCoalition(sender, {
    deployer: cast.deployer,
    plan,
    tokens: market.tokens,
    feeds: market.feeds,
    market: market.aave,
    engineVersion: input.engineVersion,
    attesters,
    holders: { responder: safes.responder.address, council: safes.council.address },
    multiSendCallOnly: safeCode.multiSendCallOnly,
    voters: cast.voters,
  });
  log(
    `contracts stand after ${await sender.client.getBlockNumber()} blocks; proving delays and handing over`,
  );
  await sender.jumpTo(plan.startTimestamp - FUNDED_BEFORE_SEC);
  await proveDelays(sender, coalition);
  await handOver(sender, cast, { coalition, market, safes, plan });
  await sender.jumpTo(plan.startTimestamp);
  const foundation = await openMarket(sender, market, { seed: input.seed, plan });
  const facts = {
    plan,
    foundation,
    coalition,
    safes,
    attesters,
    multiSendCallOnly: safeCode.multiSendCallOnly,
    insuranceHolder: localAccount(input.seed, 'umbrella').address,
    fromBlock,
  };
  await settleOpening(sender, { facts, seed: input.seed });
  await proveRenounced(sender, cast.deployer.address, coalition);
  const deployment = deploymentOf({ ...facts, deployBlock: await newestBlock(sender) });
  await sender.intervalMining(plan.blockTimeSec);
  const files = writeFiles(input, deployment);
  return { deployment, ...files, seed: input.seed, plan, voters: cast.voters, foundation, coalition };
}

function writeFiles(
  { seed, dir }: WorldInput,
  deployment: Deployment,
): Pick<World, 'keys' | 'deploymentFile'> {
  const keys = processKeys(seed);
  mkdirSync(dir, { recursive: true });
  writeKeyFiles(dir, keys);
  const deploymentFile = join(dir, 'deployment.json');
  writeDeployment(deploymentFile, deployment);
  return { keys, deploymentFile };
}

interface Cast {
  readonly deployer: PrivateKeyAccount;
  readonly depositor: PrivateKeyAccount;
  readonly attesters: readonly PrivateKeyAccount[];
  readonly responders: readonly PrivateKeyAccount[];
  readonly councillors: readonly PrivateKeyAccount[];
  readonly voters: readonly Voter[];
  readonly everyone: readonly Address[];
}

/** Accounts that send transactions besides the borrowers. */
export const SINGLE_ROLES = [
  'deployer',
  'feed pusher',
  'liquidity provider',
  'option writer',
  'hedger',
  'lender',
  'umbrella',
  'depositor',
  'relayer',
  'arbitrageur',
  'operator',
] as const;

function castOf(seed: string, plan: WorldPlan): Cast {
  const voters = drawVoters(seed);
  const many = [
    localAccounts(seed, 'borrower', plan.borrowers.count),
    localAccounts(seed, 'liquidator', LIQUIDATORS),
    voters.map(({ account }) => account),
  ].flat();
  const singles = SINGLE_ROLES.map((role) => localAccount(seed, role));
  return {
    deployer: localAccount(seed, 'deployer'),
    depositor: localAccount(seed, 'depositor'),
    attesters: localAccounts(seed, 'attester', RESPONDERS),
    responders: localAccounts(seed, 'responder owner', RESPONDERS),
    councillors: localAccounts(seed, 'council owner', COUNCILLORS),
    voters,
    everyone: [...singles, ...many].map(({ address }) => address),
  };
}

function createSafes(
  sender: BatchSender,
  { deployer, responders, councillors }: Cast,
  code: SafeCode,
): Deployment['safes'] {
  const safe = (owners: readonly PrivateKeyAccount[], threshold: number, saltNonce: bigint) => {
    const addresses = owners.map(({ address }) => address);
    return {
      address: createSafe(sender, deployer, { code, input: { owners: addresses, threshold, saltNonce } }),
      owners: addresses,
      threshold,
    };
  };
  return { responder: safe(responders, 2, 1n), council: safe(councillors, 3, 2n) };
}

interface HandOver {
  readonly coalition: Coalition;
  readonly market: Pick<Foundation, 'aave' | 'tokens'>;
  readonly safes: Deployment['safes'];
  readonly plan: WorldPlan;
}

/** Guards on the Safes, the market's administration and risk rights, the vault's money; last, the deployer's own roles go. */
async function handOver(
  sender: BatchSender,
  cast: Cast,
  { coalition, market, safes, plan }: HandOver,
): Promise<void> {
  await setSafeGuard(sender, cast.deployer, {
    safe: safes.responder.address,
    owners: cast.responders.slice(0, 2),
    guard: coalition.safeGuards.responder,
  });
  await setSafeGuard(sender, cast.deployer, {
    safe: safes.council.address,
    owners: cast.councillors.slice(0, 3),
    guard: coalition.safeGuards.council,
  });
  handOverAave(sender, cast.deployer, {
    market: market.aave,
    handover: {
      admin: coalition.openExecutor,
      riskAdmin: coalition.aaveMarginAdapter,
      emergencyAdmin: safes.council.address,
    },
  });
  const quote = tokenOf(market.tokens, 'USDC');
  const assets = rawAmount(plan.backstopUsd, quote.decimals);
  mintTokens(sender, cast.deployer, {
    token: quote,
    grants: [{ holder: cast.depositor.address, raw: assets }],
  });
  await sender.flush();
  sender.send(cast.depositor, approval(quote.address, coalition.backstopVault));
  sender.send(cast.depositor, {
    label: 'deposit',
    to: coalition.backstopVault,
    data: encodeFunctionData({
      abi: backstopVaultAbi,
      functionName: 'deposit',
      args: [assets, cast.depositor.address],
    }),
  });
  for (const { address, kind } of market.tokens.values()) {
    if (kind === 'stable') continue;
    sender.send(cast.deployer, {
      label: 'first sync',
      to: coalition.aaveMarginAdapter,
      data: encodeFunctionData({ abi: aaveMarginAdapterAbi, functionName: 'sync', args: [address] }),
    });
  }
  renounceRights(sender, cast.deployer, coalition);
  await sender.flush();
}

async function newestBlock(sender: BatchSender): Promise<Deployment['deployBlock']> {
  const { number, hash } = await sender.client.getBlock({ blockTag: 'latest' });
  return { number: Number(number), hash };
}

/** The books open hedged, the pools at their opening prices, and the feeds report them. */
async function settleOpening(
  sender: BatchSender,
  { facts, seed }: { readonly facts: Omit<DeploymentFacts, 'deployBlock'>; readonly seed: string },
): Promise<void> {
  const { plan } = facts;
  const market = localMarketOf(sender, {
    deployment: deploymentOf({ ...facts, deployBlock: await newestBlock(sender) }),
    seed,
  });
  await hedgeBooks(market, {
    marking: { timestamp: plan.startTimestamp, volLift: 0 },
    directions: new Map(),
  });
  await sender.flush();
  const opening = new Map(plan.assets.map(({ id, priceUsd }) => [id, priceUsd]));
  for (const pool of market.pools) await movePool(market, pool, opening.get(pool.base.id) ?? 0);
  pushPrices(market, opening);
  await sender.flush();
}
