import { ExactMathError, requireAtLeast, requireFits } from './error.js';

/** Reserves in base units of each token, below 2^112; fee in basis points of the input, 30 as deployed. */
export interface V2Pair {
  readonly reserveIn: bigint;
  readonly reserveOut: bigint;
  readonly feeBps?: number;
}

const RESERVE_BITS = 112;
const BPS = 10_000n;

/**
 * Output of a Uniswap v2 swap in base units: floor(in' y / (x + in')), in' = in (1 - fee) (v2-periphery, UniswapV2Library).
 *
 * @throws ExactMathError (DLCM-180): NO_LIQUIDITY for an empty pool, OVERFLOW for reserves above 2^112 - 1
 * @example v2AmountOut({ amountIn: 2n, reserveIn: 100n, reserveOut: 100n }) // 1n
 */
export function v2AmountOut(input: V2Pair & { readonly amountIn: bigint }): bigint {
  const keep = keptBps(input);
  requireAtLeast('amountIn', input.amountIn, 1n);
  const paid = input.amountIn * keep;
  return (paid * input.reserveOut) / (input.reserveIn * BPS + paid);
}

/**
 * Input that a Uniswap v2 swap asks for an output, in base units: floor(x out / ((y - out) (1 - fee))) + 1.
 *
 * @throws ExactMathError (DLCM-180): NO_LIQUIDITY for an output the pool does not hold
 * @example v2AmountIn({ amountOut: 1n, reserveIn: 100n, reserveOut: 100n }) // 2n
 */
export function v2AmountIn(input: V2Pair & { readonly amountOut: bigint }): bigint {
  const keep = keptBps(input);
  const { amountOut, reserveIn, reserveOut } = input;
  requireAtLeast('amountOut', amountOut, 1n);
  if (amountOut >= reserveOut)
    throw new ExactMathError(
      'NO_LIQUIDITY',
      'amountOut',
      amountOut,
      `less than the reserve of ${reserveOut}`,
    );
  return (reserveIn * amountOut * BPS) / ((reserveOut - amountOut) * keep) + 1n;
}

function keptBps({ reserveIn, reserveOut, feeBps = 30 }: V2Pair): bigint {
  for (const [name, reserve] of [
    ['reserveIn', reserveIn],
    ['reserveOut', reserveOut],
  ] as const) {
    requireFits(name, reserve, RESERVE_BITS);
    if (reserve === 0n) throw new ExactMathError('NO_LIQUIDITY', name, reserve, 'a reserve above 0');
  }
  if (!(Number.isInteger(feeBps) && feeBps >= 0 && feeBps < 10_000))
    throw new ExactMathError('BAD_ARGUMENT', 'feeBps', `${feeBps}`, 'whole basis points in [0, 10000)');
  return BPS - BigInt(feeBps);
}
