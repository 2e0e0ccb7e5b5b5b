import {
  compareBytes,
  fromHex,
  merkleRoot,
  orderedTree,
  sha256,
  sha256Bytes,
  type Digest,
  type Hasher,
} from '#libs/canonical/index';
import { inCanonicalOrder } from './canonical-order.js';
import { SnapshotChunkError } from './market-errors.js';
import { parseRawSnapshot } from './parse-snapshot.js';
import { decodeRow, encodeRow, MAX_ROW_BYTES } from './row-codec.js';
import { assemble } from './snapshot-assembly.js';
import { rowsOf } from './snapshot-rows.js';
import { TABLES, type Row, type Rows, type TableName } from './snapshot-tables.js';
import type { PinnedBlock, Snapshot } from './snapshot.js';

/** Largest chunk in bytes. */
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024;
/** Most chunks of one snapshot: 4 GiB. */
const MAX_CHUNKS = 1024;
const LENGTH_BYTES = 2;

/** Commits to a snapshot: its root, and where to find the bytes. */
export interface SnapshotCommitment {
  readonly root: Digest;
  readonly t0: number;
  readonly blocks: readonly PinnedBlock[];
  /** sha256 of each chunk, in order. */
  readonly chunks: readonly Digest[];
  /** Total length of the chunks. */
  readonly bytes: number;
}

export interface SnapshotChunk {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export interface EncodedSnapshot {
  readonly root: Digest;
  readonly chunks: readonly SnapshotChunk[];
  readonly header: SnapshotCommitment;
}

/**
 * Canonical bytes and identity of a snapshot. Rows (tag + little-endian columns, sorted by id, at most 512 bytes) are
 * packed with a 2-byte little-endian length into chunks of at most 4 MiB; a chunk's leaf is the Merkle root of its rows,
 * the snapshot's root the Merkle root of the chunk roots. The order of lists does not matter.
 * @param snapshot a parsed snapshot
 * @param hasher SHA-256; a host may inject a faster one
 */
export function encodeSnapshot(snapshot: Snapshot, hasher: Hasher = sha256Bytes): EncodedSnapshot {
  const ordered = inCanonicalOrder(snapshot);
  const chunks = pack(rowsOf(ordered)).map((bytes) => ({ digest: sha256(bytes, hasher), bytes }));
  const root = rootOf(
    chunks.map((chunk) => chunk.bytes),
    hasher,
  );
  const { t0, blocks } = ordered.provenance;
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  return { root, chunks, header: { root, t0, blocks, chunks: chunks.map((chunk) => chunk.digest), bytes } };
}

function pack(rows: Rows): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let chunk = new Uint8Array(MAX_CHUNK_BYTES);
  let used = 0;
  for (const table of TABLES) {
    for (const row of rows[table.name]) {
      const bytes = encodeRow(table, row);
      if (used + LENGTH_BYTES + bytes.length > MAX_CHUNK_BYTES) {
        chunks.push(chunk.subarray(0, used));
        chunk = new Uint8Array(MAX_CHUNK_BYTES);
        used = 0;
      }
      chunk[used] = bytes.length & 255;
      chunk[used + 1] = bytes.length >>> 8;
      chunk.set(bytes, used + LENGTH_BYTES);
      used += LENGTH_BYTES + bytes.length;
    }
  }
  chunks.push(chunk.slice(0, used));
  return chunks;
}

/** Row bytes of one chunk. @throws SnapshotChunkError when lengths do not fill the chunk exactly. */
function rowsInChunk(bytes: Uint8Array, index: number): Uint8Array[] {
  const rows: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 1 < bytes.length ? bytes[at]! + 256 * bytes[at + 1]! : 0;
    const end = at + LENGTH_BYTES + length;
    if (length < 1 || length > MAX_ROW_BYTES || end > bytes.length) {
      throw new SnapshotChunkError(
        index,
        `a row of ${length} bytes at offset ${at}`,
        `rows of 1 to ${MAX_ROW_BYTES} bytes`,
      );
    }
    rows.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return rows;
}

function rootOf(chunks: readonly Uint8Array[], hasher: Hasher): Digest {
  const scheme = orderedTree(hasher);
  return merkleRoot(
    chunks.map((bytes, i) => fromHex(merkleRoot(rowsInChunk(bytes, i), scheme))),
    scheme,
  );
}

/** Row leaves of every chunk, for a proof of one row: prove the row in its chunk, then the chunk root in the snapshot. */
export function snapshotLeaves(chunks: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  return chunks.map((bytes, i) => rowsInChunk(bytes, i));
}

/**
 * Checks that chunks are the ones a header commits to: their number, size, digests and the root.
 * @throws SnapshotChunkError (MKT-102) naming the first chunk that differs.
 */
export function verifyChunks(
  header: SnapshotCommitment,
  chunks: readonly Uint8Array[],
  hasher: Hasher = sha256Bytes,
): void {
  if (header.chunks.length > MAX_CHUNKS || chunks.length !== header.chunks.length) {
    throw new SnapshotChunkError(
      -1,
      `${chunks.length} chunks`,
      `${header.chunks.length} chunks, at most ${MAX_CHUNKS}`,
    );
  }
  chunks.forEach((bytes, i) => {
    if (bytes.length > MAX_CHUNK_BYTES) {
      throw new SnapshotChunkError(i, `${bytes.length} bytes`, `at most ${MAX_CHUNK_BYTES} bytes`);
    }
    const digest = sha256(bytes, hasher);
    if (digest !== header.chunks[i])
      throw new SnapshotChunkError(i, `digest ${digest}`, `digest ${header.chunks[i]}`);
  });
  const root = rootOf(chunks, hasher);
  if (root !== header.root) throw new SnapshotChunkError(-1, `root ${root}`, `root ${header.root}`);
}

/**
 * The snapshot that a header commits to, from its chunks. The result is parsed like any untrusted snapshot and must
 * encode to the same root again, so that there is one encoding only.
 * @throws SnapshotChunkError (MKT-102) for altered, truncated, garbled or non-canonical chunks.
 * @throws SnapshotError (MKT-101) when the rows are well formed but do not make a valid snapshot.
 */
export function decodeSnapshot(
  header: SnapshotCommitment,
  chunks: readonly Uint8Array[],
  hasher: Hasher = sha256Bytes,
): Snapshot {
  verifyChunks(header, chunks, hasher);
  const snapshot = parseRawSnapshot(assemble(unpack(chunks)));
  // One encoding only: the canonical bytes of what was read must be the bytes that were read.
  const canonical = pack(rowsOf(snapshot));
  chunks.forEach((chunk, i) => {
    const bytes = canonical[i];
    if (bytes === undefined || canonical.length !== chunks.length || compareBytes(bytes, chunk) !== 0) {
      throw new SnapshotChunkError(
        i,
        'rows that are not in canonical form',
        'the canonical rows of the snapshot',
      );
    }
  });
  checkHeader(header, snapshot.provenance);
  return snapshot;
}

function checkHeader(header: SnapshotCommitment, again: Pick<SnapshotCommitment, 't0' | 'blocks'>): void {
  const sameBlocks =
    header.blocks.length === again.blocks.length &&
    header.blocks.every((block, i) => {
      const other = again.blocks[i]!;
      return (
        block.chain === other.chain &&
        block.number === other.number &&
        block.hash === other.hash &&
        block.parentHash === other.parentHash
      );
    });
  if (header.t0 !== again.t0 || !sameBlocks) {
    throw new SnapshotChunkError(
      -1,
      'a header that states another time or block',
      'the time and blocks of the rows',
    );
  }
}

const TABLE_BY_TAG = new Map(TABLES.map((table) => [table.tag as number, table]));

function unpack(chunks: readonly Uint8Array[]): Rows {
  const rows = Object.fromEntries(TABLES.map((table) => [table.name, []])) as unknown as Record<
    TableName,
    Row[]
  >;
  chunks.forEach((bytes, i) => {
    for (const rowBytes of rowsInChunk(bytes, i)) {
      const table = TABLE_BY_TAG.get(rowBytes[0]!);
      if (table === undefined)
        throw new SnapshotChunkError(i, `table tag ${rowBytes[0]}`, 'tags of dlcm-snapshot/1');
      try {
        rows[table.name].push(decodeRow(table, rowBytes));
      } catch (error) {
        throw new SnapshotChunkError(i, `a garbled row of table ${table.name}`, 'rows in column order', {
          cause: error,
        });
      }
    }
  });
  return rows;
}
