import { parseArgs } from 'node:util';
import { DEFAULT_PARAMETERS, runCascade, scenarioOf, ssfThreshold, systemOf } from '#libs/dlcm/index';
import { marketFactory } from '#test/support/market-factory';

/** One line of the table. Times in milliseconds, memory in MB. */
interface Row {
  readonly positions: number;
  readonly layoutMs: number;
  readonly calmMs: number;
  readonly crashMs: number;
  readonly searchMs: number;
  readonly cascades: number;
  readonly threshold: string;
  readonly heapMb: number;
  readonly rssMb: number;
}

const SIZES = [1_000, 10_000, 100_000];
const QUICK_SIZES = [1_000, 10_000];
const CALM_SHOCK = 0.02;
const CRASH_SHOCK = 0.4;
const OPTION_LINES = 60;
const MB = 1024 * 1024;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: 'bench' } },
});

/** Best of several runs: what the code needs when nothing else wants the processor. */
function bestOf(times: number, work: () => void): number {
  let best = Infinity;
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function measure(positions: number): Row {
  const snapshot = marketFactory(options.seed, { positions, optionLines: OPTION_LINES });
  const times = positions > 50_000 ? 1 : 3;
  const layoutMs = bestOf(times, () => systemOf(snapshot));
  const system = systemOf(snapshot);
  const at = (size: number) => scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  const calmMs = bestOf(times, () => runCascade(system, at(CALM_SHOCK)));
  const crashMs = bestOf(times, () => runCascade(system, at(CRASH_SHOCK)));
  const start = performance.now();
  const outcome = ssfThreshold({ snapshot, scenario: at(0), search: DEFAULT_PARAMETERS.search });
  const searchMs = performance.now() - start;
  const memory = process.memoryUsage();
  return {
    positions,
    layoutMs,
    calmMs,
    crashMs,
    searchMs,
    cascades: outcome.evaluations,
    threshold: outcome.status === 'found' ? outcome.threshold.toFixed(4) : outcome.status,
    heapMb: memory.heapUsed / MB,
    rssMb: memory.rss / MB,
  };
}

const COLUMNS: readonly (readonly [title: string, value: (row: Row) => string])[] = [
  ['positions', (row) => row.positions.toLocaleString('en')],
  ['lay out ms', (row) => row.layoutMs.toFixed(1)],
  [`cascade ${CALM_SHOCK * 100} % ms`, (row) => row.calmMs.toFixed(1)],
  [`cascade ${CRASH_SHOCK * 100} % ms`, (row) => row.crashMs.toFixed(1)],
  ['SSF search ms', (row) => row.searchMs.toFixed(0)],
  ['cascades', (row) => `${row.cascades}`],
  ['threshold', (row) => row.threshold],
  ['heap MB', (row) => row.heapMb.toFixed(0)],
  ['rss MB', (row) => row.rssMb.toFixed(0)],
];

function print(cells: readonly string[]): void {
  process.stdout.write(
    `${cells.map((cell, i) => cell.padStart(Math.max(10, COLUMNS[i]![0].length))).join('  ')}\n`,
  );
}

process.stdout.write(
  `One core, Node ${process.version}, ${OPTION_LINES} option lines, seed ${options.seed}; cascades best of 3 (once above 50,000), searches once.\n`,
);
print(COLUMNS.map(([title]) => title));
for (const positions of options.quick ? QUICK_SIZES : SIZES) {
  globalThis.gc?.();
  const row = measure(positions);
  print(COLUMNS.map(([, value]) => value(row)));
}
