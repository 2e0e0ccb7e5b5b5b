import { describe, expect, it } from '@jest/globals';
import { marketFactory } from '#test/support/market-factory';
import { wildScenario, wildSystem } from '#test/support/wild-system';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import { solvencyOf } from '../solvency/solvency.js';
import { dlcmRun } from './dlcm-run.js';
import { runCascade, type RunHow } from './run.js';
import { inIdleMemory, systemOf, type System } from './system.js';

// Seeds in a fixed range: some systems outside of it trade tiny shares for tens of thousands of rounds.
const SYSTEMS = 120;
const PATHS = 3;

describe('indexedExaminer', () => {
  it('DLCM-P21: Looking only at accounts that a bound cannot clear gives the bytes that looking at all gives', () => {
    for (let seed = 0; seed < SYSTEMS; seed += 1) {
      const input = { snapshot: wildSystem(seed), scenario: wildScenario(seed) };
      const indexed = JSON.stringify(dlcmRun({ ...input, examine: 'indexed' }));
      expect({ seed, result: indexed }).toEqual({
        seed,
        result: JSON.stringify(dlcmRun({ ...input, examine: 'scan' })),
      });
    }
  });

  it('DLCM-P22: Without an observer, orders a market cannot fill stay off the book and change no bit; a used memory is like a new one', () => {
    for (let seed = 0; seed < SYSTEMS / PATHS; seed += 1) {
      const system = systemOf(wildSystem(seed));
      for (let path = seed * PATHS; path < (seed + 1) * PATHS; path += 1) {
        const indexed = inIdleMemory(system, (memory) => outcome(system, path, { memory }));
        expect({ seed, path, indexed }).toEqual({
          seed,
          path,
          indexed: outcome(system, path, { examine: 'scan' }),
        });
      }
    }
  });

  it('behavior: a realistic market with a deep fall gives the same bytes too', () => {
    for (const positions of [300, 3000]) {
      const input = {
        snapshot: marketFactory('examiner', { positions, protocols: 2 }),
        scenario: scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.45),
      };
      expect(JSON.stringify(dlcmRun(input))).toBe(JSON.stringify(dlcmRun({ ...input, examine: 'scan' })));
    }
  });
});

/** Everything a run without events tells. */
function outcome(system: System, path: number, how: RunHow): string {
  const run = runCascade(system, wildScenario(path), how);
  const { state, totals, status } = run;
  return JSON.stringify({
    status,
    totals,
    solvency: solvencyOf(run),
    rounds: state.rounds,
    tick: state.tick,
    market: [...state.market],
    units: [...state.units],
    closed: [...state.legClosed],
    writtenOff: [...state.writtenOff],
    holdings: Object.values(state.holdings).map((column: Float64Array) => [...column]),
  });
}
