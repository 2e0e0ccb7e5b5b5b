import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from './error-code.js';
import {
  DataFolderInUseError,
  EmbeddedPostgresStartError,
  EmbeddedPostgresUnavailableError,
} from './platform-error.js';
import type { Account } from './postgres-account.js';
import { isReachableByOthers, type PostgresBinaries } from './postgres-binaries.js';

export const SUPERUSER = 'srd';
/** Survives a restart of the machine, unlike the ordinary temporary folder. */
const PERSISTENT_TEMPORARY = '/var/tmp';

export interface DataFolder {
  readonly path: string;
  readonly password: string;
}

const programName = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

/** Runs a PostgreSQL program to its end as the given account; a missing system library becomes its own error. */
function runProgram(
  binaries: PostgresBinaries,
  account: Account | null,
  name: string,
  args: readonly string[],
): void {
  const owner = account === null ? {} : { uid: account.uid, gid: account.gid };
  const program = join(binaries.folder, 'bin', programName(name));
  try {
    execFileSync(program, [...args], {
      ...owner,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const output =
      typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error);
    throw loadFailure(output) ?? new EmbeddedPostgresStartError(name, output);
  }
}

/** Reads the dynamic loader's complaint; null when the output is about something else. */
export function loadFailure(output: string): EmbeddedPostgresUnavailableError | null {
  const library = /error while loading shared libraries: ([^\s:]+)/.exec(output)?.[1];
  const version = /version [`'](GLIBC_[\d.]+)' not found/.exec(output)?.[1];
  const missing = library ?? version;
  if (missing === undefined) return null;
  const reason = `the system library ${missing} is missing; install it with the system's package manager`;
  return new EmbeddedPostgresUnavailableError(`${process.platform}-${process.arch}`, reason);
}

/** Where the data can live: at `wanted`, or outside a folder that the account may not enter. */
function placeFor(wanted: string, account: Account | null): string {
  mkdirSync(dirname(wanted), { recursive: true });
  if (account === null || isReachableByOthers(dirname(wanted))) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return join(PERSISTENT_TEMPORARY, `srd-postgres-${account.uid}-${name}`, basename(wanted));
}

function ownedFolder(path: string, account: Account | null): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  if (account !== null) chownSync(path, account.uid, account.gid);
}

/** A folder in a place open to all accounts is used only if nobody else could have planted it. */
function refuseForeign(path: string, allowed: number | undefined): void {
  const owner = statSync(path).uid;
  if (allowed !== undefined && owner !== allowed)
    throw new EmbeddedPostgresStartError(path, `The folder belongs to user id ${owner}, not ${allowed}.`);
}

function initialise(folder: DataFolder, binaries: PostgresBinaries, account: Account | null): void {
  const fresh = `${folder.path}.new`;
  const passwordFile = `${folder.path}.password`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  ownedFolder(fresh, account);
  writeFileSync(passwordFile, folder.password, { mode: 0o600, flag: 'wx' });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
  const args = [
    `--pgdata=${fresh}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
  ];
  runProgram(binaries, account, 'initdb', [...args, '--encoding=UTF8', '--locale=C']);
  renameSync(fresh, folder.path);
}

/** The password is random per data folder and lies beside it, readable by its owner alone. */
function passwordFor(path: string): string {
  const file = `${path}.password`;
  return existsSync(path) && existsSync(file) ? readFileSync(file, 'utf8') : randomBytes(24).toString('hex');
}

/** Initialises the data folder on first use; an interrupted first use is begun again. */
export function prepareDataFolder(
  wanted: string,
  binaries: PostgresBinaries,
  account: Account | null,
): DataFolder {
  const path = placeFor(resolve(wanted), account);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (path !== resolve(wanted)) refuseForeign(dirname(path), process.getuid?.());
  const folder = { path, password: passwordFor(path) };
  if (!existsSync(path)) initialise(folder, binaries, account);
  refuseForeign(path, account?.uid ?? process.getuid?.());
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Claims the folder for this process, and ends a server that outlived a crashed owner. */
export function claimDataFolder(
  folder: DataFolder,
  binaries: PostgresBinaries,
  account: Account | null,
): () => void {
  const ownerFile = `${folder.path}.owner`;
  const owner = existsSync(ownerFile) ? Number(readFileSync(ownerFile, 'utf8')) : 0;
  const postmaster = join(folder.path, 'postmaster.pid');
  // Without a server the owner file is a leftover, whoever carries its process id today.
  const served = existsSync(postmaster) && owner > 0 && owner !== process.pid;
  if (served && isAlive(owner)) throw new DataFolderInUseError(folder.path, owner);
  if (existsSync(postmaster)) endStaleServer(folder, postmaster, binaries, account);
  writeFileSync(ownerFile, String(process.pid));
  return () => rmSync(ownerFile, { force: true });
}

function endStaleServer(
  folder: DataFolder,
  postmaster: string,
  binaries: PostgresBinaries,
  account: Account | null,
): void {
  const pid = Number(readFileSync(postmaster, 'utf8').split('\n')[0]);
  // A recycled process id may belong to anybody: pg_ctl checks that it is a server of this folder, we only that it lives.
  if (pid > 0 && isAlive(pid)) {
    runProgram(binaries, account, 'pg_ctl', ['stop', '-D', folder.path, '-m', 'fast', '-w', '-t', '30']);
  }
  rmSync(postmaster, { force: true });
}
