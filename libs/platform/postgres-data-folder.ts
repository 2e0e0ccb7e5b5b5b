import { execFileSync, spawnSync } from 'node:child_process';
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

/** The installed programs and the account that runs them. */
export interface PostgresInstallation {
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
}

/** Runs a PostgreSQL program to its end; a missing system library becomes its own error. */
function runProgram(
  { binaries, account }: PostgresInstallation,
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

function initialise(folder: DataFolder, installation: PostgresInstallation): void {
  const { account } = installation;
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
  runProgram(installation, 'initdb', [...args, '--encoding=UTF8', '--locale=C']);
  renameSync(fresh, folder.path);
}

/** The password is random per data folder and lies beside it, readable by its owner alone. */
function passwordFor(path: string): string {
  const file = `${path}.password`;
  return existsSync(path) && existsSync(file) ? readFileSync(file, 'utf8') : randomBytes(24).toString('hex');
}

/** Initialises the data folder on first use; an interrupted first use is begun again. */
export function prepareDataFolder(wanted: string, installation: PostgresInstallation): DataFolder {
  const { account } = installation;
  const path = placeFor(resolve(wanted), account);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (path !== resolve(wanted)) refuseForeign(dirname(path), process.getuid?.());
  const folder = { path, password: passwordFor(path) };
  if (!existsSync(path)) initialise(folder, installation);
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

/** Whether the process is a PostgreSQL server: after a reboot the id of a dead one may belong to anybody. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid) || process.platform === 'win32') return isAlive(pid);
  const listed = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  // Slim systems have no `ps`, but Linux tells by itself.
  if (listed.error === undefined) return listed.stdout.includes('postgres');
  const comm = `/proc/${pid}/comm`;
  return existsSync(comm) && readFileSync(comm, 'utf8').includes('postgres');
}

/** Claims the folder for this process, and ends a server that outlived a crashed owner. */
export function claimDataFolder(folder: DataFolder, installation: PostgresInstallation): () => void {
  const ownerFile = `${folder.path}.owner`;
  const owner = existsSync(ownerFile) ? Number(readFileSync(ownerFile, 'utf8')) : 0;
  const postmaster = join(folder.path, 'postmaster.pid');
  const pid = existsSync(postmaster) ? Number(readFileSync(postmaster, 'utf8').split('\n')[0]) : 0;
  // Without a server the owner file is a leftover, whoever carries its process id today.
  const served = pid > 0 && isPostgres(pid);
  if (served && owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new DataFolderInUseError(folder.path, owner);
  }
  if (served) endServer(folder, pid, installation);
  rmSync(postmaster, { force: true });
  writeFileSync(ownerFile, String(process.pid));
  return () => rmSync(ownerFile, { force: true });
}

function endServer(folder: DataFolder, pid: number, installation: PostgresInstallation): void {
  try {
    runProgram(installation, 'pg_ctl', ['stop', '-D', folder.path, '-m', 'fast', '-w', '-t', '30']);
  } catch (error) {
    // A server whose owner has just been killed is ending by itself: gone is what was wanted.
    if (isPostgres(pid)) throw error;
  }
}
