import {
  DEFAULT_PARAMETERS,
  pointAt,
  scenarioOf,
  systemOf,
  type Scenario,
  type System,
} from '#libs/dlcm/index';
import { useKernel } from '#libs/compute/index';
import { benchMarket } from '#test/support/bench-market';

/** One measured number, for tables and for the yardsticks in other languages. */
export interface BenchRow {
  readonly what: string;
  readonly setting: string;
  readonly positions: number;
  readonly value: number;
  readonly unit: 'ms' | 'bytes a position' | 'runs';
}

/** The two scenarios of the goals: the full model, and the prototype's (jump, no latency, no limit). */
export const SETTINGS: Readonly<Record<'full' | 'prototype', Omit<Scenario, 'shock'>>> = {
  full: DEFAULT_PARAMETERS.scenario,
  prototype: {
    ...DEFAULT_PARAMETERS.scenario,
    path: { shape: 'jump', durationSec: 12, stepSec: 12 },
    liquidatorLimit: false,
    timeDecay: false,
    iv: 'frozen',
  },
};

useKernel();

/** Shocks of the grid of goal G1. */
export const GRID = Array.from({ length: 19 }, (_, i) => 0.05 * (i + 1));

/** The market that is measured. */
export function benchSystem(positions: number, optionLines = 10_000): System {
  return systemOf(benchMarket('bench', { positions, optionLines }));
}

/** Milliseconds of one cascade per shock, the best of `times`. */
export function cascadeMs(
  system: System,
  setting: keyof typeof SETTINGS,
  run: { readonly shock: number; readonly times: number },
): number {
  const scenario = { ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0), ...SETTINGS[setting] };
  let best = Infinity;
  for (let i = 0; i < run.times; i += 1) {
    const start = performance.now();
    pointAt(system, scenario, run.shock);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Rows for one market size: layout, single cascades, the grid. */
export function cascadeRows(positions: number, times = 2): readonly BenchRow[] {
  const snapshot = benchMarket('bench', { positions, optionLines: 10_000 });
  const start = performance.now();
  const system = systemOf(snapshot);
  const layoutMs = performance.now() - start;
  const rows: BenchRow[] = [{ what: 'lay out', setting: '', positions, value: layoutMs, unit: 'ms' }];
  for (const setting of ['prototype', 'full'] as const) {
    for (const shock of [0.1, 0.4]) {
      const value = cascadeMs(system, setting, { shock, times });
      rows.push({ what: `cascade ${shock * 100} %`, setting, positions, value, unit: 'ms' });
    }
    const grid = GRID.map((shock) => cascadeMs(system, setting, { shock, times: 1 }));
    const value = grid.reduce((sum, ms) => sum + ms, 0) / grid.length;
    rows.push({ what: 'mean of the grid', setting, positions, value, unit: 'ms' });
  }
  return rows;
}
