import {
  encodeFunctionData,
  erc20Abi,
  maxUint256,
  parseEventLogs,
  type Address,
  type PrivateKeyAccount,
} from 'viem';
import { aavePoolAbi } from '../aave/abis.js';
import { rawAmount, wholeAmount } from '../deploy/amounts.js';
import type { Outcome } from '../deploy/batch-sender.js';
import { localAccounts } from '../keys.js';
import { readFeeds } from './accounts.js';
import { cutPlan, planLiquidation, type LiquidationPlan } from './liquidation-plan.js';
import { assetOf, poolOf, type LocalMarket, type VenuePool } from './market.js';
import type { PositionBook } from './position-book.js';
import { buyExactRequest, sellCapacity, swapRequest } from './trade.js';

/** How many liquidators compete; they take the accounts of a round in turn. */
export const LIQUIDATORS = 3;

export interface Liquidated {
  readonly account: Address;
  readonly collateral: string;
  readonly debt: string;
  /** Whole tokens, the market's fee included in the seized. */
  readonly seized: number;
  readonly covered: number;
  /** At the feeds' prices. */
  readonly seizedUsd: number;
  readonly coveredUsd: number;
}

export interface LiquidationRound {
  readonly liquidations: readonly Liquidated[];
  /** Debt written off as nobody can be made to pay it, USD. */
  readonly badDebtUsd: number;
  /** Accounts below 1 that nobody liquidated because it does not pay. */
  readonly blocked: number;
}

/** One round: find who is below 1, take what still pays, sell what was seized on the pools. */
export async function liquidateRound(market: LocalMarket, book: PositionBook): Promise<LiquidationRound> {
  const prices = await readFeeds(market);
  const below = await book.below(prices);
  if (below.length === 0) return { liquidations: [], badDebtUsd: 0, blocked: 0 };
  const plans = below
    .map(({ holdings, healthFactor }) =>
      planLiquidation(holdings, { healthFactor, terms: book.terms, prices }),
    )
    .filter((plan) => plan !== null);
  const chosen = await affordable(market, plans);
  const outcomes = await execute(market, chosen);
  const liquidations = outcomes.flatMap(({ receipt }) => decodeLiquidations(market, receipt.logs, prices));
  await sellSeized(market, outcomes);
  await book.refresh(
    chosen.map(({ holdings, collateral, debt }) => ({
      account: holdings.account,
      reserves: [collateral.reserve, debt.reserve],
    })),
  );
  return {
    liquidations,
    badDebtUsd: outcomes.reduce((sum, { receipt }) => sum + deficitUsd(market, receipt.logs, prices), 0),
    blocked: plans.length - chosen.length,
  };
}

/** Where the market refuses a cut, a liquidator takes the whole if the group gets at least this share. */
const WHOLE_ABOVE = 0.5;
/** A cut below this share is not worth its gas. */
const SMALLEST_SHARE = 0.002;

/**
 * What the pools still buy at a price that pays. Liquidators compete: those content with the lowest price go first, and
 * within one limit every account is taken in the same share.
 */
async function affordable(
  market: LocalMarket,
  plans: readonly LiquidationPlan[],
): Promise<LiquidationPlan[]> {
  const chosen: LiquidationPlan[] = [];
  const used = new Map<string, number>();
  for (const group of groupsOf(plans)) {
    const [first] = group;
    if (first === undefined) continue;
    const asset = first.collateral.asset.id;
    const wanted = group.reduce((sum, { seized }) => sum + seized, 0);
    const left = (await capacityOf(market, first)) - (used.get(asset) ?? 0);
    const share = Math.min(1, left / wanted);
    if (share < SMALLEST_SHARE) continue;
    const cuts = group
      .map((plan) => cutPlan(plan, share) ?? (share > WHOLE_ABOVE ? plan : null))
      .filter((plan) => plan !== null);
    used.set(asset, (used.get(asset) ?? 0) + cuts.reduce((sum, { seized }) => sum + seized, 0));
    chosen.push(...cuts);
  }
  return chosen;
}

/** Plans with the same collateral, debt and limit, the lowest limit first. */
function groupsOf(plans: readonly LiquidationPlan[]): LiquidationPlan[][] {
  const groups = new Map<string, LiquidationPlan[]>();
  for (const plan of plans) {
    const key = `${plan.collateral.asset.id}/${plan.debt.asset.id}/${plan.limit}`;
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  return [...groups.values()].sort((a, b) => (a[0]?.limit ?? 0) - (b[0]?.limit ?? 0));
}

/** Seized collateral that is money already needs no sale. */
async function capacityOf(market: LocalMarket, { collateral, limit }: LiquidationPlan): Promise<number> {
  const pool = poolOf(market, collateral.asset.id);
  if (pool === null) return Number.MAX_VALUE;
  const grossLimit = limit / (1 - pool.feePips / 1_000_000);
  return wholeAmount(await sellCapacity(market, pool, grossLimit), collateral.asset.decimals);
}

type Executed = Outcome & { readonly liquidator: PrivateKeyAccount };

async function execute(market: LocalMarket, plans: readonly LiquidationPlan[]): Promise<readonly Executed[]> {
  const crew = localAccounts(market.seed, 'liquidator', LIQUIDATORS);
  const senders = plans.map((plan, i) => {
    const liquidator = crew[i % crew.length] as PrivateKeyAccount;
    const cover = plan.whole ? maxUint256 : rawAmount(plan.cover, plan.debt.asset.decimals);
    const data = encodeFunctionData({
      abi: aavePoolAbi,
      functionName: 'liquidationCall',
      args: [
        plan.collateral.reserve.underlying,
        plan.debt.reserve.underlying,
        plan.holdings.account,
        cover,
        false,
      ],
    });
    market.ground.send(liquidator, {
      label: `liquidate ${plan.holdings.account}`,
      to: market.lending.pool,
      gas: 1_200_000n,
      data,
    });
    return liquidator;
  });
  const outcomes = await market.ground.attempt();
  return outcomes.map((outcome, i) => ({ ...outcome, liquidator: senders[i] as PrivateKeyAccount }));
}

type Logs = Outcome['receipt']['logs'];

function marketEvents<Name extends 'LiquidationCall' | 'DeficitCreated'>(
  { lending }: LocalMarket,
  logs: Logs,
  eventName: Name,
) {
  const own = logs.filter(({ address }) => address.toLowerCase() === lending.pool.toLowerCase());
  return parseEventLogs({ abi: aavePoolAbi, eventName, logs: own });
}

function decodeLiquidations(
  market: LocalMarket,
  logs: Logs,
  prices: ReadonlyMap<string, number>,
): Liquidated[] {
  return marketEvents(market, logs, 'LiquidationCall').map(({ args }) => {
    const collateral = reserveAsset(market, args.collateralAsset);
    const debt = reserveAsset(market, args.debtAsset);
    const seized = wholeAmount(args.liquidatedCollateralAmount, collateral.decimals);
    const covered = wholeAmount(args.debtToCover, debt.decimals);
    return {
      account: args.user,
      collateral: collateral.id,
      debt: debt.id,
      seized,
      covered,
      seizedUsd: seized * (prices.get(collateral.id) ?? 0),
      coveredUsd: covered * (prices.get(debt.id) ?? 0),
    };
  });
}

function deficitUsd(market: LocalMarket, logs: Logs, prices: ReadonlyMap<string, number>): number {
  return marketEvents(market, logs, 'DeficitCreated').reduce((sum, { args }) => {
    const debt = reserveAsset(market, args.debtAsset);
    return sum + wholeAmount(args.amountCreated, debt.decimals) * (prices.get(debt.id) ?? 0);
  }, 0);
}

function reserveAsset({ deployment, lending }: LocalMarket, underlying: Address) {
  const reserve = lending.reserves.find(
    (entry) => entry.underlying.toLowerCase() === underlying.toLowerCase(),
  );
  return assetOf(deployment, reserve?.asset ?? underlying);
}

/** Liquidators keep no inventory: collateral goes to the pool, and debt that is not money is bought back there. */
async function sellSeized(market: LocalMarket, outcomes: readonly Executed[]): Promise<void> {
  for (const [pool, liquidator, amounts] of totals(market, outcomes)) {
    const recipient = liquidator.address;
    if (amounts.sell > 0n)
      market.ground.send(
        liquidator,
        swapRequest(market, pool, { sellBase: true, amountIn: amounts.sell, recipient }),
      );
    if (amounts.buy > 0n)
      market.ground.send(liquidator, buyExactRequest(market, pool, { amountOut: amounts.buy, recipient }));
  }
  await market.ground.flush();
}

/** What each liquidator has to sell and to buy back on each pool. */
function totals(
  market: LocalMarket,
  outcomes: readonly Executed[],
): [VenuePool, PrivateKeyAccount, { sell: bigint; buy: bigint }][] {
  const sums = new Map<string, [VenuePool, PrivateKeyAccount, { sell: bigint; buy: bigint }]>();
  const add = (
    pool: VenuePool | null,
    liquidator: PrivateKeyAccount,
    { side, raw }: { side: 'sell' | 'buy'; raw: bigint },
  ): void => {
    if (pool === null) return;
    const key = `${pool.id}/${liquidator.address}`;
    const entry = sums.get(key) ?? [pool, liquidator, { sell: 0n, buy: 0n }];
    entry[2][side] += raw;
    sums.set(key, entry);
  };
  for (const { receipt, liquidator } of outcomes) {
    for (const { args } of marketEvents(market, receipt.logs, 'LiquidationCall')) {
      const received = receivedBy(receipt.logs, { token: args.collateralAsset, account: liquidator.address });
      add(poolOf(market, reserveAsset(market, args.collateralAsset).id), liquidator, {
        side: 'sell',
        raw: received,
      });
      add(poolOf(market, reserveAsset(market, args.debtAsset).id), liquidator, {
        side: 'buy',
        raw: args.debtToCover,
      });
    }
  }
  return [...sums.values()];
}

/** The event counts the market's fee in; what really arrived stands in the token's own transfers. */
function receivedBy(
  logs: Logs,
  { token, account }: { readonly token: Address; readonly account: Address },
): bigint {
  const own = logs.filter(({ address }) => address.toLowerCase() === token.toLowerCase());
  return parseEventLogs({ abi: erc20Abi, eventName: 'Transfer', logs: own, args: { to: account } }).reduce(
    (sum, { args }) => sum + args.value,
    0n,
  );
}
