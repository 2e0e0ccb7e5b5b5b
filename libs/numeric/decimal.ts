import { binaryExponent } from './float-bits.js';
import { NumericDomainError } from './numeric-errors.js';

type Rounding = 'half-even' | 'down' | 'up';

const WAD_DECIMALS = 18;

/** A finite double as numerator / 2^shift, exactly. */
function dyadic(x: number): { numerator: bigint; shift: number } {
  let shift = Math.max(0, 52 - binaryExponent(Math.abs(x)));
  let scaled = x;
  while (shift > 1000) {
    scaled *= 1.0715086071862673e301; // 2^1000: exact, a number with this many fraction bits is tiny
    shift -= 1000;
    return { numerator: BigInt(scaled * Number(1n << BigInt(shift))), shift: shift + 1000 };
  }
  return { numerator: BigInt(scaled * Number(1n << BigInt(shift))), shift };
}

function divide(numerator: bigint, shift: number, rounding: Rounding): bigint {
  const divisor = 1n << BigInt(shift);
  const floor = numerator >> BigInt(shift);
  const rest = numerator - floor * divisor;
  if (rest === 0n || rounding === 'down') return floor;
  if (rounding === 'up') return floor + 1n;
  const twice = 2n * rest;
  return twice > divisor || (twice === divisor && (floor & 1n) === 1n) ? floor + 1n : floor;
}

/** floor / ceil / nearest of x * 10^decimals, exactly. */
function scaledInteger(x: number, decimals: number, rounding: Rounding): bigint {
  if (x - x !== 0) throw new NumericDomainError('decimal rounding', x, 'finite numbers');
  const { numerator, shift } = dyadic(x);
  return divide(numerator * 10n ** BigInt(decimals), shift, rounding);
}

function print(scaled: bigint, decimals: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * Decimal string of the exact value of x, rounded to the nearest multiple of 10^-decimals, ties to even.
 * Used for evidence. Always prints `decimals` digits; never prints "-0".
 * @throws NumericDomainError (NUM-101) unless x is finite.
 * @example toDecimalHalfEven(0.125, 2) // "0.12"
 */
export function toDecimalHalfEven(x: number, decimals: number): string {
  return print(scaledInteger(x, decimals, 'half-even'), decimals);
}

/**
 * Decimal string not above x (towards minus infinity): for thresholds and capacities, which must not be overstated.
 * @throws NumericDomainError (NUM-101) unless x is finite.
 * @example toDecimalDown(0.3199999, 3) // "0.319"
 */
export function toDecimalDown(x: number, decimals: number): string {
  return print(scaledInteger(x, decimals, 'down'), decimals);
}

/**
 * Decimal string not below x (towards plus infinity): for losses and margins, which must not be understated.
 * @throws NumericDomainError (NUM-101) unless x is finite.
 * @example toDecimalUp(0.3101, 3) // "0.311"
 */
export function toDecimalUp(x: number, decimals: number): string {
  return print(scaledInteger(x, decimals, 'up'), decimals);
}

/**
 * Decimal string of x rounded half-even to a number of significant digits, without exponent.
 * @throws NumericDomainError (NUM-101) unless x is finite.
 * @example toSignificantHalfEven(2948.601234567891, 12) // "2948.60123457"
 */
export function toSignificantHalfEven(x: number, digits: number): string {
  if (x === 0) return print(0n, digits - 1);
  const whole = wholeDigits(x);
  const rounded = toDecimalHalfEven(x, Math.max(0, digits - whole));
  if (digits >= whole) return rounded;
  const unit = 10n ** BigInt(whole - digits);
  const half = divideHalfEven(scaledInteger(x, 0, 'down'), unit, x);
  return (half * unit).toString();
}

function divideHalfEven(floor: bigint, unit: bigint, x: number): bigint {
  const quotient = floor / unit;
  const twice = 2n * (floor - quotient * unit);
  const exactTie = twice === unit && BigInt(Math.trunc(x)) === BigInt(floor) && Math.trunc(x) === x;
  if (twice < unit || (exactTie && (quotient & 1n) === 0n)) return quotient;
  return quotient + 1n;
}

/** Decimal exponent plus one: 3 for 123.4, 0 for 0.5, -1 for 0.05. */
function wholeDigits(x: number): number {
  const text = Math.abs(x).toExponential();
  return Number(text.slice(text.indexOf('e') + 1)) + 1;
}

/** x rounded half-even to a number of decimals, as the double nearest to that decimal. */
export function roundHalfEven(x: number, decimals: number): number {
  return Number(toDecimalHalfEven(x, decimals));
}

/** x rounded towards minus infinity to a number of decimals, as the double nearest to that decimal. */
export function roundDown(x: number, decimals: number): number {
  return Number(toDecimalDown(x, decimals));
}

/** x rounded towards plus infinity to a number of decimals, as the double nearest to that decimal. */
export function roundUp(x: number, decimals: number): number {
  return Number(toDecimalUp(x, decimals));
}

/**
 * x in units of 10^-18 as an integer, towards minus infinity.
 * @throws NumericDomainError (NUM-101) unless x is finite.
 * @example toWadDown(1.5) // 1500000000000000000n
 */
export function toWadDown(x: number): bigint {
  return scaledInteger(x, WAD_DECIMALS, 'down');
}
