import { ExactMathError, requireFits } from './error.js';
import { v3ComputeSwapStep } from './swap-step.js';
import {
  MAX_SQRT_RATIO,
  MAX_TICK,
  MIN_SQRT_RATIO,
  MIN_TICK,
  v3SqrtRatioAtTick,
  v3TickAtSqrtRatio,
} from './tick-math.js';

/** A Uniswap v3 pool: price in Q64.96, liquidity in range, initialised ticks in ascending order. */
export interface V3Pool {
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly liquidity: bigint;
  readonly feePips: number;
  readonly tickSpacing: number;
  readonly ticks: readonly { readonly tick: number; readonly liquidityNet: bigint }[];
}

export interface V3Swap {
  readonly zeroForOne: boolean;
  /** Above 0 an exact input, below 0 an exact output. */
  readonly amountSpecified: bigint;
  /** Price the swap may not pass; the end of the range by default. */
  readonly sqrtPriceLimit?: bigint;
}

/** What a swap did; amounts are the pool's: positive comes in, negative goes out. */
export interface V3SwapResult {
  readonly amount0: bigint;
  readonly amount1: bigint;
  readonly sqrtPrice: bigint;
  readonly tick: number;
  readonly liquidity: bigint;
  /** Fees taken, in the token that comes in. */
  readonly fee: bigint;
}

/** Bits of a word of the tick bitmap: a swap stops at the word's end even where no tick is initialised. */
const WORD = 256;

interface Walk {
  remaining: bigint;
  calculated: bigint;
  sqrtPrice: bigint;
  tick: number;
  liquidity: bigint;
  fee: bigint;
}

/**
 * Swaps through a pool as v3-core does: tick by tick in the order of the tick bitmap, each step rounded against the trader.
 * Every step ends at a tick, a word's end, the limit or with nothing left, so there are at most (number of ticks) + (words of
 * the range) + 1 of them.
 *
 * @throws ExactMathError (DLCM-180): SPL for a limit on the wrong side or outside the range; BAD_ARGUMENT for an amount of 0
 *   or ticks out of order
 */
export function v3PoolSwap(pool: V3Pool, swap: V3Swap): V3SwapResult {
  const { zeroForOne, amountSpecified } = swap;
  const limit = limitOf(pool, swap);
  requirePool(pool);
  if (amountSpecified === 0n)
    throw new ExactMathError('BAD_ARGUMENT', 'amountSpecified', amountSpecified, 'an amount other than 0');
  const { sqrtPrice, tick, liquidity } = pool;
  const walk: Walk = { remaining: amountSpecified, calculated: 0n, sqrtPrice, tick, liquidity, fee: 0n };
  while (walk.remaining !== 0n && walk.sqrtPrice !== limit) step(pool, walk, { zeroForOne, limit });
  const specified = amountSpecified - walk.remaining;
  const zeroSpecified = zeroForOne === amountSpecified > 0n;
  return {
    amount0: zeroSpecified ? specified : walk.calculated,
    amount1: zeroSpecified ? walk.calculated : specified,
    sqrtPrice: walk.sqrtPrice,
    tick: walk.tick,
    liquidity: walk.liquidity,
    fee: walk.fee,
  };
}

function step(
  pool: V3Pool,
  walk: Walk,
  { zeroForOne, limit }: { readonly zeroForOne: boolean; readonly limit: bigint },
): void {
  const next = nextTick(pool, walk.tick, zeroForOne);
  const sqrtPriceNext = v3SqrtRatioAtTick(next.tick);
  const beyond = zeroForOne ? sqrtPriceNext < limit : sqrtPriceNext > limit;
  const start = walk.sqrtPrice;
  const done = v3ComputeSwapStep({
    sqrtPrice: start,
    sqrtPriceTarget: beyond ? limit : sqrtPriceNext,
    liquidity: walk.liquidity,
    amountRemaining: walk.remaining,
    feePips: pool.feePips,
  });
  walk.sqrtPrice = done.sqrtPriceNext;
  walk.fee += done.feeAmount;
  if (walk.remaining > 0n) {
    walk.remaining -= done.amountIn + done.feeAmount;
    walk.calculated -= done.amountOut;
  } else {
    walk.remaining += done.amountOut;
    walk.calculated += done.amountIn + done.feeAmount;
  }
  if (walk.sqrtPrice === sqrtPriceNext) {
    walk.liquidity += zeroForOne ? -next.liquidityNet : next.liquidityNet;
    walk.tick = zeroForOne ? next.tick - 1 : next.tick;
  } else if (walk.sqrtPrice !== start) {
    walk.tick = v3TickAtSqrtRatio(walk.sqrtPrice);
  }
}

/** The next initialised tick within the bitmap word, or the word's end (v3-core, TickBitmap), kept inside the range. */
function nextTick(
  { ticks, tickSpacing }: V3Pool,
  tick: number,
  down: boolean,
): { readonly tick: number; readonly liquidityNet: bigint } {
  const compressed = Math.floor(tick / tickSpacing) + (down ? 0 : 1);
  const word = Math.floor(compressed / WORD);
  const wordEnd = (down ? word * WORD : word * WORD + WORD - 1) * tickSpacing;
  const at = down ? lastAtMost(ticks, tick) : lastAtMost(ticks, tick) + 1;
  const candidate = ticks[at];
  const inWord = candidate !== undefined && (down ? candidate.tick >= wordEnd : candidate.tick <= wordEnd);
  if (inWord) return candidate;
  return { tick: Math.max(MIN_TICK, Math.min(MAX_TICK, wordEnd)), liquidityNet: 0n };
}

/** Index of the last initialised tick at or below `tick`, -1 if there is none. */
function lastAtMost(ticks: V3Pool['ticks'], tick: number): number {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ticks[middle]!.tick <= tick) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function limitOf(pool: V3Pool, { zeroForOne, sqrtPriceLimit }: V3Swap): bigint {
  const limit = sqrtPriceLimit ?? (zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n);
  const holds = zeroForOne
    ? limit < pool.sqrtPrice && limit > MIN_SQRT_RATIO
    : limit > pool.sqrtPrice && limit < MAX_SQRT_RATIO;
  if (holds) return limit;
  const side = zeroForOne ? 'below' : 'above';
  throw new ExactMathError(
    'SPL',
    'sqrtPriceLimit',
    limit,
    `a price ${side} ${pool.sqrtPrice} and inside the range`,
  );
}

function requirePool({ liquidity, ticks, tickSpacing }: V3Pool): void {
  requireFits('liquidity', liquidity, 128);
  if (!(Number.isInteger(tickSpacing) && tickSpacing > 0))
    throw new ExactMathError('BAD_ARGUMENT', 'tickSpacing', `${tickSpacing}`, 'an integer above 0');
  for (const [i, { tick }] of ticks.entries()) {
    const before = ticks[i - 1]?.tick ?? -Infinity;
    if (!Number.isInteger(tick / tickSpacing) || tick <= before)
      throw new ExactMathError(
        'BAD_ARGUMENT',
        `ticks[${i}]`,
        `${tick}`,
        'ascending multiples of the spacing',
      );
  }
}
