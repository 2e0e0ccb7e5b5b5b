import { describe, expect, it } from '@jest/globals';
import {
  fundingPerUnit,
  isPerpLiquidatable,
  markRatio,
  perpBook,
  perpEquity,
  perpLiquidationPrice,
  sideDepth,
  tradeOnBook,
} from './index.js';

const long = { quantity: 2, entry: 2000, margin: 500 };
const short = { quantity: -2, entry: 2000, margin: 500 };

describe('perpLiquidationPrice', () => {
  it('default: where margin + q (P - entry) = mmr |q| P', () => {
    // Long: 500 + 2 (P - 2,000) = 0.1 P, P = 3,500 / 1.9. Short: 500 - 2 (P - 2,000) = 0.1 P, P = 4,500 / 2.1.
    expect(perpLiquidationPrice(long, 0.05)).toBeCloseTo(3500 / 1.9, 9);
    expect(perpLiquidationPrice(short, 0.05)).toBeCloseTo(4500 / 2.1, 9);
  });

  it('behavior: it is where the position becomes liquidatable, funding included', () => {
    for (const position of [long, short, { ...long, fundingPaid: 3 }, { ...short, fundingPaid: -7 }]) {
      const price = perpLiquidationPrice(position, 0.05)!;
      const worse = position.quantity > 0 ? price * (1 - 1e-9) : price * (1 + 1e-9);
      const better = position.quantity > 0 ? price * (1 + 1e-9) : price * (1 - 1e-9);
      expect(isPerpLiquidatable(position, worse, 0.05)).toBe(true);
      expect(isPerpLiquidatable(position, better, 0.05)).toBe(false);
    }
  });

  it('behavior: null when no price reaches it', () => {
    expect(perpLiquidationPrice({ quantity: 1, entry: 2000, margin: 2000 }, 0.05)).toBeNull();
    expect(perpLiquidationPrice({ quantity: 0, entry: 2000, margin: 1 }, 0.05)).toBeNull();
  });

  it('error: DLCM-161 names the argument', () => {
    expect(() => perpLiquidationPrice(long, 1)).toThrow(
      expect.objectContaining({ code: 'DLCM-161', argument: 'maintenanceRate', value: 1 }),
    );
    expect(() => perpLiquidationPrice({ ...long, entry: 0 }, 0.05)).toThrow(
      expect.objectContaining({ code: 'DLCM-161', argument: 'entry' }),
    );
  });
});

describe('perpEquity', () => {
  it('default: longs gain with the mark and pay funding, shorts the other way round', () => {
    expect(perpEquity(long, 2100)).toBe(700);
    expect(perpEquity(short, 2100)).toBe(300);
    expect(perpEquity({ ...long, fundingPaid: 5 }, 2000)).toBe(490);
    expect(perpEquity({ ...short, fundingPaid: 5 }, 2000)).toBe(510);
  });
});

describe('fundingPerUnit', () => {
  it('default: the 8-hour rate in proportion to time', () => {
    expect(fundingPerUnit(2000, 0.0004, 28_800)).toBeCloseTo(0.8, 12);
    expect(fundingPerUnit(2000, -0.0004, 3600)).toBeCloseTo(-0.1, 12);
  });
});

describe('tradeOnBook', () => {
  const book = perpBook(
    {
      bids: [
        { price: 1980, size: 10 },
        { price: 1900, size: 20 },
      ],
      asks: [
        { price: 2100, size: 5 },
        { price: 2020, size: 10 },
      ],
    },
    2000,
  );

  it('default: walks the levels from the best one outwards', () => {
    // 10 at 0.99 and 5 at 0.95; 10 at 1.01 and 2 at 1.05.
    expect(tradeOnBook(book, 0, -15).cash).toBeCloseTo(-(9.9 + 4.75), 12);
    expect(tradeOnBook(book, 0, 12).cash).toBeCloseTo(10.1 + 2.1, 12);
    expect(markRatio(book, -15)).toBe(0.95);
    expect(markRatio(book, -10)).toBe(0.99);
    expect(markRatio(book, 12)).toBe(1.05);
    expect(markRatio(book, 0)).toBe(1);
  });

  it('behavior: a round trip restores the mark and costs nothing, halves cost as much as the whole', () => {
    const out = tradeOnBook(book, 0, -15);
    expect(tradeOnBook(book, -15, 15).cash).toBeCloseTo(-out.cash, 12);
    const first = tradeOnBook(book, 0, -7);
    expect(first.cash + tradeOnBook(book, -7, -8).cash).toBeCloseTo(out.cash, 12);
    // From the bids across the middle to the asks: 10 come back at 0.99, 5 are bought at 1.01.
    expect(tradeOnBook(book, -10, 15).cash).toBeCloseTo(9.9 + 5.05, 12);
  });

  it('behavior: what does not fit stays unexecuted', () => {
    expect(sideDepth('bids', book)).toBe(30);
    expect(tradeOnBook(book, -20, -50).executed).toBe(-10);
    const empty = perpBook({ bids: [], asks: [] }, 2000);
    expect(tradeOnBook(empty, 0, 5)).toEqual({ executed: 0, cash: 0 });
    expect(markRatio(empty, 0)).toBe(1);
  });

  it('error: DLCM-161 for a level without size and a mark of 0', () => {
    expect(() => perpBook({ bids: [{ price: 1, size: 0 }], asks: [] }, 1)).toThrow(
      expect.objectContaining({ code: 'DLCM-161', argument: 'level.size' }),
    );
    expect(() => perpBook({ bids: [], asks: [] }, 0)).toThrow(expect.objectContaining({ code: 'DLCM-161' }));
  });
});
