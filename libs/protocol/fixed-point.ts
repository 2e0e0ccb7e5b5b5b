import { ProtocolError } from './errors.js';

/** Direction in which digits that do not fit are dropped: towards minus infinity, plus infinity, or to the nearest (ties up). */
export type UnitRounding = 'down' | 'up' | 'nearest';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * A decimal text as an integer number of units of 10^-decimals.
 *
 * @throws ProtocolError (PRO-102) unless the text is a plain decimal number.
 * @example unitsOf('0.1999999', 6, 'down') // 199999n
 */
export function unitsOf(text: string, decimals: number, rounding: UnitRounding): bigint {
  const match = DECIMAL.exec(text);
  if (match === null)
    throw new ProtocolError('PRO-102', `"${text}" is not a plain decimal number such as "-12.5".`, text);
  const [, sign, whole = '', fraction = ''] = match;
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const size = BigInt(whole + kept);
  const rest = fraction.slice(decimals);
  const negative = sign === '-';
  return (negative ? -size : size) + carry(rest, negative, rounding);
}

/** What the dropped digits add to the truncated value. */
function carry(rest: string, negative: boolean, rounding: UnitRounding): bigint {
  if (!/[1-9]/.test(rest)) return 0n;
  if (rounding === 'down') return negative ? -1n : 0n;
  if (rounding === 'up') return negative ? 0n : 1n;
  const half = Number(rest[0]) >= 5;
  return half ? (negative ? -1n : 1n) : 0n;
}

/** Plain decimal text of an integer number of units of 10^-decimals. @example decimalOf(199999n, 6) // '0.199999' */
export function decimalOf(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const sign = units < 0n ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
