import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addTo, splitSum, valueOf } from './split-sum.js';

const sumOf = (values: readonly number[]): number => {
  const sum = splitSum();
  for (const value of values) addTo(sum, value);
  return valueOf(sum);
};

describe('splitSum', () => {
  it('default: adds what a plain sum loses', () => {
    // 2^33 + 2^-30 ten times: a plain sum of doubles stays at 2^33 + multiples of 2^-19.
    expect(sumOf([8_589_934_592, ...Array.from({ length: 1024 }, () => 2 ** -30)])).toBe(
      8_589_934_592 + 2 ** -20,
    );
  });

  it('behavior: any order of the addends gives the same bits, within 2^-39 an addend of the exact sum', () => {
    const usd = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(usd, { maxLength: 40 }), (values) => {
        const total = sumOf(values);
        expect(sumOf([...values].reverse())).toBe(total);
        expect(sumOf([...values].sort((a, b) => a - b))).toBe(total);
        const exact = values.reduce((sum, value) => sum + BigInt(Math.round(value * 2 ** 20)), 0n);
        expect(Math.abs(total - Number(exact) / 2 ** 20)).toBeLessThan(1e-4);
      }),
    );
  });
});
