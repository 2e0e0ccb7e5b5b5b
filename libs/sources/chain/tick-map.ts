import { pow } from '#libs/numeric/index';
import type { LiquidityRange } from '#libs/market/index';

/** Lowest and highest tick of Uniswap v3. */
export const MIN_TICK = -887272;
export const MAX_TICK = 887272;
const Q96 = 79228162514264337593543950336; // 2^96
const WORD_BITS = 256n;

export interface InitialisedTick {
  readonly tick: number;
  readonly liquidityNet: bigint;
}

/** Decimals and order of the two tokens of a pool. */
export interface PoolTokens {
  readonly baseIsToken0: boolean;
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
}

/** Quote per base in whole tokens from token1 per token0 in raw units. */
function humanPrice(rawToken1PerToken0: number, tokens: PoolTokens): number {
  const { baseIsToken0, baseDecimals, quoteDecimals } = tokens;
  const scale = pow(10, Math.abs(baseDecimals - quoteDecimals));
  const rawQuotePerBase = baseIsToken0 ? rawToken1PerToken0 : 1 / rawToken1PerToken0;
  return baseDecimals >= quoteDecimals ? rawQuotePerBase * scale : rawQuotePerBase / scale;
}

/** Price at a tick: 1.0001^tick in raw units (Uniswap v3 white paper, 6.1), in quote per base of whole tokens. */
export function priceAtTick(tick: number, tokens: PoolTokens): number {
  return humanPrice(pow(1.0001, tick), tokens);
}

/** Price of a pool from its sqrtPriceX96, in quote per base of whole tokens. */
export function priceOfSqrt(sqrtPriceX96: bigint, tokens: PoolTokens): number {
  const root = Number(sqrtPriceX96) / Q96;
  return humanPrice(root * root, tokens);
}

/** Liquidity in sqrt(base x quote) of whole tokens. */
export function wholeLiquidity(liquidity: bigint, tokens: PoolTokens): number {
  const decimals = tokens.baseDecimals + tokens.quoteDecimals;
  return Number(liquidity) / pow(10, decimals / 2);
}

/** Indices of the bitmap words that can hold a tick of this spacing. */
export function bitmapWords(tickSpacing: number): number[] {
  const first = Math.floor(MIN_TICK / tickSpacing) >> 8;
  const last = Math.floor(MAX_TICK / tickSpacing) >> 8;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Ticks whose bits are set in one word of the bitmap. */
export function ticksOfWord(word: number, bits: bigint, tickSpacing: number): number[] {
  const ticks: number[] = [];
  for (let bit = 0n; bit < WORD_BITS; bit++) {
    if ((bits >> bit) & 1n) ticks.push((word * 256 + Number(bit)) * tickSpacing);
  }
  return ticks;
}

/** Liquidity that is active when the price is at `tick`: the sum of liquidityNet of all ticks at or below it. */
export function activeLiquidity(ticks: readonly InitialisedTick[], tick: number): bigint {
  return ticks.reduce((sum, entry) => (entry.tick <= tick ? sum + entry.liquidityNet : sum), 0n);
}

/** Disjoint price ranges with their liquidity, ascending in price; stretches without liquidity are left out. */
export function rangesOf(ticks: readonly InitialisedTick[], tokens: PoolTokens): LiquidityRange[] {
  const sorted = [...ticks].sort((a, b) => a.tick - b.tick);
  const ranges: LiquidityRange[] = [];
  let active = 0n;
  for (let i = 0; i + 1 < sorted.length; i++) {
    active += sorted[i]!.liquidityNet;
    if (active <= 0n) continue;
    const ends = [priceAtTick(sorted[i]!.tick, tokens), priceAtTick(sorted[i + 1]!.tick, tokens)] as const;
    ranges.push({
      priceLower: Math.min(...ends),
      priceUpper: Math.max(...ends),
      liquidity: wholeLiquidity(active, tokens),
    });
  }
  return tokens.baseIsToken0 ? ranges : ranges.reverse();
}
