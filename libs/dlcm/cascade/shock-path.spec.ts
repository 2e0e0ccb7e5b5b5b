import { describe, expect, it } from '@jest/globals';
import { exogenousPrice, pathShare, terminalLogReturns } from './shock-path.js';

describe('pathShare', () => {
  // Expected values: the closed forms of MODEL 5 stage 1 evaluated by hand.
  it('default: runs from 0 to 1 on every shape and stays there', () => {
    for (const shape of ['jump', 'linear', 'smooth', 'exp'] as const) {
      expect(pathShare(shape, 0)).toBe(0);
      expect(pathShare(shape, 1)).toBe(1);
      expect(pathShare(shape, 7)).toBe(1);
    }
  });

  it('behavior: follows the closed form of each shape', () => {
    expect(pathShare('jump', 1e-9)).toBe(1);
    expect(pathShare('linear', 0.25)).toBe(0.25);
    expect(pathShare('smooth', 0.5)).toBe(0.5);
    expect(pathShare('smooth', 0.25)).toBeCloseTo(3 / 16 - 2 / 64, 15);
    expect(pathShare('exp', 1 / 3)).toBeCloseTo((1 - 0.36787944117144233) / (1 - 0.049787068367863944), 14);
  });

  it('behavior: custom knots are met exactly, a straight line stays straight, a plateau stays flat', () => {
    const line = { knots: [0, 0.25, 0.5, 1].map((at) => ({ at, share: at })) };
    expect(pathShare(line, 0.4)).toBeCloseTo(0.4, 14);
    const plateau = {
      knots: [
        { at: 0, share: 0 },
        { at: 0.3, share: 0.6 },
        { at: 0.7, share: 0.6 },
        { at: 1, share: 1 },
      ],
    };
    expect(pathShare(plateau, 0.3)).toBeCloseTo(0.6, 14);
    expect(pathShare(plateau, 0.5)).toBeCloseTo(0.6, 14);
  });
});

describe('terminalLogReturns', () => {
  it('default: betas weigh the shock, several shocks add in logs', () => {
    const assets: { id: string; beta: Record<string, number> }[] = [
      { id: 'BTC', beta: { BTC: 1, ETH: 0.5 } },
      { id: 'ETH', beta: { ETH: 1 } },
      { id: 'USDC', beta: {} },
    ];
    const returns = terminalLogReturns(assets, {
      shock: { asset: 'ETH', size: 0.75, direction: 'down' },
      alsoShocked: [{ asset: 'BTC', size: 1 / 2, direction: 'down' }],
    });
    // ln(1/4) = -1.386..., ln(1/2) = -0.693...: BTC falls by 1/2 x 1/2, ETH by 1/4.
    expect(exogenousPrice(1, returns[0]!, 1)).toBeCloseTo(0.25, 14);
    expect(exogenousPrice(1, returns[1]!, 1)).toBeCloseTo(0.25, 14);
    expect(exogenousPrice(1, returns[2]!, 1)).toBe(1);
  });
});
