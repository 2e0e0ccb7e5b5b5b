import { parseAbi } from 'viem';
import type { Deployment } from '#libs/chain/index';
import type { ConcentratedPool } from '#libs/market/index';
import { SourceError } from '../source-error.js';
import type { PinnedReader } from './pinned-reader.js';
import {
  activeLiquidity,
  bitmapWords,
  priceOfSqrt,
  rangesOf,
  ticksOfWord,
  type InitialisedTick,
  type PoolTokens,
} from './tick-map.js';

const poolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16 observationIndex, uint16 observationCardinality, uint16 observationCardinalityNext, uint8 feeProtocol, bool unlocked)',
  'function liquidity() view returns (uint128)',
  'function fee() view returns (uint24)',
  'function tickSpacing() view returns (int24)',
  'function token0() view returns (address)',
  'function token1() view returns (address)',
  'function tickBitmap(int16 wordPosition) view returns (uint256)',
  'function ticks(int24 tick) view returns (uint128 liquidityGross, int128 liquidityNet, uint256 feeGrowthOutside0X128, uint256 feeGrowthOutside1X128, int56 tickCumulativeOutside, uint160 secondsPerLiquidityOutsideX128, uint32 secondsOutside, bool initialized)',
]);

type PoolEntry = Deployment['pools'][number];

/** One Uniswap v3 pool with its full tick map, at the reader's block. */
export async function readUniswapV3Pool(
  reader: PinnedReader,
  deployment: Deployment,
  entry: PoolEntry,
): Promise<ConcentratedPool> {
  const { address } = entry;
  const [slot0, liquidity, fee, spacing, token0, token1] = await Promise.all([
    reader.one(poolAbi, 'slot0', { address }),
    reader.one(poolAbi, 'liquidity', { address }),
    reader.one(poolAbi, 'fee', { address }),
    reader.one(poolAbi, 'tickSpacing', { address }),
    reader.one(poolAbi, 'token0', { address }),
    reader.one(poolAbi, 'token1', { address }),
  ]);
  const tokens = tokensOf(deployment, entry, [token0, token1]);
  const ticks = await readTicks(reader, address, spacing);
  const [sqrtPriceX96, tick] = slot0;
  const active = activeLiquidity(ticks, tick);
  if (active !== liquidity) {
    throw new SourceError(
      'SRC-107',
      `Pool ${address}: its ticks add up to liquidity ${active} at tick ${tick}, the pool states ${liquidity}. The endpoint mixes blocks, or this is no Uniswap v3 pool. Use another endpoint.`,
      { address, active, liquidity, tick },
      { retryable: true },
    );
  }
  return {
    kind: 'concentrated',
    id: entry.id,
    chain: `eip155:${deployment.chainId}`,
    base: entry.base,
    quote: entry.quote,
    fee: fee / 1_000_000,
    owner: entry.owner,
    price: priceOfSqrt(sqrtPriceX96, tokens),
    ranges: rangesOf(ticks, tokens),
  };
}

async function readTicks(
  reader: PinnedReader,
  address: `0x${string}`,
  spacing: number,
): Promise<InitialisedTick[]> {
  const words = bitmapWords(spacing);
  const bitmaps = await reader.all(
    poolAbi,
    'tickBitmap',
    words.map((word) => ({ address, args: [word] as const })),
  );
  const ticks = words.flatMap((word, i) => ticksOfWord(word, bitmaps[i]!, spacing));
  const states = await reader.all(
    poolAbi,
    'ticks',
    ticks.map((tick) => ({ address, args: [tick] as const })),
  );
  return ticks.map((tick, i) => ({ tick, liquidityNet: states[i]![1] }));
}

/** The deployment file's word on the tokens is checked against the pool's own. */
function tokensOf(deployment: Deployment, entry: PoolEntry, onChain: readonly [string, string]): PoolTokens {
  const assetOf = (id: string) => deployment.assets.find((asset) => asset.id === id);
  const base = assetOf(entry.base);
  const quote = assetOf(entry.quote);
  const expected = entry.baseIsToken0 ? [base?.address, quote?.address] : [quote?.address, base?.address];
  if (
    base === undefined ||
    quote === undefined ||
    expected.some((address, i) => address?.toLowerCase() !== onChain[i]?.toLowerCase())
  ) {
    throw new SourceError(
      'SRC-108',
      `Pool ${entry.address} ("${entry.id}") trades ${onChain.join(' and ')}; the deployment file says ${expected.join(' and ')}. Correct the file.`,
      { address: entry.address, onChain, expected },
    );
  }
  return { baseIsToken0: entry.baseIsToken0, baseDecimals: base.decimals, quoteDecimals: quote.decimals };
}
