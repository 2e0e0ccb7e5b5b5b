import type { Deployment } from '#libs/chain/index';
import { hedgeBooks } from '../agents/hedger.js';
import { liquidateRound, LIQUIDATORS, type Liquidated } from '../agents/liquidators.js';
import { openLocalMarket } from '../agents/market.js';
import { PositionBook } from '../agents/position-book.js';
import { localAccount, localAccounts } from '../keys.js';
import type { WorldPlan } from '../plan/plan.js';

export interface SettleInput {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly seed: string;
  readonly plan: WorldPlan;
}

const MAX_ROUNDS = 20;

/** Lets the hedger and the liquidators act on what stands until nobody moves: after a jump of chain time or a changed margin. */
export async function settleMarket({
  rpcUrl,
  deployment,
  seed,
  plan,
}: SettleInput): Promise<readonly Liquidated[]> {
  const market = await openLocalMarket(rpcUrl, { deployment, seed });
  const { ground } = market;
  const agents = [localAccount(seed, 'hedger'), ...localAccounts(seed, 'liquidator', LIQUIDATORS)];
  await ground.manualMining();
  try {
    await ground.adoptNonces(agents.map(({ address }) => address));
    const book = await PositionBook.open(
      market,
      localAccounts(seed, 'borrower', plan.borrowers.count).map(({ address }) => address),
    );
    const log: Liquidated[] = [];
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { timestamp } = await ground.client.getBlock({ blockTag: 'latest' });
      const traded = await hedgeBooks(market, {
        marking: { timestamp: Number(timestamp), volLift: 0 },
        directions: new Map(),
      });
      await ground.flush();
      const { liquidations } = await liquidateRound(market, book);
      log.push(...liquidations);
      if (traded === 0 && liquidations.length === 0) break;
    }
    return log;
  } finally {
    await ground.intervalMining(plan.blockTimeSec);
  }
}
