import { SnapshotTooLargeError } from './market-errors.js';

/** Largest snapshot file read as JSON: 384 MiB, below the longest string of the JavaScript engine (2^29 characters). */
export const MAX_SNAPSHOT_FILE_BYTES = 384 * 1024 * 1024;

/**
 * Refuses a file by its size, before it is read.
 * @param bytes size as the file system or the Content-Length states it
 * @throws SnapshotTooLargeError (MKT-103) above MAX_SNAPSHOT_FILE_BYTES.
 */
export function checkSnapshotFileSize(bytes: number): void {
  if (bytes > MAX_SNAPSHOT_FILE_BYTES) throw new SnapshotTooLargeError(bytes, MAX_SNAPSHOT_FILE_BYTES);
}
