import { binaryExponent, powerOfTwo } from './float-bits.js';
import { NumericDomainError } from './numeric-errors.js';

const TWO_52 = 4503599627370496;

/**
 * Nearest multiple of `quantum` (a power of two), ties to even. Sums of such multiples are exact in float64 while they
 * stay below 2^53 quanta, hence independent of their order (PERFORMANCE: order-free sums).
 * @param x any finite number
 * @param quantum a power of two
 * @example quantise(1.3, 0.25) // 1.25
 */
export function quantise(x: number, quantum: number): number {
  const big = TWO_52 * quantum;
  if (x >= big || x <= -big) return x;
  return x >= 0 ? x + big - big : x - big + big;
}

/** Multiple of `quantum` (a power of two) nearest to x that is not further from zero than x. */
export function quantiseDown(x: number, quantum: number): number {
  const rounded = quantise(x, quantum);
  if (Math.abs(rounded) <= Math.abs(x)) return rounded;
  return rounded > 0 ? rounded - quantum : rounded + quantum;
}

/**
 * Quantum of an asset's flows in base units: the largest power of two not above 2^-14 USD at the price given.
 * @throws NumericDomainError (NUM-101) unless the price is positive and finite.
 */
export function quantumOf(spot: number): number {
  if (!(spot > 0) || spot === Infinity)
    throw new NumericDomainError('quantumOf', spot, 'positive finite prices');
  return powerOfTwo(binaryExponent(6.103515625e-5 / spot));
}

/**
 * Sum of finite numbers, rounded once: the nearest double to the exact sum, whatever the order of the addends.
 * Non-overlapping partial sums (J. R. Shewchuk, Discrete Comput. Geom. 18, 1997), added from the largest down with the
 * half-way case decided by the next partial.
 * @throws NumericDomainError (NUM-101) when an addend or the sum is not finite.
 * @example compensatedSum([1e100, 1, -1e100]) // 1
 */
export function compensatedSum(values: Iterable<number>): number {
  const partials: number[] = [];
  for (const value of values) {
    if (value - value !== 0) throw new NumericDomainError('compensatedSum', value, 'finite addends');
    absorb(partials, value);
  }
  return roundPartials(partials);
}

function absorb(partials: number[], value: number): void {
  let x = value;
  let kept = 0;
  for (const partial of partials) {
    const y = partial;
    const sum = x + y;
    const low = Math.abs(x) >= Math.abs(y) ? y - (sum - x) : x - (sum - y);
    if (low !== 0) partials[kept++] = low;
    x = sum;
  }
  if (x - x !== 0) throw new NumericDomainError('compensatedSum', x, 'addends whose sum is finite');
  partials.length = kept;
  partials.push(x);
}

function roundPartials(partials: readonly number[]): number {
  let i = partials.length - 1;
  if (i < 0) return 0;
  let high = partials[i]!;
  let low = 0;
  while (i > 0 && low === 0) {
    i -= 1;
    const x = high;
    const y = partials[i]!;
    high = x + y;
    low = y - (high - x);
  }
  // Exactly half an ulp is left and the next partial pushes it over: round away from the tie.
  if (i > 0 && ((low < 0 && partials[i - 1]! < 0) || (low > 0 && partials[i - 1]! > 0))) {
    const doubled = 2 * low;
    const next = high + doubled;
    if (next - high === doubled) high = next;
  }
  return high;
}
