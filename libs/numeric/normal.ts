import { exp } from './exp.js';

const INVERSE_SQRT_PI = 0.5641895835477563;
const INVERSE_SQRT_2PI = 0.3989422804014327;
const SQRT_HALF = 0.7071067811865476;

// Rational Chebyshev fits of W. J. Cody, Math. Comp. 23 (1969) 631-637; constant term last, leading coefficient first.
const ERF_NEAR = [
  0.18577770618460315, 3.1611237438705656, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const ERF_NEAR_DIVISOR = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.2368334391706];
const TAIL_MIDDLE = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.9522212417691, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const TAIL_MIDDLE_DIVISOR = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const TAIL_FAR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  6.587491615298378e-4,
];
const TAIL_FAR_DIVISOR = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

/** erf(x) for |x| <= 0.46875. */
function erfNear(x: number): number {
  const x2 = x * x;
  return (x * polynomial(ERF_NEAR, x2)) / polynomial(ERF_NEAR_DIVISOR, x2);
}

/** e^(x^2) erfc(x) for x > 0.46875: a slowly varying factor, so that rounding of x does not spoil the tail. */
function scaledTail(x: number): number {
  if (x <= 4) return polynomial(TAIL_MIDDLE, x) / polynomial(TAIL_MIDDLE_DIVISOR, x);
  const z = 1 / (x * x);
  return (INVERSE_SQRT_PI - (z * polynomial(TAIL_FAR, z)) / polynomial(TAIL_FAR_DIVISOR, z)) / x;
}

/** e^(-c x^2), x^2 split into an exact square and a small rest (Cody): relative accuracy is kept for large x. */
function gaussian(x: number, c: 0.5 | 1): number {
  const coarse = Math.trunc(x * 16) / 16;
  return exp(-c * coarse * coarse) * exp(-c * ((x - coarse) * (x + coarse)));
}

/**
 * Complementary error function, relative error below 1e-15 also in the tail (until it underflows near 26.5).
 * erfc(x) = 2/sqrt(pi) * integral from x to infinity of e^(-t^2) dt.
 * @example erfc(2) // 0.004677734981047266
 */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (a <= 0.46875) return 1 - erfNear(x);
  if (a > 27.5) return x > 0 ? 0 : 2;
  const tail = gaussian(a, 1) * scaledTail(a);
  return x > 0 ? tail : 2 - tail;
}

/**
 * Standard normal distribution function N(x), full relative accuracy in the lower tail (down to x = -38).
 * N(x) = erfc(-x/sqrt 2)/2; the exponential is taken of x itself, so that the rounding of x/sqrt 2 does not enter it.
 * @example normalCdf(-10) // 7.61985302416052e-24
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x) * SQRT_HALF;
  if (z <= 0.46875) return 0.5 + 0.5 * erfNear(x * SQRT_HALF);
  if (z > 27.5) return x > 0 ? 1 : 0;
  const tail = 0.5 * (gaussian(x, 0.5) * scaledTail(z));
  return x > 0 ? 1 - tail : tail;
}

/**
 * Standard normal density e^(-x^2/2)/sqrt(2 pi), full relative accuracy for every x.
 * @example normalPdf(0) // 0.3989422804014327
 */
export function normalPdf(x: number): number {
  return Math.abs(x) > 39 ? 0 : INVERSE_SQRT_2PI * gaussian(x, 0.5);
}
