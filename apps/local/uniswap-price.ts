/** Prices as a Uniswap v3 pool counts them. The pool's price is raw token1 per raw token0. */
export interface PairShape {
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  readonly baseIsToken0: boolean;
}

const Q96 = 2 ** 96;

function poolPrice(price: number, { baseDecimals, quoteDecimals, baseIsToken0 }: PairShape): number {
  const raw = price * 10 ** (quoteDecimals - baseDecimals);
  return baseIsToken0 ? raw : 1 / raw;
}

/** Square root price of a price in quote per base; a double carries 53 of its bits, which is a relative 1e-16. */
export function sqrtPriceX96Of(price: number, shape: PairShape): bigint {
  return BigInt(Math.round(Math.sqrt(poolPrice(price, shape)) * Q96));
}

/** Quote per base of a square root price. */
export function priceOf(
  sqrtPriceX96: bigint,
  { baseDecimals, quoteDecimals, baseIsToken0 }: PairShape,
): number {
  const root = Number(sqrtPriceX96) / Q96;
  const raw = baseIsToken0 ? root * root : 1 / (root * root);
  return raw * 10 ** (baseDecimals - quoteDecimals);
}

/** The initialisable tick nearest to a price. */
export function tickOf(price: number, shape: PairShape, spacing: number): number {
  const tick = Math.log(poolPrice(price, shape)) / Math.log(1.0001);
  return Math.round(tick / spacing) * spacing;
}

export function priceOfTick(tick: number, shape: PairShape): number {
  return priceOf(BigInt(Math.round(Math.sqrt(1.0001 ** tick) * Q96)), shape);
}
