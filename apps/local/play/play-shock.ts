import { forkChain, type Deployment } from '#libs/chain/index';
import { openLocalMarket } from '../agents/market.js';
import { localAccounts } from '../keys.js';
import { demandLocalAnvil } from '../only-local.js';
import type { PlayedPath, PlayedShock } from './path.js';
import { playPath, type Played, type PlayOptions } from './play-path.js';

export interface PlayShockInput {
  /** The local chain the fork is made of. */
  readonly rpcUrl: string;
  /** Absent: the newest block. */
  readonly blockNumber?: bigint;
  readonly deployment: Deployment;
  readonly seed: string;
  readonly borrowers: number;
  readonly shock: PlayedShock;
  readonly path: PlayedPath;
  readonly realisedVolWeight?: number;
  readonly hedging?: boolean;
  readonly onTick?: PlayOptions['onTick'];
}

export interface PlayedShockResult extends Played {
  readonly blockNumber: bigint;
  readonly wallMs: number;
}

/** Really plays a shock on a private fork of the local chain and reports what the real contracts did. The origin is untouched. */
export async function playShock(input: PlayShockInput): Promise<PlayedShockResult> {
  await demandLocalAnvil(input.rpcUrl);
  const started = performance.now();
  const fork = await forkChain({
    url: input.rpcUrl,
    ...(input.blockNumber === undefined ? {} : { blockNumber: input.blockNumber }),
  });
  try {
    const market = await openLocalMarket(fork.url, input);
    const played = await playPath(market, {
      shock: input.shock,
      path: input.path,
      accounts: localAccounts(input.seed, 'borrower', input.borrowers).map(({ address }) => address),
      realisedVolWeight: input.realisedVolWeight ?? 0.15,
      hedging: input.hedging ?? true,
      impactStays: true,
      ...(input.onTick === undefined ? {} : { onTick: input.onTick }),
    });
    return { ...played, blockNumber: fork.blockNumber, wallMs: Math.round(performance.now() - started) };
  } finally {
    await fork.stop();
  }
}
