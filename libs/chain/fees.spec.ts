import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bumpedFees, gasWithMargin } from './fees.js';

describe('bumpedFees', () => {
  it('behavior: raises both fields by at least the tenth that geth demands of a replacement', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 12n),
        fc.bigInt(0n, 10n ** 12n),
        (maxFeePerGas, maxPriorityFeePerGas) => {
          const next = bumpedFees({ maxFeePerGas, maxPriorityFeePerGas }, 10n ** 13n);
          expect(next.maxFeePerGas * 10n).toBeGreaterThanOrEqual(maxFeePerGas * 11n);
          expect(next.maxPriorityFeePerGas * 10n).toBeGreaterThanOrEqual(maxPriorityFeePerGas * 11n);
          expect(next.maxFeePerGas).toBeGreaterThan(maxFeePerGas);
        },
      ),
    );
  });

  it('error: CHN-501 beyond the cap', () => {
    expect(() => bumpedFees({ maxFeePerGas: 80n, maxPriorityFeePerGas: 1n }, 89n)).toThrow(
      expect.objectContaining({ code: 'CHN-501' }),
    );
  });
});

describe('gasWithMargin', () => {
  it('default: three tenths more, rounded up', () => {
    expect(gasWithMargin(261_193n)).toBe(339_551n);
    expect(gasWithMargin(10n)).toBe(13n);
  });
});
