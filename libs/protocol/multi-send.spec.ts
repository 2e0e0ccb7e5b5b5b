import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMultiSend, encodeMultiSend } from './multi-send.js';

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((array) => `0x${Buffer.from(array).toString('hex')}` as const);
const call = fc.record({
  to: hex(20),
  data: fc.uint8Array({ maxLength: 100 }).map((array) => `0x${Buffer.from(array).toString('hex')}` as const),
});

describe('encodeMultiSend', () => {
  it('default: packs as MultiSendCallOnly.sol documents (operation, to, value, length, data)', () => {
    const encoded = encodeMultiSend([{ to: `0x${'11'.repeat(20)}`, data: '0xaabb' }]);
    const packed = `00${'11'.repeat(20)}${'00'.repeat(32)}${'2'.padStart(64, '0')}aabb`;
    const length = (packed.length / 2).toString(16).padStart(64, '0');
    const padded = packed.padEnd(Math.ceil(packed.length / 64) * 64, '0');
    // 0x8d80ff0a = multiSend(bytes), https://www.4byte.directory
    expect(encoded).toBe(`0x8d80ff0a${'20'.padStart(64, '0')}${length}${padded}`);
  });

  it('behavior: decodes back to the same calls', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 5 }), (calls) => {
        const decoded = decodeMultiSend(encodeMultiSend(calls));
        expect(decoded.map(({ to, data }) => ({ to: to.toLowerCase(), data }))).toEqual(calls);
      }),
    );
  });
});

describe('decodeMultiSend', () => {
  const good = encodeMultiSend([{ to: `0x${'11'.repeat(20)}`, data: '0xaabbccdd' }]);
  const packedStart = 10 + 128;
  const at = (position: number, text: string): `0x${string}` =>
    `${good.slice(0, position)}${text}${good.slice(position + text.length)}` as `0x${string}`;

  it.each([
    ['a delegate call', at(packedStart, '01')],
    ['a value', at(packedStart + 2 + 40 + 62, '01')],
    ['a length beyond the end', at(packedStart + 2 + 40 + 64 + 62, 'ff')],
    ['bytes after the end', `${good}00` as const],
    ['set bits in the padding', `${good.slice(0, -2)}01` as const],
  ])('error: PRO-105 for %s', (_, data: string) => {
    expect(() => decodeMultiSend(data as `0x${string}`)).toThrow(
      expect.objectContaining({ code: 'PRO-105' }),
    );
  });
});
