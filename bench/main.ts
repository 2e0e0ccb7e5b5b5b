import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { DEFAULT_PARAMETERS, scenarioOf, systemOf, type System } from '#libs/dlcm/index';
import { searchThreshold } from '#libs/dlcm/solvency/ssf-threshold';
import { marketFactory } from '#test/support/market-factory';
import { benchSystem, cascadeMs, GRID, SETTINGS } from './cascades.js';
import { disagreement, ownOutcomes, yardsticks } from './yardsticks.js';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, large: { type: 'boolean', default: false } },
});

const SIZES = options.quick
  ? [1_000, 5_000]
  : [1_000, 10_000, 100_000, ...(options.large ? [1_000_000] : [])];
const OPTION_LINES = options.quick ? 1_000 : 10_000;
const MB = 1e6;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const cells = (values: readonly string[]): string =>
  values.map((value, i) => (i === 0 ? value.padEnd(26) : value.padStart(13))).join('');

/** Milliseconds a cascade, the mean over the grid of shocks, each run once after a first round that warms up. */
function gridMean(system: System, setting: keyof typeof SETTINGS): number {
  const round = () => GRID.map((shock) => cascadeMs(system, setting, { shock, times: 1 }));
  if (!options.quick && system.accounts.count < 100_000) round();
  return round().reduce((sum, ms) => sum + ms, 0) / GRID.length;
}

/** A market with a threshold well inside the range: a search stops at the first failure. Sixty option lines. */
function searchTable(): void {
  print('');
  print('SSF search to the first failure, default scenario, 60 option lines');
  print(cells(['positions', '40 % cascade', 'search', 'cascades', 'threshold', 'rss MB']));
  for (const positions of SIZES.filter((size) => size <= 100_000)) {
    globalThis.gc?.();
    const system = systemOf(marketFactory('bench', { positions, optionLines: 60 }));
    const scenario = scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0);
    const cascade = cascadeMs(system, 'full', { shock: 0.4, times: 1 });
    const start = performance.now();
    const outcome = searchThreshold(system, { scenario, search: DEFAULT_PARAMETERS.search });
    const ms = performance.now() - start;
    print(
      cells([
        positions.toLocaleString('en'),
        cascade.toFixed(1),
        ms.toFixed(0),
        `${outcome.evaluations}`,
        outcome.status === 'found' ? outcome.threshold.toFixed(4) : outcome.status,
        (process.memoryUsage().rss / MB).toFixed(0),
      ]),
    );
  }
}

function engineTable(): void {
  print(
    `Engine, ms a cascade (mean over ${GRID.length} shocks from 5 to 95 %), one thread, ${OPTION_LINES} option lines`,
  );
  print(cells(['positions', 'lay out', '10 % jump', '40 % jump', 'grid jump', 'grid full', 'rss MB']));
  for (const positions of SIZES) {
    globalThis.gc?.();
    const start = performance.now();
    const system = benchSystem(positions, OPTION_LINES);
    const layoutMs = performance.now() - start;
    const single = (shock: number) => cascadeMs(system, 'prototype', { shock, times: 2 });
    print(
      cells([
        positions.toLocaleString('en'),
        ...[layoutMs, single(0.1), single(0.4), gridMean(system, 'prototype'), gridMean(system, 'full')].map(
          (ms) => ms.toFixed(1),
        ),
        (process.memoryUsage().rss / MB).toFixed(0),
      ]),
    );
  }
}

/** All programs on one market, one after another within this run, so that their ratios mean something. */
function yardstickTable(): void {
  const positions = options.quick ? 5_000 : 100_000;
  const system = benchSystem(positions, OPTION_LINES);
  const own = ownOutcomes(system, GRID);
  const start = performance.now();
  ownOutcomes(system, GRID);
  const ownMs = (performance.now() - start) / GRID.length;
  print('');
  print(`The same work elsewhere: ${positions.toLocaleString('en')} positions, jump, no latency, no limit`);
  print(cells(['program', 'ms', 'ours / it', 'apart by']));
  print(cells(['this engine', ownMs.toFixed(2), '1.00', '-']));
  for (const { name, meanMs, why, outcomes } of yardsticks(system, GRID, 2)) {
    if (meanMs === null) print(cells([name, 'not run', why]));
    else
      print(
        cells([
          name,
          meanMs.toFixed(2),
          (ownMs / meanMs).toFixed(2),
          disagreement(own, outcomes).toExponential(1),
        ]),
      );
  }
}

print(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`);
engineTable();
searchTable();
yardstickTable();
