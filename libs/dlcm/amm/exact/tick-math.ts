import { ExactMathError } from './error.js';

/** Range of ticks and of square-root prices in Q64.96 (v3-core, TickMath). */
export const MIN_TICK = -887272;
export const MAX_TICK = 887272;
export const MIN_SQRT_RATIO = 4295128739n;
export const MAX_SQRT_RATIO = 1461446703485210103287273052203988822378723970342n;

/** 2^128 / sqrt(1.0001)^(2^i), rounded, for i = 0 to 19: the factors v3-core multiplies. */
const FACTORS = [
  0xfffcb933bd6fad37aa2d162d1a594001n,
  0xfff97272373d413259a46990580e213an,
  0xfff2e50f5f656932ef12357cf3c7fdccn,
  0xffe5caca7e10e4e61c3624eaa0941cd0n,
  0xffcb9843d60f6159c9db58835c926644n,
  0xff973b41fa98c081472e6896dfb254c0n,
  0xff2ea16466c96a3843ec78b326b52861n,
  0xfe5dee046a99a2a811c461f1969c3053n,
  0xfcbe86c7900a88aedcffc83b479aa3a4n,
  0xf987a7253ac413176f2b074cf7815e54n,
  0xf3392b0822b70005940c7a398e4b70f3n,
  0xe7159475a2c29b7443b29c7fa6e889d9n,
  0xd097f3bdfd2022b8845ad8f792aa5825n,
  0xa9f746462d870fdf8a65dc1f90e061e5n,
  0x70d869a156d2a1b890bb3df62baf32f7n,
  0x31be135f97d08fd981231505542fcfa6n,
  0x9aa508b5b7a84e1c677de54f3e99bc9n,
  0x5d6af8dedb81196699c329225ee604n,
  0x2216e584f5fa1ea926041bedfe98n,
  0x48a170391f7dc42444e8fa2n,
] as const;

const MAX_UINT256 = (1n << 256n) - 1n;

/**
 * Square root of 1.0001^tick in Q64.96, rounded up as v3-core does.
 *
 * @throws ExactMathError (DLCM-180, BAD_ARGUMENT) unless the tick is an integer in [-887272, 887272]
 * @example v3SqrtRatioAtTick(0) // 79228162514264337593543950336n
 */
export function v3SqrtRatioAtTick(tick: number): bigint {
  if (!Number.isInteger(tick) || tick < MIN_TICK || tick > MAX_TICK)
    throw new ExactMathError('BAD_ARGUMENT', 'tick', `${tick}`, `an integer in [${MIN_TICK}, ${MAX_TICK}]`);
  const size = Math.abs(tick);
  let ratio = 1n << 128n;
  for (const [bit, factor] of FACTORS.entries())
    if ((size >>> bit) % 2 === 1) ratio = (ratio * factor) >> 128n;
  if (tick > 0) ratio = MAX_UINT256 / ratio;
  const whole = ratio >> 32n;
  return ratio % (1n << 32n) === 0n ? whole : whole + 1n;
}

/**
 * Greatest tick whose square-root price does not exceed the given one, by halving the range of ticks (20 steps).
 *
 * @throws ExactMathError (DLCM-180, BAD_ARGUMENT) outside [MIN_SQRT_RATIO, MAX_SQRT_RATIO)
 * @example v3TickAtSqrtRatio(79228162514264337593543950336n) // 0
 */
export function v3TickAtSqrtRatio(sqrtRatio: bigint): number {
  if (typeof sqrtRatio !== 'bigint' || sqrtRatio < MIN_SQRT_RATIO || sqrtRatio >= MAX_SQRT_RATIO)
    throw new ExactMathError(
      'BAD_ARGUMENT',
      'sqrtRatio',
      String(sqrtRatio),
      `an integer in [${MIN_SQRT_RATIO}, ${MAX_SQRT_RATIO})`,
    );
  let low = MIN_TICK;
  let high = MAX_TICK;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (v3SqrtRatioAtTick(middle) <= sqrtRatio) low = middle;
    else high = middle;
  }
  return low;
}
