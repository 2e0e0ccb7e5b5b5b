import { fromHex, toHex, utf8Bytes, utf8Text } from '#libs/canonical/index';
import type { Cell, ColumnType, Row, Table } from './snapshot-tables.js';

/** Longest row in bytes: a leaf that a contract can hash cheaply. */
export const MAX_ROW_BYTES = 512;

const scratch = new Uint8Array(MAX_ROW_BYTES);
const scratchView = new DataView(scratch.buffer);

/** Bytes of one row: table tag, then the columns in order. Cells of the wrong type are a programming error. */
export function encodeRow(table: Table, row: Row): Uint8Array {
  scratch[0] = table.tag;
  let at = 1;
  for (let i = 0; i < table.columns.length; i++) at = writeCell(table.columns[i]!, row[i]!, at);
  return scratch.slice(0, at);
}

function writeCell(type: ColumnType, cell: Cell, at: number): number {
  if (type.endsWith('?')) {
    scratch[at] = cell === null ? 0 : 1;
    return cell === null ? at + 1 : writeValue(cell, at + 1);
  }
  if (type === 'digest') {
    scratch.set(fromHex(String(cell)), at);
    return at + 32;
  }
  return writeValue(cell, at);
}

function writeValue(cell: Cell, at: number): number {
  if (typeof cell === 'number') {
    // The two zeros are one value.
    scratchView.setFloat64(at, cell === 0 ? 0 : cell, true);
    return at + 8;
  }
  if (typeof cell === 'boolean') {
    scratch[at] = cell ? 1 : 0;
    return at + 1;
  }
  return writeText(String(cell), at);
}

function writeText(text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      const bytes = utf8Bytes(text);
      scratch[at] = bytes.length;
      scratch.set(bytes, at + 1);
      return at + 1 + bytes.length;
    }
    scratch[at + 1 + i] = code;
  }
  scratch[at] = text.length;
  return at + 1 + text.length;
}

/** Thrown inside the decoder only; the door turns it into a SnapshotChunkError. */
export class RowFormatError extends Error {}

/**
 * Cells of one encoded row.
 * @throws RowFormatError when the bytes are not exactly one row of the table.
 */
export function decodeRow(table: Table, bytes: Uint8Array): Row {
  const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 1 };
  const row = table.columns.map((type) => readCell(type, reader));
  if (reader.at !== bytes.length)
    throw new RowFormatError(`${bytes.length - reader.at} bytes after the last column`);
  return row;
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

function take(reader: Reader, length: number): number {
  const at = reader.at;
  if (at + length > reader.bytes.length) throw new RowFormatError('row ends inside a column');
  reader.at = at + length;
  return at;
}

function readFlag(reader: Reader): boolean {
  const byte = reader.bytes[take(reader, 1)]!;
  if (byte > 1) throw new RowFormatError(`flag byte ${byte}`);
  return byte === 1;
}

function readText(reader: Reader): string {
  const length = reader.bytes[take(reader, 1)]!;
  const at = take(reader, length);
  return utf8Text(reader.bytes.subarray(at, at + length));
}

function readCell(type: ColumnType, reader: Reader): Cell {
  switch (type) {
    case 'flag':
      return readFlag(reader);
    case 'digest': {
      const at = take(reader, 32);
      return toHex(reader.bytes.subarray(at, at + 32));
    }
    case 'number':
      return reader.view.getFloat64(take(reader, 8), true);
    case 'number?':
      return readFlag(reader) ? reader.view.getFloat64(take(reader, 8), true) : null;
    case 'id?':
      return readFlag(reader) ? readText(reader) : null;
    case 'id':
    case 'text':
      return readText(reader);
  }
}
