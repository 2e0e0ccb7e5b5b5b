export type * from './snapshot.js';
export {
  idAt,
  positionBatches,
  positionColumns,
  positionCount,
  positionsOf,
  type IdColumn,
  type LegColumns,
  type LendingDesk,
  type LendingTerms,
  type MarketSnapshot,
  type PositionBatches,
  type PositionColumns,
  type TopUpColumns,
} from './position-columns.js';
export { arrowChunks } from './arrow/write-market.js';
export { isArrow, MAX_ARROW_FILE_BYTES, readArrow } from './arrow/read-market.js';
export {
  SnapshotArrowError,
  SnapshotChunkError,
  SnapshotError,
  SnapshotTooLargeError,
  type SnapshotIssue,
} from './market-errors.js';
export { asRaw, type Raw } from './raw.js';
export { checkSnapshotFileSize, MAX_SNAPSHOT_FILE_BYTES } from './size-limit.js';
export { parseRawSnapshot, parseSnapshot } from './parse-snapshot.js';
export { inCanonicalOrder } from './canonical-order.js';
export { MAX_CHUNK_BYTES } from './row-packer.js';
export { parseMarket } from './parse-market.js';
export {
  decodeMarket,
  decodeSnapshot,
  encodeSnapshot,
  snapshotLeaves,
  verifyChunks,
  type EncodedSnapshot,
  type SnapshotChunk,
  type SnapshotCommitment,
} from './encode-snapshot.js';
