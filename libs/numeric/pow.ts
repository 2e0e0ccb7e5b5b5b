import { expOfSum } from './exp.js';
import { binaryExponent, powerOfTwo } from './float-bits.js';
import { artanhTail } from './log.js';
import { NumericDomainError } from './numeric-errors.js';

/** An unevaluated sum high + low with |low| <= ulp(high)/2: about 106 bits (T. J. Dekker, Numer. Math. 18, 1971). */
interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

const SPLITTER = 134217729; // 2^27 + 1
const LN2: DoubleDouble = { high: 0.6931471805599453, low: 2.3190468138462996e-17 };

function twoSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const bb = high - a;
  return { high, low: a - (high - bb) + (b - bb) };
}

function twoProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  const ca = SPLITTER * a;
  const aHigh = ca - (ca - a);
  const aLow = a - aHigh;
  const cb = SPLITTER * b;
  const bHigh = cb - (cb - b);
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const p = twoProduct(a.high, b.high);
  return twoSum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const s = twoSum(a.high, b.high);
  return twoSum(s.high, s.low + (a.low + b.low));
}

/** ln x to about 65 bits: 2 s + (2/3) s^3 in double-double, the rest of the series in double. */
function logDoubleDouble(x: number): DoubleDouble {
  const subnormal = x < 2.2250738585072014e-308;
  const scaled = subnormal ? x * 18014398509481984 : x;
  let k = binaryExponent(scaled);
  let m = scaled / powerOfTwo(k);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const denominator = twoSum(2, f);
  const quotient = f / denominator.high;
  const product = twoProduct(quotient, denominator.high);
  const s = twoSum(
    quotient,
    (f - product.high - product.low - quotient * denominator.low) / denominator.high,
  );
  const s2 = multiply(s, s);
  const cube = multiply(multiply(s2, s), { high: 2 / 3, low: 3.700743415417188e-17 });
  const rest = s.high * (artanhTail(s2.high) - (2 / 3) * s2.high);
  const mantissa = add(twoSum(2 * s.high, 2 * s.low), add(cube, { high: rest, low: 0 }));
  const shift = subnormal ? k - 54 : k;
  return add(multiply({ high: shift, low: 0 }, LN2), mantissa);
}

/**
 * x^y for x >= 0 in plain arithmetic, error below 1 ulp over the whole range.
 * exp(y ln x) with ln x and the product carried in double-double. pow(0, y > 0) = 0, pow(x, 0) = 1.
 * @throws NumericDomainError (NUM-101) for a negative or non-finite base, a non-finite exponent, or 0 to a negative power.
 * @example pow(2, 0.5) // 1.4142135623730951
 */
export function pow(x: number, y: number): number {
  if (!(x >= 0) || x === Infinity) throw new NumericDomainError('pow base', x, 'finite numbers >= 0');
  if (y - y !== 0) throw new NumericDomainError('pow exponent', y, 'finite numbers');
  if (y === 0 || x === 1) return 1;
  if (x === 0) {
    if (y < 0) throw new NumericDomainError('pow exponent of 0', y, 'numbers >= 0');
    return 0;
  }
  const ln = logDoubleDouble(x);
  if (Math.abs(y * ln.high) > 800) return y * ln.high > 0 ? Infinity : 0;
  const e = multiply(ln, { high: y, low: 0 });
  return expOfSum(e.high, e.low);
}
