import { describe, expect, it } from '@jest/globals';
import { publish, publishExact, publishOptional } from './publication.js';

describe('publish', () => {
  it('default: evidence half-even: USD and shares to 1e-6, prices to 12 significant digits', () => {
    expect(publish('usd', 1 / 3)).toBe('0.333333');
    expect(publish('share', 0.0000005)).toBe('0.000000');
    expect(publish('price', 2000 / 3)).toBe('666.666666667');
    expect(publish('usd', -0)).toBe('0.000000');
  });

  it('behavior: the reading is rounded against the coalition', () => {
    expect(publish('reading.ssfThreshold', 0.1999999)).toBe('0.199999');
    expect(publish('reading.lac5Usd', 99.9999999)).toBe('99.999999');
    expect(publish('reading.gexIndex', -0.1234561)).toBe('-0.123457');
    expect(publish('reading.totalValueLiquidatedUsd', 10.0000001)).toBe('10.000001');
    expect(publish('reading.levelBelowSpot', 1217.5000001)).toBe('1217.500001');
    expect(publish('reading.levelAboveSpot', 2500.9999999)).toBe('2500.999999');
  });

  it('error: NUM-101 for a number that is not finite', () => {
    expect(() => publish('usd', Infinity)).toThrow(expect.objectContaining({ code: 'NUM-101' }));
  });
});

describe('publishOptional', () => {
  it('default: null stays null', () => {
    expect(publishOptional('usd', null)).toBeNull();
    expect(publishOptional('usd', 2)).toBe('2.000000');
  });
});

describe('publishExact', () => {
  it('default: every number becomes the shortest string that reads back to it', () => {
    const published = publishExact({ a: 1e-4, b: [0.1, 5], c: { d: null, e: true, f: 'x' } });
    expect(published).toEqual({ a: '0.0001', b: ['0.1', '5'], c: { d: null, e: true, f: 'x' } });
  });
});
