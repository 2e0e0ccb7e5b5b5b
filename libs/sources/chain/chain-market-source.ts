import { log, exp } from '#libs/numeric/index';
import { parseSnapshot, type Asset, type ConcentratedPool, type Snapshot } from '#libs/market/index';
import type { Deployment, ReadClient } from '#libs/chain/index';
import type { MarketSource } from '#libs/application/index';
import { SourceError } from '../source-error.js';
import { readAaveV3 } from './aave-v3.reader.js';
import { readBackstopFunds } from './backstop.reader.js';
import { readOptionMarket } from './option-market.reader.js';
import { checkStillCanonical, pinBlock, type BlockChoice } from './pin-block.js';
import type { PinnedReader } from './pinned-reader.js';
import { readUniswapV3Pool } from './uniswap-v3.reader.js';

export interface ChainMarketSourceOptions {
  readonly deployment: Deployment;
  readonly client: ReadClient;
}

/**
 * Captures the whole coalition at one block of one chain. Anything that cannot be read fails the capture with its address.
 * Two captures of one block give the same snapshot, whoever makes them.
 */
export function chainMarketSource({ deployment, client }: ChainMarketSourceOptions): MarketSource {
  return {
    async capture(block: BlockChoice): Promise<Snapshot> {
      const reader = await pinBlock(client, deployment, block);
      const snapshot = await readMarket(reader, deployment);
      await checkStillCanonical(reader);
      return parseSnapshot(snapshot);
    },
  };
}

async function readMarket(reader: PinnedReader, deployment: Deployment): Promise<Snapshot> {
  const [pools, lending, books, funds] = await Promise.all([
    Promise.all(deployment.pools.map((entry) => readUniswapV3Pool(reader, deployment, entry))),
    Promise.all(deployment.lending.map((entry) => readAaveV3(reader, deployment, entry))),
    Promise.all(deployment.optionMarkets.map((entry) => readOptionMarket(reader, deployment, entry))),
    readBackstopFunds(reader, deployment),
  ]);
  const oraclePrices = new Map(lending.flatMap(({ prices }) => [...prices]));
  const { number, hash, parentHash, timestamp } = reader.block;
  const chain = `eip155:${deployment.chainId}`;
  return {
    format: 'dlcm-snapshot/1',
    provenance: { t0: timestamp, blocks: [{ chain, number: Number(number), hash, parentHash }], sources: [] },
    assets: deployment.assets.map((asset) => assetOf(asset, spotOf(asset.id, pools, oraclePrices))),
    surfaces: [],
    pools,
    lending: lending.map(({ protocol }) => protocol),
    perps: [],
    books: books.flat(),
    nested: [],
    chains: [
      {
        id: chain,
        blockTimeSec: deployment.blockTimeSec,
        finalitySec: 0,
        liquidationCapacityUsdPerBlock: null,
      },
    ],
    bridges: [],
    funds,
    governanceTokens: [],
    dao: { backstopUsd: 0, members: deployment.members },
  };
}

function assetOf({ id, kind, beta, sigmaRef }: Deployment['assets'][number], spot: number): Asset {
  return { id, spot, kind, beta, sigmaRef, rate: 0, yield: 0, circulating: null };
}

/**
 * Spot price in USD: the pools' marginal price, weighted by active liquidity (mean of logarithms), times the quote asset's;
 * for an asset that no pool quotes, the lending oracle's price.
 */
function spotOf(
  asset: string,
  pools: readonly ConcentratedPool[],
  oraclePrices: ReadonlyMap<string, number>,
): number {
  const venues = pools.filter((pool) => pool.base === asset);
  if (venues.length > 0) {
    const quote = venues[0]!.quote;
    return (
      marketPrice(venues) *
      spotOf(
        quote,
        pools.filter((pool) => pool.base !== asset),
        oraclePrices,
      )
    );
  }
  const price = oraclePrices.get(asset);
  if (price !== undefined && price > 0) return price;
  throw new SourceError(
    'SRC-110',
    `Asset "${asset}" has neither a pool nor a positive oracle price at this block. List a venue or a feed for it.`,
    { asset, price },
  );
}

function marketPrice(venues: readonly ConcentratedPool[]): number {
  if (venues.length === 1) return venues[0]!.price;
  const weights = venues.map((pool) => activeAt(pool));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return venues[0]!.price;
  return exp(venues.reduce((sum, pool, i) => sum + (weights[i]! / total) * log(pool.price), 0));
}

function activeAt(pool: ConcentratedPool): number {
  return (
    pool.ranges.find((range) => range.priceLower <= pool.price && pool.price < range.priceUpper)?.liquidity ??
    0
  );
}
