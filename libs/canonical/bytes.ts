import { HexFormatError, TextEncodingError } from './canonical-errors.js';

/** Hexadecimal text with 0x prefix. */
export type Hex = `0x${string}`;

const HEX_DIGITS = '0123456789abcdef';

/** Lower-case hexadecimal with 0x prefix. */
export function toHex(bytes: Uint8Array): Hex {
  let text = '';
  for (const byte of bytes) text += HEX_DIGITS[byte >>> 4]! + HEX_DIGITS[byte & 15]!;
  return `0x${text}`;
}

/**
 * Bytes of a hexadecimal text.
 * @throws HexFormatError (CAN-102) unless it is 0x followed by pairs of lower-case digits.
 */
export function fromHex(text: string): Uint8Array {
  if (!/^0x(?:[0-9a-f]{2})*$/.test(text)) throw new HexFormatError(text);
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** One array holding the parts after each other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Order of byte strings: first differing byte, then length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/**
 * UTF-8 bytes of a text.
 * @throws TextEncodingError (CAN-104) for a lone surrogate.
 */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point >= 0xd800 && point <= 0xdfff) throw new TextEncodingError(i, 'Lone surrogate');
    if (point > 0xffff) i += 1;
    pushUtf8(bytes, point);
  }
  return Uint8Array.from(bytes);
}

function pushUtf8(bytes: number[], point: number): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >>> 6), 0x80 | (point & 63));
  else if (point < 0x10000)
    bytes.push(0xe0 | (point >>> 12), 0x80 | ((point >>> 6) & 63), 0x80 | (point & 63));
  else
    bytes.push(
      0xf0 | (point >>> 18),
      0x80 | ((point >>> 12) & 63),
      0x80 | ((point >>> 6) & 63),
      0x80 | (point & 63),
    );
}

const SMALLEST_POINT = [0, 0x80, 0x800, 0x10000];

/**
 * Text of UTF-8 bytes; the inverse of utf8Bytes.
 * @throws TextEncodingError (CAN-104) for anything that utf8Bytes cannot have written.
 */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const extra = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    const point = i + extra < bytes.length ? readPoint(bytes, i, extra) : -1;
    const lone = point >= 0xd800 && point <= 0xdfff;
    if (
      point < SMALLEST_POINT[extra]! ||
      point > 0x10ffff ||
      lone ||
      (lead >= 0x80 && lead < 0xc2) ||
      lead > 0xf4
    ) {
      throw new TextEncodingError(i, 'Malformed UTF-8');
    }
    text += String.fromCodePoint(point);
    i += extra + 1;
  }
  return text;
}

function readPoint(bytes: Uint8Array, at: number, extra: number): number {
  let point = extra === 0 ? bytes[at]! : bytes[at]! & (0x3f >>> extra);
  for (let j = 1; j <= extra; j++) {
    const byte = bytes[at + j]!;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = point * 64 + (byte & 63);
  }
  return point;
}
