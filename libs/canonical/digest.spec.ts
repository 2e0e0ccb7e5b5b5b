import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  TextEncodingError,
  fromHex,
  keccak256,
  sha256,
  sha256Bytes,
  toHex,
  utf8Bytes,
  utf8Text,
  type Hasher,
} from './index.js';
import { propertyRun } from '#test/support/seed';

const nodeHasher: Hasher = (bytes) => createHash('sha256').update(bytes).digest();

describe('sha256', () => {
  it('default: FIPS 180-4 examples', () => {
    expect(sha256(utf8Bytes('abc'))).toBe(
      '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(sha256(utf8Bytes('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  it('behavior: an injected hasher gives the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(toHex(nodeHasher(bytes))).toBe(toHex(sha256Bytes(bytes)));
      }),
      propertyRun(200),
    );
  });
});

describe('keccak256', () => {
  it('default: the hash of nothing and of "abc" (Ethereum yellow paper; Keccak team test vector)', () => {
    expect(keccak256(new Uint8Array())).toBe(
      '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    );
    expect(keccak256(utf8Bytes('abc'))).toBe(
      '0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45',
    );
  });
});

describe('utf8Bytes and utf8Text', () => {
  it('behavior: agree with the platform and undo each other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/[\ud800-\udfff]/u.test(text));
        expect(toHex(utf8Bytes(text))).toBe(toHex(new TextEncoder().encode(text)));
        expect(utf8Text(utf8Bytes(text))).toBe(text);
      }),
      propertyRun(100),
    );
  });

  it('behavior: any bytes are decoded as the platform does, or refused as it does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        let expected: string | null = null;
        try {
          expected = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch (error) {
          expect(error).toHaveProperty('code', 'ERR_ENCODING_INVALID_ENCODED_DATA');
        }
        if (expected === null) expect(() => utf8Text(bytes)).toThrow(TextEncodingError);
        else expect(utf8Text(bytes)).toBe(expected);
      }),
      propertyRun(500),
    );
  });

  it('error: CAN-104, CAN-102', () => {
    expect(() => utf8Bytes('a\ud800')).toThrow(expect.objectContaining({ code: 'CAN-104', position: 1 }));
    for (const bad of ['00', '0x0', '0xAB', '0xzz'])
      expect(() => fromHex(bad)).toThrow(expect.objectContaining({ code: 'CAN-102' }));
    expect([...fromHex('0x00ff')]).toEqual([0, 255]);
  });
});
