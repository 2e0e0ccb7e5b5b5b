import { toHex, utf8Text, type Digest } from '#libs/canonical/index';
import { encodeSnapshot } from '../encode-snapshot.js';
import { SnapshotArrowError } from '../market-errors.js';
import { parseMarket } from '../parse-market.js';
import type { MarketSnapshot, PositionColumns } from '../position-columns.js';
import { MAX_CHUNK_BYTES } from '../row-packer.js';
import { assemble } from '../snapshot-assembly.js';
import { MAX_PLAIN_ROWS, TABLES, type Cell, type Row, type TableName } from '../snapshot-tables.js';
import { DIGEST_BYTES, isSet, type ArrowColumn } from './arrow-columns.js';
import { DICTIONARY } from './arrow-format.js';
import { FlatFormatError } from './flat-reader.js';
import { positionsOfBatch } from './read-positions.js';
import { BatchReader, readDictionary } from './read-batch.js';
import { readStream, type ArrowStreamParts } from './read-messages.js';
import { readSchema, type ReadSchema } from './read-schema.js';

/** True for bytes that begin as an Arrow IPC stream does; JSON cannot. */
export function isArrow(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes.subarray(0, 4).every((byte) => byte === 0xff);
}

/** Largest Arrow file that is read: 2 GiB, some 30 million positions. */
export const MAX_ARROW_FILE_BYTES = 2 * 1024 * 1024 * 1024 - 1;

/** What the streams read so far hold. */
interface Content {
  readonly rows: Record<TableName, Row[]>;
  readonly positions: Map<string, PositionColumns[]>;
}

/**
 * The snapshot that Arrow streams, one behind another, hold. Columns of positions are views of `bytes` where these are
 * aligned to eight bytes (always, when they begin at such an address), copies where not; e-modes and top-ups are copied when
 * some accounts have none. The content is checked as any untrusted snapshot.
 * @param expected the root that the content must have; without it the caller takes the content for what it is
 * @throws SnapshotArrowError (MKT-104) naming table and column for bytes that are not such streams, or another root.
 * @throws SnapshotError (MKT-101) for streams that do not make a valid snapshot.
 */
export function readArrow(bytes: Uint8Array, expected?: Digest): MarketSnapshot {
  const content = readStreams(bytes);
  const market = parseMarket(assemble(content.rows), content.positions);
  if (expected !== undefined) {
    const { root } = encodeSnapshot(market);
    if (root !== expected) throw new SnapshotArrowError('', '', `root ${root}`, `root ${expected}`);
  }
  return market;
}

function readStreams(bytes: Uint8Array): Content {
  if (bytes.length > MAX_ARROW_FILE_BYTES)
    throw new SnapshotArrowError('', '', `${bytes.length} bytes`, `at most ${MAX_ARROW_FILE_BYTES} bytes`);
  const content: Content = {
    rows: Object.fromEntries(TABLES.map(({ name }) => [name, []])) as unknown as Content['rows'],
    positions: new Map(),
  };
  for (let at = 0; at < bytes.length;) at = readOne(bytes, at, content);
  return content;
}

function readOne(bytes: Uint8Array, at: number, content: Content): number {
  let schema: ReadSchema | null = null;
  try {
    const parts = readStream(bytes, at);
    schema = readSchema(parts.schema);
    readBatches(schema, parts, content);
    return parts.end;
  } catch (error) {
    if (error instanceof SnapshotArrowError) throw error;
    const what = error instanceof FlatFormatError ? error.message : 'garbled bytes';
    throw new SnapshotArrowError(
      schema?.table.name ?? '',
      '',
      `${what} in the stream at byte ${at}`,
      `Arrow IPC streams of at most ${MAX_CHUNK_BYTES} bytes`,
      { cause: error },
    );
  }
}

function readBatches({ table, fields }: ReadSchema, parts: ArrowStreamParts, content: Content): void {
  const dictionaries = new Map<number, readonly string[]>();
  for (const message of parts.dictionaries) {
    const batch = message.header.table(DICTIONARY.batch);
    if (batch === null || message.header.number(DICTIONARY.isDelta, 1) !== 0)
      throw new SnapshotArrowError(table.name, 'dictionary', 'a delta', 'whole dictionaries');
    const column = readDictionary(table.name, batch, message);
    dictionaries.set(message.header.number(DICTIONARY.id, 8), textsOf(column));
  }
  for (const message of parts.batches) {
    const reader = new BatchReader(table.name, message.header, message.body);
    const columns = reader.read(fields);
    if (table.name === 'position')
      positionsOfBatch({ fields, columns, rows: reader.rows, dictionaries }, content.positions);
    else pushRows(content, table.name, { columns, rows: reader.rows });
  }
}

function textsOf(column: ArrowColumn): string[] {
  return column.type === 'text'
    ? Array.from({ length: column.first.length - 1 }, (_, row) => textAt(column, row))
    : [];
}

function textAt({ first, bytes }: ArrowColumn & { type: 'text' }, row: number): string {
  return utf8Text(bytes.subarray(first[row], first[row + 1]));
}

interface PlainRows {
  readonly columns: readonly (ArrowColumn | null)[];
  readonly rows: number;
}

function pushRows(content: Content, table: TableName, { columns, rows }: PlainRows): void {
  const into = content.rows[table];
  if (into.length + rows > MAX_PLAIN_ROWS)
    throw new SnapshotArrowError(table, '', `${into.length + rows} rows`, `at most ${MAX_PLAIN_ROWS} rows`);
  for (let row = 0; row < rows; row += 1) into.push(columns.map((column) => cellAt(column, row)));
}

function cellAt(column: ArrowColumn | null, row: number): Cell {
  switch (column?.type) {
    case 'text':
      return isSet(column.valid, row) ? textAt(column, row) : null;
    case 'number':
      return isSet(column.valid, row) ? column.values[row]! : null;
    case 'flag':
      return isSet(column.bits, row);
    case 'digest':
      return toHex(column.bytes.subarray(DIGEST_BYTES * row, DIGEST_BYTES * (row + 1)));
    default:
      return null;
  }
}
