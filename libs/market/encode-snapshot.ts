import {
  compareBytes,
  OrderedTreeBuilder,
  sha256,
  sha256Bytes,
  toHex,
  type Digest,
  type Hasher,
} from '#libs/canonical/index';
import { inCanonicalOrder } from './canonical-order.js';
import { SnapshotChunkError } from './market-errors.js';
import { parseMarket } from './parse-market.js';
import { positionsOf, type MarketSnapshot } from './position-columns.js';
import { packPositions } from './position-rows.js';
import { encodeRow } from './row-codec.js';
import { MAX_CHUNK_BYTES, RowPacker } from './row-packer.js';
import { assemble } from './snapshot-assembly.js';
import { rowsOf } from './snapshot-rows.js';
import { TABLES } from './snapshot-tables.js';
import type { PinnedBlock, Snapshot } from './snapshot.js';
import { forEachRow, unpackRows } from './unpack-rows.js';

/** Most chunks of one snapshot: 4 GiB. */
const MAX_CHUNKS = 1024;

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
 * the snapshot's root the Merkle root of the chunk roots. The order of lists does not matter, nor whether positions are
 * objects or columns.
 * @param snapshot a parsed snapshot; columns in ascending order of ids
 * @param hasher SHA-256 of whole chunks; a host may inject a faster one
 */
export function encodeSnapshot(snapshot: MarketSnapshot, hasher: Hasher = sha256Bytes): EncodedSnapshot {
  const ordered = inCanonicalOrder(snapshot);
  const chunks: SnapshotChunk[] = [];
  packRows(ordered, (chunk) => {
    const bytes = chunk.slice();
    chunks.push({ digest: sha256(bytes, hasher), bytes });
  });
  const root = rootOf(chunks.map((chunk) => chunk.bytes));
  const { t0, blocks } = ordered.provenance;
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  return { root, chunks, header: { root, t0, blocks, chunks: chunks.map((chunk) => chunk.digest), bytes } };
}

/** Packs a snapshot in canonical order; `emit` gets each chunk, valid during the call. */
function packRows(snapshot: MarketSnapshot, emit: (chunk: Uint8Array) => void): void {
  const rows = rowsOf(snapshot);
  const packer = new RowPacker(emit);
  for (const table of TABLES) {
    if (table.name === 'position') packPositions(packer, snapshot.lending);
    for (const row of rows[table.name]) packer.add(encodeRow(table, row));
  }
  packer.finish();
}

function rootOf(chunks: readonly Uint8Array[]): Digest {
  const tree = new OrderedTreeBuilder();
  chunks.forEach((bytes, i) => {
    const rows = new OrderedTreeBuilder();
    forEachRow(bytes, i, (from, to) => rows.add(bytes, from, to));
    tree.add(rows.root(), 0, 32);
  });
  return toHex(tree.root());
}

/** Row leaves of every chunk, for a proof of one row: prove the row in its chunk, then the chunk root in the snapshot. */
export function snapshotLeaves(chunks: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  return chunks.map((bytes, i) => {
    const leaves: Uint8Array[] = [];
    forEachRow(bytes, i, (from, to) => leaves.push(bytes.subarray(from, to)));
    return leaves;
  });
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
  const root = rootOf(chunks);
  if (root !== header.root) throw new SnapshotChunkError(-1, `root ${root}`, `root ${header.root}`);
}

/**
 * The snapshot that a header commits to, from its chunks, with positions as columns. The result is checked like any
 * untrusted snapshot and must encode to the same bytes again, so that there is one encoding only.
 * @throws SnapshotChunkError (MKT-102) for altered, truncated, garbled or non-canonical chunks.
 * @throws SnapshotError (MKT-101) when the rows are well formed but do not make a valid snapshot.
 */
export function decodeMarket(
  header: SnapshotCommitment,
  chunks: readonly Uint8Array[],
  hasher: Hasher = sha256Bytes,
): MarketSnapshot {
  verifyChunks(header, chunks, hasher);
  const { rows, positions } = unpackRows(chunks);
  const market = parseMarket(
    assemble(rows),
    new Map([...positions].map(([protocol, columns]) => [protocol, [columns]])),
  );
  checkCanonical(market, chunks);
  checkHeader(header, market.provenance);
  return market;
}

/** decodeMarket with every position as an object. */
export function decodeSnapshot(
  header: SnapshotCommitment,
  chunks: readonly Uint8Array[],
  hasher: Hasher = sha256Bytes,
): Snapshot {
  const market = decodeMarket(header, chunks, hasher);
  const lending = market.lending.map((protocol) => ({ ...protocol, positions: [...positionsOf(protocol)] }));
  return { ...market, lending };
}

/** One encoding only: the canonical bytes of what was read must be the bytes that were read. */
function checkCanonical(market: MarketSnapshot, chunks: readonly Uint8Array[]): void {
  let i = 0;
  packRows(market, (bytes) => {
    const chunk = chunks[i];
    if (chunk === undefined || compareBytes(bytes, chunk) !== 0) throw notCanonical(i);
    i += 1;
  });
  if (i !== chunks.length) throw notCanonical(i);
}

function notCanonical(chunk: number): SnapshotChunkError {
  return new SnapshotChunkError(
    chunk,
    'rows that are not in canonical form',
    'the canonical rows of the snapshot',
  );
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
