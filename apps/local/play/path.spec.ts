import { describe, expect, it } from '@jest/globals';
import { exogenousFactor, reached, type PlayedPath } from './path.js';

const path = (shape: PlayedPath['shape']): PlayedPath => ({ shape, durationSec: 900, stepSec: 12 });

describe('reached', () => {
  it.each(['jump', 'linear', 'smooth', 'exp'] as const)(
    'behavior: %s starts at 0 and ends at 1 for good',
    (shape) => {
      expect(reached(path(shape), 0)).toBe(0);
      expect(reached(path(shape), 900)).toBeCloseTo(1, 15);
      expect(reached(path(shape), 5_000)).toBeCloseTo(1, 15);
    },
  );

  it('default: closed forms half-way', () => {
    expect(reached(path('smooth'), 450)).toBeCloseTo(0.5, 15);
    // (1 - e^-1.5) / (1 - e^-3)
    expect(reached(path('exp'), 450)).toBeCloseTo(0.8175744761936437, 14);
  });
});

describe('exogenousFactor', () => {
  it('behavior: the steps multiply to the stated shock', () => {
    const factors = Array.from({ length: 75 }, (_, tick) =>
      exogenousFactor(path('exp'), { size: 0.2, beta: 1 }, [tick * 12, (tick + 1) * 12]),
    );
    expect(factors.reduce((product, factor) => product * factor, 1)).toBeCloseTo(0.8, 12);
  });

  it('behavior: another asset moves by the power of its beta', () => {
    expect(exogenousFactor(path('linear'), { size: 0.36, beta: 0.5 }, [0, 900])).toBeCloseTo(0.8, 12);
  });
});
