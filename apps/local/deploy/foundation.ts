import type { Address, PrivateKeyAccount } from 'viem';
import { aaveArtifacts } from '../aave/compile.js';
import { deployAave, type AaveMarket } from '../aave/deploy.js';
import { localAccount, localAccounts } from '../keys.js';
import { drawBorrowers, type BorrowerDraw } from '../plan/borrowers.js';
import type { WorldPlan } from '../plan/plan.js';
import type { BatchSender } from './batch-sender.js';
import { openPositions } from './borrowers.js';
import { deployFeeds } from './feeds.js';
import { deployOptionMarket, writeBooks } from './option-market.js';
import { deployTokens, tokenOf, type Tokens } from './tokens.js';
import { deployUniswap, type DeployedPool, type Uniswap } from './uniswap.js';

export interface FoundationInput {
  readonly seed: string;
  readonly plan: WorldPlan;
  readonly cacheFolder: string;
  readonly log: (line: string) => void;
}

/** The coalition's market: tokens, venues, lending, options and everyone's positions; nothing of ours yet. */
export interface Foundation {
  readonly tokens: Tokens;
  readonly feeds: ReadonlyMap<string, Address>;
  readonly uniswap: Uniswap;
  readonly aave: AaveMarket;
  readonly optionMarket: Address;
  readonly optionPool: DeployedPool;
  readonly borrowers: readonly { readonly account: PrivateKeyAccount; readonly draw: BorrowerDraw }[];
}

export async function deployFoundation(sender: BatchSender, { seed, plan, cacheFolder, log }: FoundationInput): Promise<Foundation> {
  const artifacts = aaveArtifacts(cacheFolder, log);
  const deployer = localAccount(seed, 'deployer');
  const tokens = deployTokens(sender, deployer, plan.assets);
  const feeds = deployFeeds(sender, { deployer, pusher: localAccount(seed, 'feed pusher').address, assets: plan.assets, latencySec: plan.feedLatencySec });
  const uniswap = await deployUniswap(sender, { deployer, provider: localAccount(seed, 'liquidity provider'), tokens, quote: tokenOf(tokens, 'USDC'), pools: plan.pools });
  const optionPool = uniswap.pools[0] as DeployedPool;
  const options = { deployer, writer: localAccount(seed, 'option writer'), hedger: localAccount(seed, 'hedger').address, pool: optionPool, books: plan.books, openedAt: plan.startTimestamp };
  const optionMarket = deployOptionMarket(sender, options);
  const aave = await deployAave(sender, {
    artifacts,
    deployer,
    supplier: localAccount(seed, 'lender'),
    tokens,
    feeds,
    treasury: localAccount(seed, 'treasury').address,
    umbrella: localAccount(seed, 'umbrella'),
    insurance: { asset: 'USDC', usd: plan.insuranceUsd },
  });
  writeBooks(sender, optionMarket, options);
  const draws = drawBorrowers(plan, seed);
  const accounts = localAccounts(seed, 'borrower', draws.length);
  const borrowers = draws.map((draw, i) => ({ account: accounts[i] as PrivateKeyAccount, draw }));
  await openPositions(sender, { issuer: deployer, tokens, pool: aave.pool, borrowers });
  return { tokens, feeds, uniswap, aave, optionMarket, optionPool, borrowers };
}
