import { encodeFunctionData } from 'viem';
import { localPriceFeedAbi } from '#contracts/local-price-feed';
import { feedAnswer } from '../deploy/feeds.js';
import { localAccount } from '../keys.js';
import type { LocalMarket } from './market.js';

/** Queues a report of each price given, by asset id. */
export function pushPrices(market: LocalMarket, prices: ReadonlyMap<string, number>): void {
  const account = localAccount(market.seed, 'feed pusher');
  for (const { asset, address } of market.deployment.feeds) {
    const price = prices.get(asset);
    if (price === undefined) continue;
    market.ground.send(account, {
      label: `price of ${asset}`,
      to: address,
      gas: 200_000n,
      data: encodeFunctionData({ abi: localPriceFeedAbi, functionName: 'push', args: [feedAnswer(price)] }),
    });
  }
}

/** Prices as the pools showed them, sampled at tick ends; a feed reports the sample that is its latency old. */
export class LaggedPrices {
  private readonly samples: ReadonlyMap<string, number>[] = [];

  constructor(
    private readonly lagTicks: number,
    first: ReadonlyMap<string, number>,
  ) {
    this.samples.push(first);
  }

  record(prices: ReadonlyMap<string, number>): void {
    this.samples.push(prices);
  }

  /** What the feeds show during the tick after the newest sample; before the first sample the first one holds. */
  reported(): ReadonlyMap<string, number> {
    const index = Math.max(0, this.samples.length - this.lagTicks);
    return this.samples[Math.min(index, this.samples.length - 1)] ?? new Map<string, number>();
  }
}
