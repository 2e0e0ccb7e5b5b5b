import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, canonicalJsonOfAnyNumber, digestOf } from './index.js';
import { propertyRun } from '#test/support/seed';

describe('canonicalJsonOfAnyNumber', () => {
  it('default: the example of RFC 8785, section 3.2.2', () => {
    const input: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJsonOfAnyNumber(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('behavior: the key order of RFC 8785, section 3.2.3 (UTF-16 code units)', () => {
    const input = {
      '€': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    };
    const names = Object.values(JSON.parse(canonicalJsonOfAnyNumber(input)) as object);
    // Integer-like keys come first when an object is parsed, so the text itself is looked at for the rest.
    const order = [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ];
    const text = canonicalJsonOfAnyNumber(input);
    expect(order.map((name) => text.indexOf(name))).toEqual(
      order.map((name) => text.indexOf(name)).sort((a, b) => a - b),
    );
    expect(new Set(names)).toEqual(new Set(order));
  });

  it('behavior: numbers of RFC 8785, appendix B', () => {
    const samples: [number, string][] = [
      [-0, '0'],
      [5e-324, '5e-324'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [9007199254740992, '9007199254740992'],
      [295147905179352830000, '295147905179352830000'],
      [1e21, '1e+21'],
      [9.999999999999997e22, '9.999999999999997e+22'],
      [0.000001, '0.000001'],
      [333333333.33333325, '333333333.33333325'],
    ];
    for (const [number, text] of samples) expect(canonicalJsonOfAnyNumber(number)).toBe(text);
  });
});

describe('canonicalJson', () => {
  it('default: sorted keys, no spaces', () => {
    expect(canonicalJson({ b: '0.5', a: 1, c: [null, true] })).toBe('{"a":1,"b":"0.5","c":[null,true]}');
  });

  it('behavior: independent of the order of keys, unchanged by a JSON round trip', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean(), fc.constant(null)),
        ),
        (object) => {
          const wellFormed = [...Object.keys(object), ...Object.values(object)].every(
            (text) => typeof text !== 'string' || !/[\ud800-\udfff]/u.test(text),
          );
          fc.pre(wellFormed);
          const text = canonicalJson(object);
          expect(canonicalJson(Object.fromEntries(Object.entries(object).reverse()))).toBe(text);
          expect(canonicalJson(JSON.parse(text))).toBe(text);
        },
      ),
      propertyRun(200),
    );
  });

  it('error: CAN-101 names the place', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const cases: [unknown, string][] = [
      [{ a: [0.5] }, '/a/0'],
      [{ 'a/b~': NaN }, '/a~1b~0'],
      [{ n: 2 ** 53 }, '/n'],
      [{ x: undefined }, '/x'],
      [{ d: new Date(0) }, '/d'],
      [{ b: 1n }, '/b'],
      [cycle, '/self'],
      ['\ud800', ''],
    ];
    for (const [value, pointer] of cases) {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'CAN-101', pointer }));
    }
  });
});

describe('digestOf', () => {
  it('default: SHA-256 of the canonical text', () => {
    // sha256('{}'), computed with coreutils sha256sum.
    expect(digestOf({})).toBe('0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(digestOf({ b: 1, a: 2 })).toBe(digestOf({ a: 2, b: 1 }));
  });
});
