import { SnapshotChunkError } from './market-errors.js';
import type { PositionColumns } from './position-columns.js';
import { PositionReader } from './position-reader.js';
import { decodeRow, MAX_ROW_BYTES, RowFormatError } from './row-codec.js';
import { RowCursor } from './row-cursor.js';
import { LENGTH_BYTES } from './row-packer.js';
import {
  MAX_PLAIN_ROWS,
  TABLES,
  type Row,
  type Rows,
  type Table,
  type TableName,
} from './snapshot-tables.js';

/** The content of the chunks of a snapshot: rows of every table, those of positions as columns by protocol. */
export interface Unpacked {
  readonly rows: Rows;
  readonly positions: ReadonlyMap<string, PositionColumns>;
}

const TABLE_BY_TAG = new Map<number, Table & { readonly name: TableName }>(
  TABLES.map((table) => [table.tag, table]),
);
const [POSITION, COLLATERAL, DEBT] = (['position', 'collateral', 'debt'] as const).map(
  (name) => TABLES.find((table) => table.name === name)!.tag,
);

/**
 * Calls `visit` with the bounds of each row of a chunk.
 * @throws SnapshotChunkError (MKT-102) when lengths do not fill the chunk exactly.
 */
export function forEachRow(
  bytes: Uint8Array,
  index: number,
  visit: (from: number, to: number) => void,
): void {
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
    visit(at + LENGTH_BYTES, end);
    at = end;
  }
}

/**
 * Reads the rows of chunks. Positions become columns; their memory is bounded by the length of the chunks.
 * @throws SnapshotChunkError (MKT-102) for an unknown table or a garbled row.
 */
export function unpackRows(chunks: readonly Uint8Array[]): Unpacked {
  const rows = Object.fromEntries(TABLES.map((table) => [table.name, []])) as unknown as Record<
    TableName,
    Row[]
  >;
  const reader = new PositionReader(countPositions(chunks));
  const cursor = new RowCursor();
  chunks.forEach((bytes, i) => {
    cursor.open(bytes);
    forEachRow(bytes, i, (from, to) => {
      const tag = bytes[from]!;
      try {
        cursor.begin(from, to);
        if (tag === POSITION) reader.readPosition(cursor);
        else if (tag === COLLATERAL) reader.readLeg(cursor, 'collateral');
        else if (tag === DEBT) reader.readLeg(cursor, 'debt');
        else pushRow(rows, bytes.subarray(from, to));
      } catch (error) {
        throw garbled(i, tag, error);
      }
    });
  });
  return { rows, positions: reader.columns() };
}

function pushRow(rows: Record<TableName, Row[]>, bytes: Uint8Array): void {
  const table = TABLE_BY_TAG.get(bytes[0]!)!;
  if (rows[table.name].length === MAX_PLAIN_ROWS)
    throw new RowFormatError(`more than ${MAX_PLAIN_ROWS} rows`);
  rows[table.name].push(decodeRow(table, bytes));
}

function garbled(chunk: number, tag: number, cause: unknown): SnapshotChunkError {
  const table = TABLE_BY_TAG.get(tag);
  return table === undefined
    ? new SnapshotChunkError(chunk, `table tag ${tag}`, 'tags of dlcm-snapshot/1')
    : new SnapshotChunkError(chunk, `a garbled row of table ${table.name}`, 'rows in column order', {
        cause,
      });
}

function countPositions(chunks: readonly Uint8Array[]) {
  const counts = { position: 0, collateral: 0, debt: 0, idBytes: 0 };
  chunks.forEach((bytes, i) =>
    forEachRow(bytes, i, (from, to) => {
      const tag = bytes[from];
      if (tag === COLLATERAL) counts.collateral += 1;
      if (tag === DEBT) counts.debt += 1;
      if (tag !== POSITION) return;
      counts.position += 1;
      // The id's length stands behind the protocol's text; a garbled row is refused when it is read.
      const at = from + 2 + (from + 1 < to ? bytes[from + 1]! : 0);
      counts.idBytes += at < to ? bytes[at]! : 0;
    }),
  );
  return counts;
}
