import { fromHex } from '#libs/canonical/index';
import { idColumn } from '../position-rows.js';
import { bitsOf, DIGEST_BYTES, zerosIn, type ArrowColumn, type Validity } from './arrow-columns.js';
import {
  ALIGNMENT,
  CONTINUATION,
  DOUBLE_PRECISION,
  HEADER,
  INDEX_BITS,
  KIND,
  VERSION_5,
} from './arrow-format.js';
import type { ArrowField, ArrowTable } from './arrow-schema.js';
import { flatBytes, int16, int32, int64, int8, type FlatValue } from './flat-writer.js';

/** Rows of one table. A nullable column may be null: it is left out of the stream. */
export interface ArrowBatch {
  readonly table: ArrowTable;
  readonly rows: number;
  readonly columns: readonly (ArrowColumn | null)[];
  readonly dictionaries: ReadonlyMap<string, readonly string[]>;
}

const FORMAT = 'dlcm-snapshot/1';
const text = (value: string): FlatValue => ({ text: value });

/** One complete Arrow IPC stream: schema, dictionaries, one record batch, end. */
export function arrowStream(batch: ArrowBatch): Uint8Array {
  const present = batch.columns.flatMap((column, i) =>
    column === null ? [] : [{ field: batch.table.fields[i]!, column }],
  );
  const names = [...new Set(present.flatMap(({ field }) => dictionariesOf(field)))];
  const idOf = (name: string): number => names.indexOf(name);
  const parts = [
    schemaMessage(
      batch.table.name,
      present.map(({ field }) => fieldValue(field, idOf)),
    ),
  ];
  for (const name of names) parts.push(dictionaryMessage(idOf(name), batch.dictionaries.get(name) ?? []));
  const body = new BatchBody(batch.rows);
  for (const { column } of present) body.add(column, batch.rows);
  parts.push(message(HEADER.batch, body.header(), body.bytes()), [endOfStream()]);
  return joined(parts.flat());
}

function dictionariesOf(field: ArrowField): string[] {
  if (field.type === 'list') return field.children.flatMap(dictionariesOf);
  return field.type === 'index' ? [field.dictionary] : [];
}

function schemaMessage(name: string, fields: readonly FlatValue[]): Uint8Array[] {
  const entry = (key: string, value: string): FlatValue => ({ table: [text(key), text(value)] });
  const metadata = { list: [entry('format', FORMAT), entry('table', name)] };
  return message(HEADER.schema, { table: [int16(0), { list: fields }, metadata] }, []);
}

function fieldValue(field: ArrowField, idOf: (dictionary: string) => number): FlatValue {
  const index: FlatValue = { table: [int32(INDEX_BITS), int8(1)] };
  const coding =
    field.type === 'index' ? { table: [int64(idOf(field.dictionary)), index, int8(0)] } : undefined;
  const { kind, type } = typeValue(field);
  const children = field.type === 'list' ? [structValue(field.children, idOf)] : [];
  const nullable = int8(field.nullable ? 1 : 0);
  return { table: [text(field.name), nullable, int8(kind), type, coding, { list: children }] };
}

function structValue(children: readonly ArrowField[], idOf: (dictionary: string) => number): FlatValue {
  const list = children.map((child) => fieldValue(child, idOf));
  return { table: [text('item'), int8(0), int8(KIND.struct), { table: [] }, undefined, { list }] };
}

function typeValue({ type }: ArrowField): { readonly kind: number; readonly type: FlatValue } {
  switch (type) {
    case 'text':
    case 'index':
      return { kind: KIND.text, type: { table: [] } };
    case 'number':
      return { kind: KIND.float, type: { table: [int16(DOUBLE_PRECISION)] } };
    case 'flag':
      return { kind: KIND.flag, type: { table: [] } };
    case 'digest':
      return { kind: KIND.fixedBytes, type: { table: [int32(DIGEST_BYTES)] } };
    case 'list':
      return { kind: KIND.list, type: { table: [] } };
  }
}

function dictionaryMessage(id: number, texts: readonly string[]): Uint8Array[] {
  const body = new BatchBody(texts.length);
  body.add({ type: 'text', ...idColumn(texts), valid: null }, texts.length);
  return message(HEADER.dictionary, { table: [int64(id), body.header(), int8(0)] }, body.bytes());
}

/** Nodes and buffers of a record batch, in the order of a walk over its columns. */
class BatchBody {
  private readonly nodes: (readonly [number, number])[] = [];
  private readonly places: (readonly [number, number])[] = [];
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly rows: number) {}

  add(column: ArrowColumn, rows: number): void {
    switch (column.type) {
      case 'text':
        return this.leaf(rows, column.valid, [bytesOf(column.first), column.bytes]);
      case 'number':
      case 'index':
        return this.leaf(rows, column.valid, [bytesOf(column.values)]);
      case 'flag':
        return this.leaf(rows, null, [column.bits]);
      case 'digest':
        return this.leaf(rows, null, [column.bytes]);
      case 'list': {
        const length = column.first[rows]!;
        this.leaf(rows, null, [bytesOf(column.first)]);
        this.leaf(length, null, []);
        for (const child of column.children) this.add(child!, length);
      }
    }
  }

  header(): FlatValue {
    return { table: [int64(this.rows), { pairs: this.nodes }, { pairs: this.places }] };
  }

  bytes(): Uint8Array[] {
    return this.parts;
  }

  private leaf(rows: number, valid: Validity, buffers: readonly Uint8Array[]): void {
    const nulls = zerosIn(valid, rows);
    this.nodes.push([rows, nulls]);
    for (const buffer of [nulls === 0 ? new Uint8Array() : valid!, ...buffers]) {
      this.places.push([this.length, buffer.length]);
      this.parts.push(...padded(buffer));
      this.length += buffer.length + paddingOf(buffer.length);
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const paddingOf = (length: number): number => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
const padded = (bytes: Uint8Array): Uint8Array[] => [bytes, new Uint8Array(paddingOf(bytes.length))];

function message(kind: number, header: FlatValue, body: readonly Uint8Array[]): Uint8Array[] {
  const bodyLength = body.reduce((sum, part) => sum + part.length, 0);
  const metadata = flatBytes({ table: [int16(VERSION_5), int8(kind), header, int64(bodyLength)] });
  const prefix = new Uint8Array(ALIGNMENT);
  const view = new DataView(prefix.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setUint32(4, metadata.length + paddingOf(metadata.length), true);
  return [prefix, ...padded(metadata), ...body];
}

function endOfStream(): Uint8Array {
  const end = new Uint8Array(ALIGNMENT);
  new DataView(end.buffer).setUint32(0, CONTINUATION, true);
  return end;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The column of a field from cells, one a row; null when the field is nullable and no row has a value. */
export function columnOfCells(field: ArrowField, cells: readonly unknown[]): ArrowColumn | null {
  const { bits, zeros } = bitsOf(cells.length, (row) => cells[row] !== null);
  if (field.nullable && zeros === cells.length) return null;
  const valid = zeros === 0 ? null : bits;
  switch (field.type) {
    case 'text':
      return { type: 'text', ...idColumn(cells.map((cell) => (cell === null ? '' : String(cell)))), valid };
    case 'number':
      return { type: 'number', values: Float64Array.from(cells, (cell) => Number(cell ?? 0)), valid };
    case 'flag':
      return { type: 'flag', bits: bitsOf(cells.length, (row) => cells[row] === true).bits };
    default:
      return { type: 'digest', bytes: digestBytes(cells) };
  }
}

function digestBytes(cells: readonly unknown[]): Uint8Array {
  const bytes = new Uint8Array(DIGEST_BYTES * cells.length);
  cells.forEach((cell, row) => bytes.set(fromHex(String(cell)), DIGEST_BYTES * row));
  return bytes;
}
