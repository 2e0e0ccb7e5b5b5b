import { openLocalMarket } from '../agents/market.js';
import { pushPrices } from '../agents/feed-pusher.js';
import { poolPrice } from '../agents/trade.js';
import { localAccount } from '../keys.js';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import type { Stage } from './stage.js';

/** Chain time now, unix seconds. */
export async function chainNow({ ground }: Stage): Promise<number> {
  const market = await openLocalMarket(ground.rpcUrl, { deployment: ground.deployment, seed: ground.seed });
  const { timestamp } = await market.ground.client.getBlock({ blockTag: 'latest' });
  return Number(timestamp);
}

/** Lets chain time pass up to a moment and says so; the feeds then report the pools' prices afresh. */
export async function passTime(stage: Stage, until: number, why: string): Promise<void> {
  const { ground, say } = stage;
  const market = await openLocalMarket(ground.rpcUrl, { deployment: ground.deployment, seed: ground.seed });
  const { timestamp } = await market.ground.client.getBlock({ blockTag: 'latest' });
  const seconds = until - Number(timestamp);
  if (seconds <= 0) return;
  say('time', `+${spoken(seconds)} (${why})`);
  await market.ground.manualMining();
  try {
    await market.ground.adoptNonces([localAccount(ground.seed, 'feed pusher').address]);
    await market.ground.jumpTo(until);
    const prices = new Map<string, number>([['USDC', 1]]);
    for (const pool of market.pools) prices.set(pool.base.id, await poolPrice(market, pool));
    pushPrices(market, prices);
    await market.ground.flush();
  } finally {
    await market.ground.intervalMining(DEFAULT_PLAN.blockTimeSec);
  }
}

function spoken(seconds: number): string {
  if (seconds >= 86_400) return `${(seconds / 86_400).toFixed(1)} d`;
  if (seconds >= 3_600) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${Math.ceil(seconds / 60)} min`;
}
