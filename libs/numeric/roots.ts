import { BracketError } from './numeric-errors.js';

/** An interval [lo, hi] of the real line. */
export type Bracket = readonly [lo: number, hi: number];

const MAX_STEPS = 200;

/**
 * Narrows a bracket around the change of a condition that is false at `lo` and true at `hi` until hi - lo <= tolerance
 * (or no double lies between). The condition stays false at the returned lo and true at the returned hi.
 * The ends are taken on trust: the caller has evaluated them.
 * @example bisect((x) => x * x >= 2, [1, 2], 1e-12) // [1.41421356..., 1.41421356...]
 */
export function bisect(holds: (x: number) => boolean, bracket: Bracket, tolerance: number): Bracket {
  let [lo, hi] = bracket;
  while (hi - lo > tolerance) {
    const middle = lo + (hi - lo) / 2;
    if (middle <= lo || middle >= hi) break;
    if (holds(middle)) hi = middle;
    else lo = middle;
  }
  return [lo, hi];
}

interface BrentState {
  /** Best estimate. */
  b: number;
  fb: number;
  /** Previous estimate. */
  a: number;
  fa: number;
  /** The other side of the root. */
  c: number;
  fc: number;
  step: number;
  stepBefore: number;
}

/**
 * Root of a continuous function inside a bracket with a change of sign (R. P. Brent, Algorithms for Minimization
 * without Derivatives, 1973, chapter 4): inverse quadratic or secant steps, bisection where they do not pay.
 * @param tolerance absolute, on the root; the result is within tolerance + 2 ulp of a root
 * @throws BracketError (NUM-102) when f has the same strict sign at both ends, or is not a number there.
 * @example brent((x) => x * x - 2, [1, 2], 1e-14)
 */
export function brent(f: (x: number) => number, bracket: Bracket, tolerance: number): number {
  const [lo, hi] = bracket;
  const fLo = f(lo);
  const fHi = f(hi);
  if (fLo === 0) return lo;
  if (fHi === 0) return hi;
  if (!(fLo < 0 !== fHi < 0) || fLo !== fLo || fHi !== fHi) throw new BracketError('brent', lo, hi);
  const s: BrentState = {
    a: lo,
    fa: fLo,
    b: hi,
    fb: fHi,
    c: lo,
    fc: fLo,
    step: hi - lo,
    stepBefore: hi - lo,
  };
  for (let i = 0; i < MAX_STEPS; i++) {
    keepBestFirst(s);
    const nearest = 4.440892098500626e-16 * Math.abs(s.b) + 0.5 * tolerance;
    const half = 0.5 * (s.c - s.b);
    if (Math.abs(half) <= nearest || s.fb === 0) return s.b;
    chooseStep(s, half, nearest);
    s.a = s.b;
    s.fa = s.fb;
    s.b += Math.abs(s.step) > nearest ? s.step : half > 0 ? nearest : -nearest;
    s.fb = f(s.b);
    if (s.fb > 0 === s.fc > 0) {
      s.c = s.a;
      s.fc = s.fa;
      s.step = s.b - s.a;
      s.stepBefore = s.step;
    }
  }
  return s.b;
}

function keepBestFirst(s: BrentState): void {
  if (Math.abs(s.fc) >= Math.abs(s.fb)) return;
  s.a = s.b;
  s.b = s.c;
  s.c = s.a;
  s.fa = s.fb;
  s.fb = s.fc;
  s.fc = s.fa;
}

function chooseStep(s: BrentState, half: number, nearest: number): void {
  const bisection = Math.abs(s.stepBefore) < nearest || Math.abs(s.fa) <= Math.abs(s.fb);
  if (!bisection) {
    const [p, q] = interpolation(s, half);
    if (2 * p < Math.min(3 * half * q - Math.abs(nearest * q), Math.abs(s.stepBefore * q))) {
      s.stepBefore = s.step;
      s.step = p / q;
      return;
    }
  }
  s.step = half;
  s.stepBefore = half;
}

/** Numerator (>= 0) and denominator of the interpolated step. */
function interpolation(s: BrentState, half: number): readonly [number, number] {
  const ratio = s.fb / s.fa;
  let p: number;
  let q: number;
  if (s.a === s.c) {
    p = 2 * half * ratio;
    q = 1 - ratio;
  } else {
    const u = s.fa / s.fc;
    const v = s.fb / s.fc;
    p = ratio * (2 * half * u * (u - v) - (s.b - s.a) * (v - 1));
    q = (u - 1) * (v - 1) * (ratio - 1);
  }
  return p > 0 ? [p, -q] : [-p, q];
}
