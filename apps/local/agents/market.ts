import type { Address } from 'viem';
import type { Deployment } from '#libs/chain/index';
import { BatchSender } from '../deploy/batch-sender.js';
import { LocalWorldError } from '../local-error.js';
import { demandLocalAnvil } from '../only-local.js';
import type { PairShape } from '../uniswap-price.js';

export type AssetEntry = Deployment['assets'][number];
export type LendingEntry = Deployment['lending'][number];
export type ReserveEntry = LendingEntry['reserves'][number];

export interface VenuePool {
  readonly id: string;
  readonly address: Address;
  readonly base: AssetEntry;
  readonly quote: AssetEntry;
  readonly shape: PairShape;
  readonly feePips: number;
}

/** What an agent sees of the world: the deployment file, a chain to act on, and the seed its keys come from. */
export interface LocalMarket {
  readonly seed: string;
  readonly deployment: Deployment;
  readonly ground: BatchSender;
  readonly pools: readonly VenuePool[];
  readonly lending: LendingEntry;
}

/** Opens the world for agents on the local chain or on a fork of it; refuses anything else. */
export async function openLocalMarket(
  rpcUrl: string,
  { deployment, seed }: { readonly deployment: Deployment; readonly seed: string },
): Promise<LocalMarket> {
  await demandLocalAnvil(rpcUrl);
  return localMarketOf(new BatchSender(rpcUrl, 1), { deployment, seed });
}

/** The same on a chain that is known to be the local one. */
export function localMarketOf(
  ground: BatchSender,
  { deployment, seed }: { readonly deployment: Deployment; readonly seed: string },
): LocalMarket {
  const lending = deployment.lending[0];
  if (lending === undefined)
    throw new LocalWorldError(
      'LOC-301',
      'The deployment lists no lending market, so agents have nothing to do. Deploy the local world again.',
    );
  return {
    seed,
    deployment,
    ground,
    pools: deployment.pools.map((pool) => venueOf(deployment, pool)),
    lending,
  };
}

function venueOf(
  deployment: Deployment,
  { id, address, base, quote, baseIsToken0, feePips }: Deployment['pools'][number],
): VenuePool {
  const baseAsset = assetOf(deployment, base);
  const quoteAsset = assetOf(deployment, quote);
  return {
    id,
    address,
    base: baseAsset,
    quote: quoteAsset,
    feePips,
    shape: { baseDecimals: baseAsset.decimals, quoteDecimals: quoteAsset.decimals, baseIsToken0 },
  };
}

export function assetOf(deployment: Deployment, id: string): AssetEntry {
  const asset = deployment.assets.find((entry) => entry.id === id);
  if (asset === undefined)
    throw new LocalWorldError(
      'LOC-302',
      `The deployment has no asset "${id}". Known: ${deployment.assets.map((entry) => entry.id).join(', ')}.`,
      { id },
    );
  return asset;
}

export function poolOf(market: LocalMarket, base: string): VenuePool | null {
  return market.pools.find((pool) => pool.base.id === base) ?? null;
}
