// Runs forge from its npm package, FORGE_BIN or PATH: `node tools/forge.mjs test`.
// FUZZ_RUNS lowers the number of fuzz runs (npm test), the default is that of foundry.toml.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { root } from './solidity.mjs';

const require = createRequire(import.meta.url);
const platforms = { linux: 'linux', darwin: 'darwin', win32: 'win32' };
const architectures = { x64: 'amd64', arm64: 'arm64' };
const executable = process.platform === 'win32' ? 'forge.exe' : 'forge';

function fromPackage() {
  const name = `@foundry-rs/forge-${platforms[process.platform]}-${architectures[process.arch]}`;
  try {
    return require.resolve(`${name}/bin/${executable}`);
  } catch (cause) {
    if (cause.code !== 'MODULE_NOT_FOUND' && cause.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw cause;
    return undefined;
  }
}

function fromPath() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.length > 0);
  return folders.map((folder) => join(folder, executable)).find((file) => existsSync(file));
}

function forgeBinary() {
  const given = process.env.FORGE_BIN;
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new Error(
      `FORGE_BIN names ${given}, which does not exist. Point it at a forge 1.7 executable or unset it.`,
    );
  }
  const found = fromPackage() ?? fromPath();
  if (found) return found;
  throw new Error(
    `No forge for ${process.platform}-${process.arch}: its npm package is not installed and PATH has none. Install Foundry (forge 1.7) or set FORGE_BIN to its executable.`,
  );
}

function main() {
  const env = { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' };
  if (env.FUZZ_RUNS) {
    env.FOUNDRY_FUZZ_RUNS = env.FUZZ_RUNS;
    env.FOUNDRY_INVARIANT_RUNS = env.FUZZ_RUNS;
  }
  const result = spawnSync(forgeBinary(), process.argv.slice(2), { cwd: root, env, stdio: 'inherit' });
  if (result.error) throw result.error;
  process.exitCode = result.status ?? 1;
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
