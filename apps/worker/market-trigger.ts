import type { ArtefactStore } from '#libs/application/index';
import type { Deployment, ReadClient } from '#libs/chain/index';
import { parseAbi } from 'viem';

const slot0Abi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24, uint16, uint16, uint16, uint8, bool)',
]);
const BPS = 10_000;

export interface PoolPrices {
  readonly blockNumber: bigint;
  /** Relative prices by pool; only their ratios mean something. */
  readonly prices: ReadonlyMap<string, number>;
}

/** Largest move of any pool between two looks, in basis points. */
export function largestMoveBps(before: PoolPrices, now: PoolPrices): number {
  const moves = [...now.prices].map(([pool, price]) => {
    const earlier = before.prices.get(pool);
    return earlier === undefined || earlier === 0 ? 0 : Math.abs(price / earlier - 1) * BPS;
  });
  return Math.max(0, ...moves);
}

/** Marginal prices of the deployment's pools at the newest block. */
export async function readPoolPrices(client: ReadClient, pools: Deployment['pools']): Promise<PoolPrices> {
  const blockNumber = await client.getBlockNumber();
  const entries = await Promise.all(
    pools.map(async ({ id, address }): Promise<[string, number]> => {
      const [root] = await client.readContract({
        address,
        abi: slot0Abi,
        functionName: 'slot0',
        blockNumber,
      });
      return [id, Number(root) * Number(root)];
    }),
  );
  return { blockNumber, prices: new Map(entries) };
}

export interface MarketTriggerOptions {
  readonly read: () => Promise<PoolPrices>;
  readonly store: ArtefactStore;
  readonly triggerBps: number;
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
  readonly onMove: (bps: number) => void;
}

/** Asks for a capture as soon as a price has moved far enough, without waiting for the period. */
export class MarketTrigger {
  private reference: PoolPrices | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: MarketTriggerOptions) {}

  start(): void {
    this.next(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
  }

  /** One look; resolves with the move when it asked for a capture, else null. */
  async look(): Promise<number | null> {
    const now = await this.options.read();
    if (this.reference === null) {
      this.reference = now;
      return null;
    }
    const bps = largestMoveBps(this.reference, now);
    if (bps < this.options.triggerBps) return null;
    // The block makes the id: looks of several workers at one block ask once.
    const id = `capture-move-${now.blockNumber}`;
    await this.options.store.transaction((tx) =>
      tx.enqueue({ queue: 'capture', id, artefact: null, notBefore: null }),
    );
    this.reference = now;
    this.options.onMove(bps);
    return bps;
  }

  private next(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look()
        .then(() => undefined, this.options.onError)
        .then(() => this.next(this.options.pollMs));
    }, delayMs);
  }
}
