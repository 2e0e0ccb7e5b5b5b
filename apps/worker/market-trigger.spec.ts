import { describe, expect, it } from '@jest/globals';
import type { ArtefactStore, Job, StageTransaction } from '#libs/application/index';
import { largestMoveBps, MarketTrigger, type PoolPrices } from './market-trigger.js';

const at = (blockNumber: bigint, prices: Record<string, number>): PoolPrices => ({
  blockNumber,
  prices: new Map(Object.entries(prices)),
});

describe('largestMoveBps', () => {
  it('default: the pool that moved most, up or down', () => {
    expect(
      largestMoveBps(at(1n, { eth: 2000, btc: 50_000 }), at(2n, { eth: 1980, btc: 51_000 })),
    ).toBeCloseTo(200, 9);
  });

  it('behavior: a pool not seen before has not moved', () => {
    expect(largestMoveBps(at(1n, {}), at(2n, { eth: 1 }))).toBe(0);
  });
});

describe('MarketTrigger', () => {
  it('behavior: asks once per move and measures the next move from there', async () => {
    const jobs: Job[] = [];
    const tx = {
      enqueue: (job: Job) => Promise.resolve(void jobs.push(job)),
    } as Partial<StageTransaction> as StageTransaction;
    const store: ArtefactStore = { transaction: (work) => work(tx) };
    const looks = [at(1n, { eth: 100 }), at(2n, { eth: 99.5 }), at(3n, { eth: 99 }), at(4n, { eth: 98.5 })];
    const trigger = new MarketTrigger({
      read: () => Promise.resolve(looks.shift() ?? at(9n, { eth: 98.5 })),
      store,
      triggerBps: 100,
      pollMs: 1,
      onError: (error) => {
        throw error;
      },
      onMove: () => undefined,
    });
    const asked = [await trigger.look(), await trigger.look(), await trigger.look(), await trigger.look()];
    expect(asked.map((move) => move !== null)).toEqual([false, false, true, false]);
    expect(jobs.map((job) => [job.queue, job.id])).toEqual([['capture', 'capture-move-3']]);
  });
});
