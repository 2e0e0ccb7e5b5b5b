import type { Address, PrivateKeyAccount } from 'viem';
import type { Artifacts } from '../aave/compile.js';
import { deployAave, type AaveMarket } from '../aave/deploy.js';
import { localAccount, localAccounts } from '../keys.js';
import { drawBorrowers, type BorrowerDraw } from '../plan/borrowers.js';
import type { WorldPlan } from '../plan/plan.js';
import { equipAgents } from './agent-capital.js';
import type { BatchSender } from './batch-sender.js';
import { openPositions } from './borrowers.js';
import { deployFeeds } from './feeds.js';
import { deployOptionMarket, writeBooks } from './option-market.js';
import { deployTokens, tokenOf, type Tokens } from './tokens.js';
import { deployUniswap, type DeployedPool, type Uniswap } from './uniswap.js';

export interface MarketInput {
  readonly seed: string;
  readonly plan: WorldPlan;
}

/** The market before anyone takes a position. */
export interface EmptyMarket {
  readonly tokens: Tokens;
  readonly feeds: ReadonlyMap<string, Address>;
  readonly uniswap: Uniswap;
  readonly aave: AaveMarket;
  readonly optionMarket: Address;
  readonly optionPool: DeployedPool;
}

/** The coalition's market: tokens, venues, lending, options and everyone's positions; nothing of ours. */
export interface Foundation extends EmptyMarket {
  readonly borrowers: readonly Borrower[];
}

export interface Borrower {
  readonly account: PrivateKeyAccount;
  readonly draw: BorrowerDraw;
}

export async function deployMarket(
  sender: BatchSender,
  { seed, plan, artifacts }: MarketInput & { readonly artifacts: Artifacts },
): Promise<EmptyMarket> {
  const deployer = localAccount(seed, 'deployer');
  const tokens = deployTokens(sender, deployer, plan.assets);
  const feeds = deployFeeds(sender, {
    deployer,
    pusher: localAccount(seed, 'feed pusher').address,
    assets: plan.assets,
    latencySec: plan.feedLatencySec,
  });
  const uniswap = await deployUniswap(sender, {
    deployer,
    provider: localAccount(seed, 'liquidity provider'),
    tokens,
    quote: tokenOf(tokens, 'USDC'),
    pools: plan.pools,
  });
  const optionPool = uniswap.pools[0] as DeployedPool;
  const optionMarket = deployOptionMarket(sender, {
    ...optionRoles(seed),
    pool: optionPool,
    books: plan.books,
    openedAt: plan.startTimestamp,
  });
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
  return { tokens, feeds, uniswap, aave, optionMarket, optionPool };
}

function optionRoles(seed: string) {
  return {
    deployer: localAccount(seed, 'deployer'),
    writer: localAccount(seed, 'option writer'),
    hedger: localAccount(seed, 'hedger').address,
  };
}

/** Option books are written and borrowers take their positions at the opening prices. */
export async function openMarket(
  sender: BatchSender,
  market: EmptyMarket,
  { seed, plan }: MarketInput,
): Promise<Foundation> {
  equipAgents(sender, { seed, issuer: localAccount(seed, 'deployer'), market });
  writeBooks(sender, market.optionMarket, {
    ...optionRoles(seed),
    pool: market.optionPool,
    books: plan.books,
    openedAt: plan.startTimestamp,
  });
  const draws = drawBorrowers(plan, seed);
  const accounts = localAccounts(seed, 'borrower', draws.length);
  const borrowers = draws.map((draw, i) => ({ account: accounts[i] as PrivateKeyAccount, draw }));
  await openPositions(sender, {
    issuer: localAccount(seed, 'deployer'),
    tokens: market.tokens,
    pool: market.aave.pool,
    borrowers,
  });
  return { ...market, borrowers };
}
