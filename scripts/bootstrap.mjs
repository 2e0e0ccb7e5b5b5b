// Brings a fresh clone to a runnable state with Node's own modules only. Every step looks at contents, not at dates,
// and does nothing when its inputs have not changed.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBuildLock } from './build-lock.mjs';
import { contentHash, filesBelow } from './content-hash.mjs';
import { contractsAreFresh } from './contracts-fingerprint.mjs';
import { writeEngineVersion } from './engine-version.mjs';
import { staleReason } from './installed-packages.mjs';
import { compileKernel } from './kernel.mjs';
import { run, runQuietly } from './run-command.mjs';
import { StopError } from './stop-with.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, '.cache');
const STAMPS = join(CACHE, 'bootstrap.json');
const OLDEST_NODE = [20, 19];
const SOURCE_FOLDERS = ['apps', 'libs', 'kernel', 'contracts/generated', 'test', 'bench'];

const inRoot = (...parts) => join(ROOT, ...parts);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new StopError(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or newer.`,
  );
}

function readStamps() {
  return existsSync(STAMPS) ? JSON.parse(readFileSync(STAMPS, 'utf8')) : {};
}

function writeStamp(step, hash) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${STAMPS}.new`, JSON.stringify({ ...readStamps(), [step]: hash }));
  renameSync(`${STAMPS}.new`, STAMPS);
}

async function timed(say, label, work) {
  const start = process.hrtime.bigint();
  const result = await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  say(`  ${label} (${seconds.toFixed(1)} s)`);
  return result;
}

/** npm names its own script in `npm_execpath`; without it (started by `node`) npm is looked up in PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return [process.execPath, [script]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

async function install(say) {
  const reason = staleReason(ROOT);
  if (reason === null) return;
  say(`  installing packages: ${reason}`);
  const [command, prefix] = npmCommand();
  await timed(say, 'packages installed', async () => {
    const args = [...prefix, 'ci', '--include=dev', '--include=optional', '--loglevel=error'];
    const code = await run(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (code !== 0) throw new StopError(`npm ci ended with ${code}. Is the package registry reachable?`);
  });
}

async function generateDatabaseClient(say) {
  const inputs = [
    inRoot('prisma', 'schema.prisma'),
    inRoot('prisma.config.ts'),
    inRoot('node_modules', 'prisma', 'package.json'),
  ];
  const hash = contentHash(ROOT, inputs.filter(existsSync));
  if (readStamps().prisma === hash && existsSync(inRoot('libs', 'persistence', 'generated'))) return;
  // Any executable in this variable keeps the command from fetching an engine that generating does not use.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const cli = inRoot('node_modules', 'prisma', 'build', 'index.js');
  await timed(say, 'database client generated', () =>
    runQuietly(process.execPath, [cli, 'generate'], { cwd: ROOT, env }),
  );
  writeStamp('prisma', hash);
}

/** Generates the contracts' modules when a source has changed; compiling takes half a minute, so a fresh clone does not. */
async function generateContracts(say) {
  if (contractsAreFresh(ROOT)) return;
  const tool = inRoot('tools', 'compile.mjs');
  await timed(say, 'contract interfaces generated', () =>
    runQuietly(process.execPath, [tool], { cwd: ROOT }),
  );
}

function sourceHash() {
  const isSource = (name) => /\.(ts|as|json)$/.test(name);
  const sources = SOURCE_FOLDERS.flatMap((folder) => filesBelow(inRoot(folder), isSource));
  return contentHash(ROOT, [inRoot('tsconfig.json'), inRoot('package-lock.json'), ...sources]);
}

async function build(say) {
  const hash = sourceHash();
  if (readStamps().build === hash && existsSync(join(DIST, 'engine-version.json'))) return;
  // A deleted source must not leave its compiled test behind.
  rmSync(DIST, { recursive: true, force: true });
  const compiler = inRoot('node_modules', '@typescript', 'native', 'bin', 'tsc');
  await timed(say, 'compiled', () => runQuietly(process.execPath, [compiler, '-p', '.'], { cwd: ROOT }));
  await timed(say, 'kernel compiled', () => compileKernel(ROOT, DIST));
  writeEngineVersion(DIST);
  writeStamp('build', hash);
}

/** Installs, generates, checks and builds what has changed. Progress goes to stderr. */
export async function bootstrap({ quiet = false } = {}) {
  checkNode();
  const say = quiet ? () => undefined : (line) => console.error(line);
  await withBuildLock(join(CACHE, 'bootstrap.lock'), async () => {
    await install(say);
    await generateDatabaseClient(say);
    await generateContracts(say);
    await build(say);
  });
}
