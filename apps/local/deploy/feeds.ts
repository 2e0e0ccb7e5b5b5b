import { encodeDeployData, type Address, type PrivateKeyAccount } from 'viem';
import { localPriceFeedAbi, localPriceFeedBytecode } from '#contracts/local-price-feed';
import type { AssetPlan } from '../plan/plan.js';
import type { BatchSender } from './batch-sender.js';

export interface FeedInput {
  readonly deployer: PrivateKeyAccount;
  readonly pusher: Address;
  readonly assets: readonly AssetPlan[];
  readonly latencySec: number;
}

/** One feed per asset; stables keep their opening answer. */
export function deployFeeds(
  sender: BatchSender,
  { deployer, pusher, assets, latencySec }: FeedInput,
): ReadonlyMap<string, Address> {
  return new Map(
    assets.map(({ id, kind, priceUsd }) => {
      const args = [`${id} / USD`, kind === 'stable' ? 0 : latencySec, pusher, feedAnswer(priceUsd)] as const;
      const data = encodeDeployData({ abi: localPriceFeedAbi, bytecode: localPriceFeedBytecode, args });
      return [id, sender.send(deployer, { label: `feed ${id}`, data })];
    }),
  );
}

export const FEED_DECIMALS = 8;

export function feedAnswer(priceUsd: number): bigint {
  return BigInt(Math.round(priceUsd * 10 ** FEED_DECIMALS));
}
