import { Problem } from './problem.js';

export interface ByteRange {
  readonly start: number;
  /** Inclusive, as in the header. */
  readonly end: number;
}

/**
 * The single range of RFC 9110 section 14; null for no range, several ranges or another unit, which are answered with the
 * whole content.
 */
export function byteRange(header: string | undefined, length: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [first = '', last = ''] = [match?.[1], match?.[2]];
  if (match === null || (first === '' && last === '')) return null;
  const range =
    first === ''
      ? suffix(Number(last), length)
      : { start: Number(first), end: Math.min(last === '' ? length - 1 : Number(last), length - 1) };
  if (range.start >= length || range.start > range.end)
    throw new Problem('range-not-satisfiable', `The content has ${length} bytes; asked for ${header}.`);
  return range;
}

function suffix(count: number, length: number): ByteRange {
  return { start: Math.max(0, length - count), end: count === 0 ? -1 : length - 1 };
}
