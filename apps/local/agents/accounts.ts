import type { Address } from 'viem';
import { priceFeedReadAbi } from '../aave/abis.js';
import { wholeAmount } from '../deploy/amounts.js';
import type { AssetEntry, LocalMarket, ReserveEntry } from './market.js';

export interface Holding {
  readonly asset: AssetEntry;
  readonly reserve: ReserveEntry;
  readonly raw: bigint;
  readonly units: number;
  readonly usd: number;
}

export interface Holdings {
  readonly account: Address;
  readonly collateral: readonly Holding[];
  readonly debt: readonly Holding[];
  readonly eMode: number;
}

/** What the feeds say now, USD by asset id. */
export async function readFeeds({ ground, deployment }: LocalMarket): Promise<ReadonlyMap<string, number>> {
  const answers = await Promise.all(
    deployment.feeds.map(({ address }) =>
      ground.client.readContract({ address, abi: priceFeedReadAbi, functionName: 'latestAnswer' }),
    ),
  );
  return new Map(
    deployment.feeds.map(({ asset, decimals }, i) => [asset, wholeAmount(answers[i] ?? 0n, decimals)]),
  );
}
