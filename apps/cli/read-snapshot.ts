import { open, readFile, stat } from 'node:fs/promises';
import {
  checkSnapshotFileSize,
  isArrow,
  MAX_ARROW_FILE_BYTES,
  parseSnapshot,
  readArrow,
  SnapshotTooLargeError,
  type MarketSnapshot,
} from '#libs/market/index';
import { CliError } from './cli-error.js';

/**
 * Reads and validates a snapshot file, JSON or Arrow, as its first bytes say. Its size is judged before it is read.
 */
export async function readSnapshot(file: string): Promise<MarketSnapshot> {
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
  if (await beginsLikeArrow(file)) {
    if (found.size > MAX_ARROW_FILE_BYTES) throw new SnapshotTooLargeError(found.size, MAX_ARROW_FILE_BYTES);
    return readArrow(await readFile(file));
  }
  checkSnapshotFileSize(found.size);
  return parseSnapshot(jsonOf(await readFile(file, 'utf8'), file));
}

async function beginsLikeArrow(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0);
    return isArrow(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
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
