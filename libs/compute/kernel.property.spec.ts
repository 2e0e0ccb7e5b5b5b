import { describe, expect, it } from '@jest/globals';
import { dlcmRun, plainDeltaSum, useDeltaSum, type DeltaSum, type OpenDeltaSum } from '#libs/dlcm/index';
import { SeededRandom } from '#libs/numeric/index';
import { wildScenario, wildSystem } from '#test/support/wild-system';
import { compiledDeltaSum } from './kernel.js';

const QUANTUM = 2 ** -30;

describe('compiledDeltaSum', () => {
  it('CMP-P03: The compiled kernel gives the bits of the plain sum, for any lines near, far and beyond the money', () => {
    const random = new SeededRandom('kernel');
    for (const lines of [1, 2, 7, 500]) {
      for (let trial = 0; trial < 200; trial += 1) {
        const [plain, compiled] = [plainDeltaSum(lines), compiledDeltaSum()(lines)];
        const reach = [0.05, 0.5, 3, 12][trial % 4]!;
        for (let i = 0; i < lines; i += 1) fillLine([plain, compiled], i, { random, reach });
        const logSpot = random.between(-1.4, 0.7);
        expect(compiled.sum(logSpot, QUANTUM)).toBe(plain.sum(logSpot, QUANTUM));
      }
    }
  });

  it('behavior: runs with hedging books come out the same with either', () => {
    const run = (open: OpenDeltaSum, seed: number): string => {
      useDeltaSum(open);
      return JSON.stringify(dlcmRun({ snapshot: wildSystem(seed), scenario: wildScenario(seed) }));
    };
    for (let seed = 0; seed < 20; seed += 1) {
      expect(run(compiledDeltaSum(), seed)).toBe(run(plainDeltaSum, seed));
    }
  });
});

function fillLine(
  rooms: readonly DeltaSum[],
  i: number,
  { random, reach }: { readonly random: SeededRandom; readonly reach: number },
): void {
  const line = {
    deviation: random.between(0.035, 2),
    offset: random.between(-reach, reach),
    weight: random.between(-1000, 1000) * (random.next() < 0.1 ? 0 : 1),
    side: random.next() < 0.5 ? 1 : -1,
  };
  for (const room of rooms) {
    room.deviation[i] = line.deviation;
    room.offset[i] = line.offset;
    room.weight[i] = line.weight;
    room.side[i] = line.side;
  }
}
