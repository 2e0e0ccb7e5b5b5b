import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { ChainError } from './chain-error.js';
import { errorCode } from './error-code.js';

const PACKAGE_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const PACKAGE_OS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'win32' };

export interface BinaryLookup {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** The native Anvil: `ANVIL_BIN` first, then the installed platform package, then `PATH`. */
export function anvilBinary(
  lookup: BinaryLookup = { env: process.env, platform: process.platform, arch: process.arch },
): string {
  const stated = lookup.env['ANVIL_BIN'];
  if (stated !== undefined && stated !== '') {
    if (isExecutable(stated)) return stated;
    throw new ChainError(
      'CHN-102',
      `ANVIL_BIN is "${stated}", which is not an executable file. Set it to the path of Anvil 1.7.1 or unset it.`,
      { path: stated },
    );
  }
  const found = packagedBinary(lookup) ?? onPath(lookup);
  if (found !== null) return found;
  throw new ChainError(
    'CHN-101',
    `No Anvil for ${lookup.platform}-${lookup.arch}: the package ${packageName(lookup) ?? '(none is published)'} is not installed and PATH holds no "anvil". ` +
      'Run "npm ci" again with optional dependencies, or install Foundry and set ANVIL_BIN.',
    { platform: lookup.platform, arch: lookup.arch },
  );
}

function packageName({ platform, arch }: BinaryLookup): string | null {
  const os = PACKAGE_OS[platform];
  const cpu = PACKAGE_ARCH[arch];
  return os === undefined || cpu === undefined ? null : `@foundry-rs/anvil-${os}-${cpu}`;
}

/** The package's own launcher script leaves the chain behind when it is killed, so the native file is started directly. */
function packagedBinary(lookup: BinaryLookup): string | null {
  const name = packageName(lookup);
  if (name === null) return null;
  const folder = packageFolder(name);
  if (folder === null) return null;
  const file = join(folder, 'bin', lookup.platform === 'win32' ? 'anvil.exe' : 'anvil');
  return isExecutable(file) ? file : null;
}

function packageFolder(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    if (errorCode(cause) === 'MODULE_NOT_FOUND') return null;
    throw cause;
  }
}

function onPath({ env, platform }: BinaryLookup): string | null {
  const name = platform === 'win32' ? 'anvil.exe' : 'anvil';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (cause) {
    if (errorCode(cause) !== null) return false;
    throw cause;
  }
}
