import { describe, expect, it } from '@jest/globals';
import { NumericDomainError, SeededRandom } from './index.js';

const draw = (random: SeededRandom, n: number): number[] => Array.from({ length: n }, () => random.next());

describe('SeededRandom', () => {
  it('behavior: one seed, one stream; another seed, another stream', () => {
    expect(draw(new SeededRandom('a'), 5)).toEqual(draw(new SeededRandom('a'), 5));
    expect(draw(new SeededRandom('a'), 5)).not.toEqual(draw(new SeededRandom('b'), 5));
    expect(draw(new SeededRandom('a').fork('x'), 3)).not.toEqual(draw(new SeededRandom('a').fork('y'), 3));
  });

  it('behavior: uniform numbers have the moments of the uniform distribution', () => {
    const xs = draw(new SeededRandom('moments'), 20_000);
    const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
    const variance = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / xs.length;
    // Standard errors: 0.0020 of the mean, 0.0005 of the variance; five of them are allowed.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.0102);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0027);
    expect(xs.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('behavior: normal numbers pass a coarse chi-square test', () => {
    const random = new SeededRandom('normal');
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) {
      const x = random.normal();
      counts[x < -0.6744897501960817 ? 0 : x < 0 ? 1 : x < 0.6744897501960817 ? 2 : 3]! += 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(16.27); // 0.1 % quantile, 3 degrees of freedom
  });

  it('behavior: int covers its range evenly, shuffle keeps every element', () => {
    const random = new SeededRandom('ints');
    const seen = new Set(Array.from({ length: 300 }, () => random.int(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    expect([7]).toContain(random.pick([7]));
  });

  it('error: NUM-101', () => {
    for (const bad of [0, -1, 1.5, NaN])
      expect(() => new SeededRandom('x').int(bad)).toThrow(NumericDomainError);
  });
});
