import { bisect, exp, log, log1p, normalCdf } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

const PI = 3.141592653589793;
/** Lanczos coefficients for g = 7, n = 9 (P. Godfrey, 2001); relative error below 1e-15 for x >= 1/2. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;
const FRACTION_STEPS = 300;
const TINY = 1e-300;

/** ln Gamma(x) for x >= 1/2. */
export function logGamma(x: number): number {
  const base = x + 6.5;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i += 1) sum += LANCZOS[i]! / (x + i - 1);
  return 0.5 * log(2 * PI) + (x - 0.5) * log(base) - base + log(sum);
}

/**
 * Regularised incomplete beta function I_x(a, b) by its continued fraction (Lentz; Abramowitz and Stegun 26.5.8), a and b at
 * least 1/2.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= FRACTION_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * value;
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Distribution function of Student's t with `dof` degrees of freedom. */
export function studentCdf(t: number, dof: number): number {
  const tail = 0.5 * incompleteBeta(dof / (dof + t * t), dof / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Density of Student's t. */
export function studentPdf(t: number, dof: number): number {
  const shape = logGamma((dof + 1) / 2) - logGamma(dof / 2) - 0.5 * log(dof * PI);
  return exp(shape - ((dof + 1) / 2) * log1p((t * t) / dof));
}

/**
 * Quantile of the standard normal distribution for p in (0, 1): bisection of the distribution function in the tail that holds
 * it, to the spacing of doubles.
 *
 * @throws MetricInputError outside (0, 1)
 * @example normalQuantile(0.99) // 2.3263478740408408
 */
export function normalQuantile(p: number): number {
  requireProbability(p);
  if (p > 0.5) return -normalQuantile(1 - p);
  return bisect((x) => normalCdf(x) >= p, [-40, 0], 0)[1];
}

/** Quantile of Student's t for p in (0, 1). @throws MetricInputError outside (0, 1) */
export function studentQuantile(p: number, dof: number): number {
  requireProbability(p);
  if (p > 0.5) return -studentQuantile(1 - p, dof);
  let low = -2;
  while (studentCdf(low, dof) >= p) low *= 2;
  return bisect((t) => studentCdf(t, dof) >= p, [low, 0], 0)[1];
}

function requireProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new MetricInputError('probability', p, 'a number between 0 and 1');
}
