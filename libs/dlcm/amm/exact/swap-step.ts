import { ExactMathError, requireFits } from './error.js';
import { mulDiv, mulDivUp } from './integers.js';
import {
  v3Amount0Delta,
  v3Amount1Delta,
  v3NextSqrtPriceFromInput,
  v3NextSqrtPriceFromOutput,
} from './sqrt-price-math.js';

const PIPS = 1_000_000n;

/** A swap inside one stretch of constant liquidity. */
export interface V3StepInput {
  readonly sqrtPrice: bigint;
  /** Price the step may not pass; below the present one a sale of token0. */
  readonly sqrtPriceTarget: bigint;
  readonly liquidity: bigint;
  /** Above 0 an exact input, fee included; below 0 an exact output. */
  readonly amountRemaining: bigint;
  /** Millionths of the input. */
  readonly feePips: number;
}

export interface V3Step {
  readonly sqrtPriceNext: bigint;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  readonly feeAmount: bigint;
}

/**
 * One step of a swap (v3-core, SwapMath.computeSwapStep): goes to the target if the amount reaches it, else as far as it
 * does; amounts in round up, amounts out down.
 *
 * @throws ExactMathError (DLCM-180) for numbers no pool can have
 */
export function v3ComputeSwapStep(input: V3StepInput): V3Step {
  const { sqrtPrice, sqrtPriceTarget, liquidity, amountRemaining } = input;
  const fee = feeOf(input.feePips);
  requireFits('sqrtPriceTarget', sqrtPriceTarget, 160);
  const zeroForOne = sqrtPrice >= sqrtPriceTarget;
  const exactIn = amountRemaining >= 0n;
  const between = { sqrtRatioA: sqrtPriceTarget, sqrtRatioB: sqrtPrice, liquidity };
  const whole = exactIn
    ? inputOf({ ...between, roundUp: true }, zeroForOne)
    : outputOf({ ...between, roundUp: false }, zeroForOne);
  const offered = exactIn ? mulDiv(amountRemaining, PIPS - fee, PIPS) : -amountRemaining;
  const reached = offered >= whole;
  const move = { sqrtPrice, liquidity, amount: offered, zeroForOne };
  const sqrtPriceNext = reached
    ? sqrtPriceTarget
    : exactIn
      ? v3NextSqrtPriceFromInput(move)
      : v3NextSqrtPriceFromOutput(move);
  const walked = { sqrtRatioA: sqrtPriceNext, sqrtRatioB: sqrtPrice, liquidity };
  const amountIn = reached && exactIn ? whole : inputOf({ ...walked, roundUp: true }, zeroForOne);
  const most = reached && !exactIn ? whole : outputOf({ ...walked, roundUp: false }, zeroForOne);
  const amountOut = !exactIn && most > -amountRemaining ? -amountRemaining : most;
  const feeAmount = exactIn && !reached ? amountRemaining - amountIn : mulDivUp(amountIn, fee, PIPS - fee);
  return { sqrtPriceNext, amountIn, amountOut, feeAmount };
}

function feeOf(feePips: number): bigint {
  if (!(Number.isInteger(feePips) && feePips >= 0 && feePips < 1_000_000))
    throw new ExactMathError('BAD_ARGUMENT', 'feePips', `${feePips}`, 'whole millionths in [0, 1000000)');
  return BigInt(feePips);
}

type Stretch = Parameters<typeof v3Amount0Delta>[0];

const inputOf = (stretch: Stretch, zeroForOne: boolean): bigint =>
  zeroForOne ? v3Amount0Delta(stretch) : v3Amount1Delta(stretch);
const outputOf = (stretch: Stretch, zeroForOne: boolean): bigint =>
  zeroForOne ? v3Amount1Delta(stretch) : v3Amount0Delta(stretch);
