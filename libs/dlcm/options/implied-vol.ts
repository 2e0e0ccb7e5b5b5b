import { log, normalPdf } from '#libs/numeric/index';
import type { OptionType } from './black76.js';
import { ImpliedVolError, OptionInputError } from './error.js';
import { otmComplement, otmValue } from './otm-value.js';

export interface ImpliedVolInput {
  readonly type: OptionType;
  readonly price: number;
  readonly forward: number;
  readonly strike: number;
  readonly tenorYears: number;
  /** Discount factor to expiry; 1 by default. */
  readonly discount?: number;
}

const MAX_STEPS = 200;

/**
 * Annual volatility at which `black76` gives the price.
 *
 * Reduced to the out-of-the-money option, solved in the logarithm of the value (of the distance to the upper bound when
 * the value is above half of it) by Halley steps inside a bracket. A price equal to the intrinsic value gives 0.
 *
 * @throws ImpliedVolError `BELOW_INTRINSIC` or `ABOVE_MAX` (price >= F D for a call, K D for a put);
 *   OptionInputError for a forward, strike, tenor or discount that is not positive
 * @example impliedVol({ type: 'C', price: 1.1507, forward: 20, strike: 20, tenorYears: 1 / 3 }) // 0.25
 */
export function impliedVol(input: ImpliedVolInput): number {
  const { type, forward, strike, tenorYears, discount = 1 } = input;
  const terms = { forward, strike, tenorYears, discount };
  for (const [argument, value] of Object.entries(terms)) {
    if (!(value > 0) || value === Infinity)
      throw new OptionInputError(argument, value, 'a finite number above 0');
  }
  const price = input.price / discount;
  const max = type === 'C' ? forward : strike;
  if (!(price < max)) throw new ImpliedVolError('ABOVE_MAX', input.price, discount * max);
  const intrinsic = Math.max(0, type === 'C' ? forward - strike : strike - forward);
  const value = price - intrinsic;
  if (value < 0) throw new ImpliedVolError('BELOW_INTRINSIC', input.price, discount * intrinsic);
  if (value === 0) return 0;
  const low = Math.min(forward, strike);
  const high = Math.max(forward, strike);
  if (!(value < low)) throw new ImpliedVolError('ABOVE_MAX', input.price, discount * max);
  return solve({ low, high, value }) / Math.sqrt(tenorYears);
}

interface Target {
  readonly low: number;
  readonly high: number;
  readonly value: number;
}

/** Total standard deviation s with otmValue(low, high, s) = value. */
function solve(target: Target): number {
  const x = log(target.high / target.low);
  let lo = 0;
  let hi = Math.sqrt(2 * x) + 40;
  let s = Math.min(hi / 2, Math.max(Math.sqrt(2 * x), (2.5 * target.value) / target.low));
  for (let i = 0; i < MAX_STEPS; i += 1) {
    const { gap, slope, bend } = logGap(target, x, s);
    if (gap === 0) return s;
    if (gap > 0) hi = s;
    else lo = s;
    const next = halley(s, { gap, slope, bend });
    const inside = next > lo && next < hi;
    const chosen = inside ? next : lo + (hi - lo) / 2;
    if (Math.abs(chosen - s) <= 2.3e-16 * s || hi - lo <= 2.3e-16 * hi) return chosen;
    s = chosen;
  }
  return s;
}

interface Local {
  readonly gap: number;
  readonly slope: number;
  readonly bend: number;
}

function halley(s: number, { gap, slope, bend }: Local): number {
  const newton = gap / slope;
  const correction = 1 - (newton * bend) / (2 * slope);
  return s - (correction > 0.5 && correction < 2 ? newton / correction : newton);
}

/**
 * Log value less log target, increasing in s, with its first two derivatives in s. Vega in s is low phi(d1), and the
 * derivative of its logarithm is d1 d2 / s.
 */
function logGap(target: Target, x: number, s: number): Local {
  const { low, high, value } = target;
  const d1 = -x / s + s / 2;
  const vega = low * normalPdf(d1);
  const curl = (d1 * (d1 - s)) / s;
  if (value > low / 2) {
    const rest = otmComplement(low, high, s);
    const slope = vega / rest;
    return { gap: log(low - value) - log(rest), slope, bend: slope * (curl + slope) };
  }
  const here = otmValue(low, high, s);
  if (!(here > 0)) return { gap: -1, slope: 0, bend: 0 };
  const slope = vega / here;
  return { gap: log(here) - log(value), slope, bend: slope * (curl - slope) };
}
