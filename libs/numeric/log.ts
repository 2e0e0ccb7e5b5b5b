import { LN2_HIGH, LN2_LOW } from './exp.js';
import { binaryExponent, powerOfTwo } from './float-bits.js';

const TWO_54 = 18014398509481984;
const SQRT_2 = 1.4142135623730951;

/**
 * 2 s^2/3 + 2 s^4/5 + ... = (ln(1+f) - 2s)/s with s = f/(2+f), for |s| <= 0.1716.
 * 12 terms of the series of 2 artanh(s); the first left out is below 2^-62.
 */
export function artanhTail(s2: number): number {
  let sum = 2 / 25;
  for (let n = 23; n >= 3; n -= 2) sum = sum * s2 + 2 / n;
  return sum * s2;
}

/** ln(1+f) + k ln 2 + correction, 1+f in [sqrt(1/2), sqrt 2]; the large parts are added last. */
function assemble(f: number, k: number, correction: number): number {
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  const bent = s * (halfSquare + artanhTail(s * s));
  if (k === 0) return f - (halfSquare - (bent + correction));
  return k * LN2_HIGH - (halfSquare - (bent + (k * LN2_LOW + correction)) - f);
}

/**
 * Natural logarithm in plain arithmetic, error below 1 ulp.
 * log(0) = -Infinity, negative numbers give NaN.
 * x = 2^k (1+f), ln(1+f) = 2 artanh(f/(2+f)).
 * @example log(10) // 2.302585092994046
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const subnormal = x < 2.2250738585072014e-308;
  const scaled = subnormal ? x * TWO_54 : x;
  let k = binaryExponent(scaled);
  let m = scaled / powerOfTwo(k);
  if (m > SQRT_2) {
    m *= 0.5;
    k += 1;
  }
  return assemble(m - 1, subnormal ? k - 54 : k, 0);
}

/**
 * ln(1 + x) with full relative accuracy near 0, in plain arithmetic, error below 1 ulp.
 * log1p(-1) = -Infinity, x < -1 gives NaN.
 * @example log1p(1e-10) // 9.9999999995e-11
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x > TWO_54) return log(x);
  if (x > -0.29 && x < 0.41) return Math.abs(x) < 1e-17 ? x : assemble(x, 0, 0);
  const u = 1 + x;
  const lost = x >= 1 ? 1 - (u - x) : x - (u - 1);
  let k = binaryExponent(u);
  let m = u / powerOfTwo(k);
  if (m > SQRT_2) {
    m *= 0.5;
    k += 1;
  }
  return assemble(m - 1, k, lost / u);
}
