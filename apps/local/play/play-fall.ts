import { localAccounts } from '../keys.js';
import { openLocalMarket } from '../agents/market.js';
import type { Deployment } from '#libs/chain/index';
import type { WorldPlan } from '../plan/plan.js';
import { playPath, type Played } from './play-path.js';

export interface FallInput {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly seed: string;
  readonly plan: WorldPlan;
}

/**
 * Plays the fall of the market script on the local chain itself: arbitrageurs keep the pools on the exogenous path, feeds,
 * hedger and liquidators follow. Chain time passes quickly; afterwards blocks come by interval again.
 */
export async function playFall({ rpcUrl, deployment, seed, plan }: FallInput): Promise<Played> {
  const market = await openLocalMarket(rpcUrl, { deployment, seed });
  try {
    return await playPath(market, {
      shock: { asset: plan.fall.asset, size: plan.fall.size },
      path: { shape: 'smooth', durationSec: plan.fall.durationSec, stepSec: plan.fall.stepSec },
      accounts: localAccounts(seed, 'borrower', plan.borrowers.count).map(({ address }) => address),
      realisedVolWeight: 0,
      hedging: true,
      impactStays: false,
    });
  } finally {
    await market.ground.intervalMining(plan.blockTimeSec);
  }
}
