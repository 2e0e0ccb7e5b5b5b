import { scaleByPowerOfTwo } from './float-bits.js';

// ln 2 split so that k * LN2_HIGH is exact for |k| <= 2^20: LN2_HIGH holds the first 32 bits of ln 2.
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = 1.4426950408889634;
const OVERFLOW_ABOVE = 709.782712893384;
const UNDERFLOW_BELOW = -745.1332191019412;

/**
 * (e^r - 1 - r) / r^2 for |r| <= 0.35, by the Taylor series up to r^14 / 16!.
 * The first term left out is below 2^-70 relative to the sum.
 */
function expTail(r: number): number {
  let sum = 1 / 20922789888000;
  for (let n = 15; n >= 2; n--) sum = sum * r + INVERSE_FACTORIAL[n]!;
  return sum;
}
const INVERSE_FACTORIAL = inverseFactorials(15);
function inverseFactorials(last: number): Float64Array {
  const values = new Float64Array(last + 1);
  let factorial = 1;
  for (let n = 0; n <= last; n++) {
    if (n > 0) factorial *= n;
    values[n] = 1 / factorial;
  }
  return values;
}

/**
 * e^x in plain arithmetic (+ - * / only), so that every engine gives the same bits.
 * Error below 0.6 ulp. Overflow gives Infinity, underflow 0; NaN gives NaN.
 * Reduction x = k ln 2 + r, |r| <= ln 2 / 2, then the Taylor series of e^r.
 * @example exp(1) // 2.718281828459045
 */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^(x + tail) for a tail far below x's last place, e.g. the low half of a double-double. */
export function expOfSum(x: number, tail: number): number {
  if (x !== x) return x;
  if (x > OVERFLOW_ABOVE) return Infinity;
  if (x < UNDERFLOW_BELOW) return 0;
  const k = Math.round(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const curve = r * r * expTail(r);
  const small = high - r - low + (tail + tail * (r + curve)) + curve;
  // 1 + r + small with both rounding errors caught, so that the sum is rounded about once.
  const sum = r + small;
  const y = 1 + sum;
  const result = y + (sum - (y - 1) + (small - (sum - r)));
  return k === 0 ? result : scaleByPowerOfTwo(result, k);
}

/**
 * e^x - 1 with full relative accuracy near 0 (error below 2 ulp), in plain arithmetic.
 * @example expm1(1e-10) // 1.00000000005e-10
 */
export function expm1(x: number): number {
  if (x !== x || x > OVERFLOW_ABOVE) return x + Infinity;
  if (x < -40) return -1;
  const k = Math.round(x * LOG2_E);
  if (k === 0) return x + x * x * expTail(x);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const small = high - r - low + r * r * expTail(r);
  if (k > 60) return scaleByPowerOfTwo(1 + (r + small), k);
  const scale = scaleByPowerOfTwo(1, k);
  // 2^k (e^r - 1) + (2^k - 1), the larger addend first.
  const whole = scale - 1;
  const part = scale * r;
  const sum = whole + part;
  const lost = Math.abs(whole) >= Math.abs(part) ? whole - sum + part : part - sum + whole;
  return sum + (lost + scale * small);
}
