import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Project root: tests run from it. */
const DEFAULT_DIR = '../shared/data';

/** Folder of the real market data: REAL_DATA_DIR, else ../shared/data beside the project. */
export function realDataDir(): string {
  return resolve(process.env['REAL_DATA_DIR'] ?? DEFAULT_DIR);
}

function record(outcome: 'run' | 'skipped', file: string): void {
  const log = process.env['REAL_DATA_LOG'];
  if (log !== undefined && log !== '') appendFileSync(log, `${outcome} ${file}\n`);
}

/**
 * Path of a file of real market data, or null when it is not on this machine. Either outcome is counted in the file
 * that REAL_DATA_LOG names, one line per request ("run <file>" or "skipped <file>").
 */
export function realData(file: string): string | null {
  const path = resolve(realDataDir(), file);
  const found = existsSync(path);
  record(found ? 'run' : 'skipped', file);
  if (!found)
    process.stderr.write(`SKIPPED, no real data: ${file} (set REAL_DATA_DIR; looked in ${realDataDir()})\n`);
  return found ? path : null;
}

/**
 * Declares a test that needs real data files: runs with their paths, or is skipped loudly and counted.
 * @example realDataTest(it, ['options/x.csv.gz'], 'reads the chain', ([path]) => { ... })
 */
export function realDataTest(
  it: {
    (name: string, run: () => void | Promise<void>): void;
    skip: (name: string, run: () => void) => void;
  },
  files: readonly string[],
): (name: string, run: (paths: readonly string[]) => void | Promise<void>) => void {
  const paths = files.map(realData);
  const present = paths.filter((path) => path !== null);
  return (name, run) => {
    if (present.length === paths.length) it(name, () => run(present));
    else it.skip(`${name} (needs ${files.join(', ')})`, () => undefined);
  };
}
