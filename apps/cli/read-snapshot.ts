import { readFile, stat } from 'node:fs/promises';
import { checkSnapshotFileSize, parseSnapshot, type Snapshot } from '#libs/market/index';
import { CliError } from './cli-error.js';

/** Reads and validates a snapshot file. Its size is judged before a byte of it is read. */
export async function readSnapshot(file: string): Promise<Snapshot> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new CliError(
      'CLI-101',
      `${file} cannot be read. Pass an existing snapshot file (dlcm-snapshot/1).`,
      { file },
      { cause },
    );
  });
  if (!found.isFile())
    throw new CliError('CLI-101', `${file} is not a file. Pass a snapshot file (dlcm-snapshot/1).`, { file });
  checkSnapshotFileSize(found.size);
  return parseSnapshot(jsonOf(await readFile(file, 'utf8'), file));
}

/** NaN, Infinity and trailing commas are not JSON: the place is named. */
export function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      'CLI-102',
      `${file} is not JSON (${reason}). Numbers must be finite and written plainly: NaN and Infinity are not accepted.`,
      { file },
      { cause },
    );
  }
}
