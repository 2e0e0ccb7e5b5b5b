import { log, normalCdf, normalPdf } from '#libs/numeric/index';

/** From here on the two terms of the formula differ enough to be subtracted directly. */
const SERIES_LIMIT = 1;
const SERIES_TERMS = 14;
/** Above this argument the moment ratios come from their continued fraction, below from the upward recurrence. */
const FRACTION_FROM = 2;
const FRACTION_DEPTH = 80;

/**
 * Undiscounted Black value of an out-of-the-money option: low N(d1) - high N(d2), d1 = -x/s + s/2, d2 = d1 - s,
 * x = ln(high/low) >= 0. A call has low = forward, high = strike; a put the reverse.
 *
 * Full relative accuracy, also far out of the money and for small s, where the two terms cancel: with z = x/s,
 * h = s/2 and the Mills ratio M, the value is low phi(z - h) [M(z - h) - M(z + h)], and the bracket is
 * 2 * sum h^(2k+1)/(2k+1)! M_(2k+1)(z) with the positive moments M_n(z) = integral of t^n e^(-zt - t^2/2).
 *
 * @param s total standard deviation sigma sqrt(T), positive
 */
export function otmValue(low: number, high: number, s: number): number {
  const z = log(high / low) / s;
  const h = s / 2;
  const density = normalPdf(z - h);
  if (density === 0) return z > h ? 0 : low;
  if (h >= SERIES_LIMIT) return Math.max(0, low * normalCdf(h - z) - high * normalCdf(-h - z));
  return low * density * 2 * oddMomentSum(z, h);
}

/** What is missing to the upper bound: low - value = low N(-d1) + high N(d2), without cancellation. */
export function otmComplement(low: number, high: number, s: number): number {
  const z = log(high / low) / s;
  const h = s / 2;
  return low * normalCdf(z - h) + high * normalCdf(-h - z);
}

/** sum over k of h^(2k+1)/(2k+1)! M_(2k+1)(z), z >= 0, 0 < h < 1. */
function oddMomentSum(z: number, h: number): number {
  const moments = z < FRACTION_FROM ? upwardMoments(z) : fractionMoments(z);
  let power = h;
  let sum = 0;
  for (let k = 0; k < SERIES_TERMS; k += 1) {
    const term = power * moments[2 * k + 1]!;
    sum += term;
    if (term < sum * 1e-17) break;
    power *= (h * h) / ((2 * k + 2) * (2 * k + 3));
  }
  return sum;
}

/** M_(n+1) = n M_(n-1) - z M_n; stable for small z. */
function upwardMoments(z: number): Float64Array {
  const moments = new Float64Array(2 * SERIES_TERMS);
  const mills = normalCdf(-z) / normalPdf(z);
  moments[0] = mills;
  moments[1] = 1 - z * mills;
  for (let n = 1; n + 1 < moments.length; n += 1) moments[n + 1] = n * moments[n - 1]! - z * moments[n]!;
  return moments;
}

/**
 * M_n = r_n M_(n-1) with r_n = n / (z + r_(n+1)), M_0 = 1 / (z + r_1), evaluated from far out: positive terms only. The Mills
 * ratio M_0 is not taken as a quotient, whose two sides vanish beyond z = 38.
 */
function fractionMoments(z: number): Float64Array {
  const moments = new Float64Array(2 * SERIES_TERMS);
  let ratio = (Math.sqrt(z * z + 4 * FRACTION_DEPTH) - z) / 2;
  for (let n = FRACTION_DEPTH - 1; n >= 1; n -= 1) {
    ratio = n / (z + ratio);
    if (n < moments.length) moments[n] = ratio;
  }
  moments[0] = 1 / (z + ratio);
  for (let n = 1; n < moments.length; n += 1) moments[n]! *= moments[n - 1]!;
  return moments;
}
