import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fairLpPrice, lstPrice, nestedNav, receiptTokenPrice } from './index.js';

describe('lstPrice', () => {
  it('default: underlying x rate x (1 - discount)', () => {
    expect(lstPrice({ underlyingPrice: 3000, redemptionRate: 1.2, discount: 0.05 })).toBeCloseTo(3420, 9);
  });

  it.each([{ underlyingPrice: 0 }, { redemptionRate: NaN }, { discount: 1 }, { discount: -0.1 }])(
    'error: DLCM-170 for %p',
    (bad) => {
      expect(() => lstPrice({ underlyingPrice: 1, redemptionRate: 1, discount: 0, ...bad })).toThrow(
        expect.objectContaining({ code: 'DLCM-170' }),
      );
    },
  );
});

describe('fairLpPrice', () => {
  const pool = { reserve0: 10, reserve1: 20_000, price0: 2000, price1: 1, supply: 100 };

  it('default: a pool in balance is worth its reserves', () => {
    expect(fairLpPrice(pool)).toBeCloseTo((10 * 2000 + 20_000) / 100, 9);
  });

  it('behavior: a trade inside the pool, which keeps r0 r1, does not move it', () => {
    expect(fairLpPrice({ ...pool, reserve0: 40, reserve1: 5000 })).toBeCloseTo(fairLpPrice(pool), 9);
  });

  it('error: DLCM-170 for an empty pool', () => {
    expect(() => fairLpPrice({ ...pool, reserve0: 0 })).toThrow(
      expect.objectContaining({ code: 'DLCM-170', argument: 'reserve0' }),
    );
  });
});

describe('receiptTokenPrice', () => {
  const receipt = { underlyingPrice: 1, exchangeRate: 1.1, socialisedLossUsd: 5, suppliedUsd: 100 };

  it('default: suppliers bear the socialised loss', () => {
    expect(receiptTokenPrice(receipt)).toBeCloseTo(1.1 * 0.95, 12);
    expect(receiptTokenPrice({ ...receipt, socialisedLossUsd: 200 })).toBe(0);
  });

  it('error: DLCM-170 without supply', () => {
    expect(() => receiptTokenPrice({ ...receipt, suppliedUsd: 0 })).toThrow(
      expect.objectContaining({ code: 'DLCM-170' }),
    );
  });
});

describe('nestedNav', () => {
  it('default: two tokens that hold half of each other', () => {
    // n1 = 100 + n2 / 2, n2 = n1 / 2 - 20: n1 = 120, n2 = 40.
    const nav = nestedNav({
      outside: [100, 0],
      liabilities: [0, 20],
      holds: [
        [0, 0.5],
        [0.5, 0],
      ],
    });
    expect(nav[0]).toBeCloseTo(120, 9);
    expect(nav[1]).toBeCloseTo(40, 9);
  });

  it('behavior: a value never falls below 0, and a failed token carries nothing to its holders', () => {
    expect(
      nestedNav({
        outside: [10, 5],
        liabilities: [0, 50],
        holds: [
          [0, 0.9],
          [0, 0],
        ],
      }),
    ).toEqual([10, 0]);
  });

  it.each([0.9, 0.9999, 1 - 1e-6, 1 - 1e-9])('limits: a token that holds %p of itself', (own) => {
    // n = max(0, a + own n - l): (a - l) / (1 - own) if a > l, else 0. Plain iteration needs some 1 / (1 - own) steps.
    const nav = (liability: number) =>
      nestedNav({ outside: [1], liabilities: [liability], holds: [[own]] })[0]!;
    expect(nav(2)).toBe(0);
    expect((nav(0.5) * (1 - own)) / 0.5).toBeCloseTo(1, 12);
  });

  it('behavior: each token comes alive through the next one', () => {
    // n3 = 8, n2 = 8 / 2 - 1 = 3, n1 = 3 / 2 - 1 = 0.5.
    const holds = [
      [0, 0.5, 0],
      [0, 0, 0.5],
      [0, 0, 0],
    ];
    expect(nestedNav({ outside: [0, 0, 8], liabilities: [1, 1, 0], holds })).toEqual([0.5, 3, 8]);
  });

  it('error: DLCM-170 for holdings that belong to nobody outside, for more than a whole, and for another size', () => {
    const nav = (holds: number[][]) => () => nestedNav({ outside: [1, 1], liabilities: [0, 0], holds });
    const refused = expect.objectContaining({ code: 'DLCM-170' });
    expect(
      nav([
        [0, 1],
        [1, 0],
      ]),
    ).toThrow(refused);
    expect(
      nav([
        [0.6, 0],
        [0.6, 0],
      ]),
    ).toThrow(refused);
    expect(nav([[0, 0]])).toThrow(refused);
    expect(
      nav([
        [0, NaN],
        [0, 0],
      ]),
    ).toThrow(refused);
  });

  const shares = (n: number) =>
    fc
      .array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
        minLength: n,
        maxLength: n,
      })
      .map((rows) => rows.map((row) => row.map((share) => (0.9 * share) / n)));
  const usd = (n: number) =>
    fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: n, maxLength: n });

  it('DLCM-P34: Nested values solve their equation, and more outside assets never lower one', () => {
    fc.assert(
      fc.property(usd(4), usd(4), shares(4), (outside, liabilities, holds) => {
        const nav = nestedNav({ outside, liabilities, holds });
        nav.forEach((value, i) => {
          const own = outside[i]! + holds[i]!.reduce((sum, share, j) => sum + share * nav[j]!, 0);
          expect(Math.abs(value - Math.max(0, own - liabilities[i]!))).toBeLessThanOrEqual(1e-9 * (1 + own));
        });
        const richer = nestedNav({ outside: outside.map((a) => a + 10), liabilities, holds });
        richer.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(nav[i]! - 1e-9));
      }),
    );
  });

  it('behavior: iterating from below ends at or under it: it is the greatest solution', () => {
    fc.assert(
      fc.property(usd(3), usd(3), shares(3), (outside, liabilities, holds) => {
        let low = [0, 0, 0];
        for (let i = 0; i < 2000; i += 1)
          low = low.map((_, k) =>
            Math.max(0, outside[k]! + holds[k]!.reduce((s, w, j) => s + w * low[j]!, 0) - liabilities[k]!),
          );
        const nav = nestedNav({ outside, liabilities, holds });
        low.forEach((value, i) => expect(value).toBeLessThanOrEqual(nav[i]! + 1e-7));
      }),
    );
  });
});
