import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, ROOT } from './bootstrap.mjs';
import { run } from './run-command.mjs';
import { runMain } from './stop-with.mjs';

const REAL_DATA_LOG = join(ROOT, '.cache', 'real-data.log');
/** The full number of runs is that of foundry.toml. */
const REDUCED_FUZZ_RUNS = '64';
const FORGE = join(ROOT, 'tools', 'forge.mjs');

/** Each real-data test writes one line, "run <name>" or "skipped <name>"; a run cut short has fewer lines. */
function realDataSummary() {
  const text = existsSync(REAL_DATA_LOG) ? readFileSync(REAL_DATA_LOG, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line !== '');
  const count = (word) => lines.filter((line) => line.startsWith(word)).length;
  return `real-data tests: ${count('run')} run, ${count('skipped')} skipped`;
}

function jest(args) {
  const program = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = [
    '--enable-source-maps',
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const env = { ...process.env, REAL_DATA_LOG };
  return run(process.execPath, [...flags, program, ...args], { cwd: ROOT, env });
}

/** `npm test` runs everything but the end-to-end suites; with arguments it hands them to Jest. */
await runMain(async () => {
  await bootstrap();
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  rmSync(REAL_DATA_LOG, { force: true });
  const own = process.argv.slice(2);
  const jestCode = await jest(
    own.length > 0 ? own : ['--maxWorkers=2', '--selectProjects', 'pure', 'integration'],
  );
  const withForge = own.length === 0 && existsSync(FORGE);
  const forgeEnv = { ...process.env, FUZZ_RUNS: process.env.FUZZ_RUNS ?? REDUCED_FUZZ_RUNS };
  const forgeCode = withForge
    ? await run(process.execPath, [FORGE, 'test'], { cwd: ROOT, env: forgeEnv })
    : 0;
  if (jestCode !== 0) console.error('Jest failed: see its summary above.');
  if (forgeCode !== 0) console.error('The contract tests failed: see the forge output above.');
  console.log(realDataSummary());
  return jestCode || forgeCode;
});
