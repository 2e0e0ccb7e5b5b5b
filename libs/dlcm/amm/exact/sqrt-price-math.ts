import { ExactMathError, requireAtLeast, requireFits } from './error.js';
import { divUp, mulDiv, mulDivUp, Q96 } from './integers.js';

/** A stretch of the curve: two square-root prices in Q64.96 and the liquidity between them. */
export interface V3Stretch {
  readonly sqrtRatioA: bigint;
  readonly sqrtRatioB: bigint;
  readonly liquidity: bigint;
  readonly roundUp: boolean;
}

/**
 * Token0 between two prices: L (1/sqrt(a) - 1/sqrt(b)) (v3-core, SqrtPriceMath).
 *
 * @throws ExactMathError (DLCM-180) for a price of 0 or liquidity above 2^128 - 1
 */
export function v3Amount0Delta({ sqrtRatioA, sqrtRatioB, liquidity, roundUp }: V3Stretch): bigint {
  const [low, high] = inOrder(sqrtRatioA, sqrtRatioB);
  requireFits('liquidity', liquidity, 128);
  const scaled = liquidity << 96n;
  if (roundUp) return divUp(mulDivUp(scaled, high - low, high), low);
  return mulDiv(scaled, high - low, high) / low;
}

/** Token1 between two prices: L (sqrt(b) - sqrt(a)). @throws ExactMathError (DLCM-180) as `v3Amount0Delta` */
export function v3Amount1Delta({ sqrtRatioA, sqrtRatioB, liquidity, roundUp }: V3Stretch): bigint {
  const [low, high] = inOrder(sqrtRatioA, sqrtRatioB);
  requireFits('liquidity', liquidity, 128);
  return roundUp ? mulDivUp(liquidity, high - low, Q96) : mulDiv(liquidity, high - low, Q96);
}

function inOrder(a: bigint, b: bigint): readonly [bigint, bigint] {
  requireAtLeast('sqrtRatioA', a, 1n);
  requireAtLeast('sqrtRatioB', b, 1n);
  return a > b ? [b, a] : [a, b];
}

/** A price with liquidity, and an amount that moves it; `zeroForOne` sells token0. */
export interface V3Move {
  readonly sqrtPrice: bigint;
  readonly liquidity: bigint;
  readonly amount: bigint;
  readonly zeroForOne: boolean;
}

/**
 * Price after an exact input (fee excluded), rounded against the trader.
 *
 * @throws ExactMathError (DLCM-180): NO_LIQUIDITY without liquidity or price
 */
export function v3NextSqrtPriceFromInput(move: V3Move): bigint {
  requireMove(move);
  return move.zeroForOne ? fromAmount0(move, true) : fromAmount1(move, true);
}

/**
 * Price after an exact output, rounded against the trader.
 *
 * @throws ExactMathError (DLCM-180): NO_LIQUIDITY when the stretch does not hold the output
 */
export function v3NextSqrtPriceFromOutput(move: V3Move): bigint {
  requireMove(move);
  return move.zeroForOne ? fromAmount1(move, false) : fromAmount0(move, false);
}

function requireMove({ sqrtPrice, liquidity, amount }: V3Move): void {
  requireFits('sqrtPrice', sqrtPrice, 160);
  requireFits('liquidity', liquidity, 128);
  requireFits('amount', amount, 256);
  if (sqrtPrice === 0n) throw new ExactMathError('NO_LIQUIDITY', 'sqrtPrice', sqrtPrice, 'a price above 0');
  if (liquidity === 0n) throw new ExactMathError('NO_LIQUIDITY', 'liquidity', liquidity, 'liquidity above 0');
}

const MAX_UINT256 = (1n << 256n) - 1n;

/** Rounds up: L sqrt(p) / (L +- amount sqrt(p)); where the product overflows, the contract's other form. */
function fromAmount0({ sqrtPrice, liquidity, amount }: V3Move, add: boolean): bigint {
  if (amount === 0n) return sqrtPrice;
  const scaled = liquidity << 96n;
  const product = amount * sqrtPrice;
  if (!add) {
    if (product > MAX_UINT256 || scaled <= product)
      throw new ExactMathError('NO_LIQUIDITY', 'amount', amount, 'less token0 than the stretch holds');
    const next = mulDivUp(scaled, sqrtPrice, scaled - product);
    requireFits('the price after', next, 160);
    return next;
  }
  if (product <= MAX_UINT256 && scaled + product <= MAX_UINT256)
    return mulDivUp(scaled, sqrtPrice, scaled + product);
  return divUp(scaled, scaled / sqrtPrice + amount);
}

/** Rounds down: sqrt(p) +- amount / L. */
function fromAmount1({ sqrtPrice, liquidity, amount }: V3Move, add: boolean): bigint {
  if (add) {
    const next = sqrtPrice + (amount << 96n) / liquidity;
    requireFits('the price after', next, 160);
    return next;
  }
  const quotient = mulDivUp(amount, Q96, liquidity);
  if (sqrtPrice <= quotient)
    throw new ExactMathError('NO_LIQUIDITY', 'amount', amount, 'less token1 than the stretch holds');
  return sqrtPrice - quotient;
}

/**
 * Liquidity that two amounts buy in a price range at a price, rounded down (v3-periphery, LiquidityAmounts).
 *
 * @throws ExactMathError (DLCM-180) for a price of 0 or an empty range
 */
export function v3LiquidityForAmounts(input: {
  readonly sqrtPrice: bigint;
  readonly sqrtRatioA: bigint;
  readonly sqrtRatioB: bigint;
  readonly amount0: bigint;
  readonly amount1: bigint;
}): bigint {
  const [low, high] = inOrder(input.sqrtRatioA, input.sqrtRatioB);
  requireAtLeast('sqrtPrice', input.sqrtPrice, 1n);
  requireAtLeast('amount0', input.amount0, 0n);
  requireAtLeast('amount1', input.amount1, 0n);
  if (low === high) throw new ExactMathError('BAD_ARGUMENT', 'sqrtRatioB', high, `another price than ${low}`);
  const from0 = (from: bigint): bigint => mulDiv(input.amount0, mulDiv(from, high, Q96), high - from);
  const from1 = (to: bigint): bigint => mulDiv(input.amount1, Q96, to - low);
  if (input.sqrtPrice <= low) return from0(low);
  if (input.sqrtPrice >= high) return from1(high);
  const [zero, one] = [from0(input.sqrtPrice), from1(input.sqrtPrice)];
  return zero < one ? zero : one;
}
