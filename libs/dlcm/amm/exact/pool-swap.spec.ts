import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { v3PoolSwap, type V3Pool } from './index.js';

interface PoolCase {
  readonly name: string;
  readonly feePips: number;
  readonly tickSpacing: number;
  readonly sqrtPrice: string;
  readonly tick: number;
  readonly positions: readonly {
    readonly lower: number;
    readonly upper: number;
    readonly liquidity: string;
  }[];
  readonly swaps: readonly SwapCase[];
}

interface SwapCase {
  readonly zeroForOne: boolean;
  readonly amountSpecified: string;
  readonly sqrtPriceLimit?: string;
  readonly error?: 'SPL';
  readonly amount0: string;
  readonly amount1: string;
  readonly tickAfter: number;
}

const vectors = JSON.parse(readFileSync('test/vectors/uniswap-v3-pool-swaps.json', 'utf8')) as {
  readonly source: string;
  readonly pools: readonly PoolCase[];
};

describe(`v3PoolSwap against ${vectors.source}`, () => {
  it('default: every swap of the test suite is there', () => {
    expect(vectors.pools.flatMap((pool) => pool.swaps)).toHaveLength(240);
  });

  it.each(vectors.pools)('default: $name', (given) => {
    const pool = poolOf(given);
    for (const swap of given.swaps) expect(outcome(pool, swap)).toEqual(recorded(swap));
  });
});

function poolOf({ positions, sqrtPrice, tick, feePips, tickSpacing }: PoolCase): V3Pool {
  const net = new Map<number, bigint>();
  let liquidity = 0n;
  for (const position of positions) {
    const size = BigInt(position.liquidity);
    net.set(position.lower, (net.get(position.lower) ?? 0n) + size);
    net.set(position.upper, (net.get(position.upper) ?? 0n) - size);
    if (position.lower <= tick && tick < position.upper) liquidity += size;
  }
  const ticks = [...net]
    .map(([at, liquidityNet]) => ({ tick: at, liquidityNet }))
    .sort((a, b) => a.tick - b.tick);
  return { sqrtPrice: BigInt(sqrtPrice), tick, liquidity, feePips, tickSpacing, ticks };
}

function outcome(pool: V3Pool, { zeroForOne, amountSpecified, sqrtPriceLimit }: SwapCase): object {
  const limit = sqrtPriceLimit === undefined ? {} : { sqrtPriceLimit: BigInt(sqrtPriceLimit) };
  try {
    const swap = v3PoolSwap(pool, { zeroForOne, amountSpecified: BigInt(amountSpecified), ...limit });
    return { amount0: `${swap.amount0}`, amount1: `${swap.amount1}`, tickAfter: swap.tick };
  } catch (error) {
    return { error: (error as { reason?: string }).reason };
  }
}

function recorded({ error, amount0, amount1, tickAfter }: SwapCase): object {
  return error === undefined ? { amount0, amount1, tickAfter } : { error };
}
