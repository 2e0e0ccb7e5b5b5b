import { SnapshotArrowError } from '../market-errors.js';
import { DIGEST_BYTES, zerosIn, type ArrowColumn, type Validity } from './arrow-columns.js';
import { BATCH } from './arrow-format.js';
import type { ArrowField } from './arrow-schema.js';
import type { ArrowMessage } from './read-messages.js';
import type { FlatTable } from './flat-reader.js';
import type { ReadField } from './read-schema.js';

type Bytes = Uint8Array;

/**
 * Reads the columns of one record batch as views of its body. Lengths and offsets are checked once here, so that whoever
 * walks the columns stays inside them.
 */
export class BatchReader {
  readonly rows: number;
  private readonly nodes: readonly (readonly [number, number])[];
  private readonly buffers: readonly (readonly [number, number])[];
  private node = 0;
  private buffer = 0;
  private column = '';

  constructor(
    private readonly table: string,
    header: FlatTable,
    private readonly body: Bytes,
  ) {
    this.rows = header.number(BATCH.rows, 8);
    this.nodes = header.pairs(BATCH.nodes);
    this.buffers = header.pairs(BATCH.buffers);
    if (this.rows < 0) throw this.error(`${this.rows} rows`, 'at least 0 rows');
    if (header.table(BATCH.compression) !== null) throw this.error('compressed buffers', 'plain buffers');
  }

  /** The columns of a record batch in the order of its fields; null for one that is left out. */
  read(fields: readonly ReadField[]): (ArrowColumn | null)[] {
    const columns = fields.map((field) => this.readField(field, this.rows));
    if (this.node !== this.nodes.length || this.buffer !== this.buffers.length)
      throw this.error('more buffers than columns', 'the buffers of the schema');
    return columns;
  }

  private readField({ field, present, children }: ReadField, rows: number): ArrowColumn | null {
    if (!present) return null;
    this.column = field.name;
    const valid = this.readNode(field.nullable, rows);
    switch (field.type) {
      case 'text':
        return this.readText(rows, valid);
      case 'number':
        return { type: 'number', values: this.doubles(rows), valid };
      case 'index':
        return { type: 'index', values: this.integers(rows), valid };
      case 'flag':
        return { type: 'flag', bits: this.take((rows + 7) >>> 3) };
      case 'digest':
        return { type: 'digest', bytes: this.take(DIGEST_BYTES * rows) };
      case 'list':
        return this.readList(rows, children);
    }
  }

  private readText(rows: number, valid: Validity): ArrowColumn {
    const first = this.offsets(rows);
    return { type: 'text', first, bytes: this.take(first[rows]!), valid };
  }

  private readList(rows: number, children: readonly ReadField[]): ArrowColumn {
    const first = this.offsets(rows);
    const length = this.nodes[this.node]?.[0] ?? -1;
    if (length < first[rows]!) throw this.error(`${length} items`, `at least ${first[rows]} items`);
    this.readNode(false, length);
    return { type: 'list', first, children: children.map((child) => this.readField(child, length)) };
  }

  private readNode(nullable: boolean, rows: number): Validity {
    const [length, nulls] = this.nodes[this.node] ?? [-1, 0];
    this.node += 1;
    if (length !== rows) throw this.error(`${length} values`, `${rows} values`);
    if (nulls === 0 || !nullable) {
      if (nulls !== 0) throw this.error(`${nulls} nulls`, 'no nulls');
      this.buffer += 1;
      return null;
    }
    const valid = this.take((rows + 7) >>> 3);
    const counted = zerosIn(valid, rows);
    if (counted !== nulls) throw this.error(`${counted} nulls`, `${nulls} nulls as stated`);
    return valid;
  }

  /** The next buffer, at least `length` bytes of it. */
  private take(length: number): Bytes {
    const [offset, size] = this.buffers[this.buffer] ?? [0, -1];
    this.buffer += 1;
    if (offset < 0 || size < length || offset + size > this.body.length)
      throw this.error(`a buffer of ${size} bytes at ${offset}`, `${length} bytes within the body`);
    return this.body.subarray(offset, offset + length);
  }

  /** A view where the bytes are aligned, a copy where they are not. */
  private doubles(count: number): Float64Array {
    const bytes = aligned(this.take(8 * count), 8);
    return new Float64Array(bytes.buffer, bytes.byteOffset, count);
  }

  private integers(count: number): Int32Array {
    const bytes = aligned(this.take(4 * count), 4);
    return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  }

  private offsets(rows: number): Int32Array {
    if (rows === 0) {
      this.buffer += 1;
      return new Int32Array(1);
    }
    const first = this.integers(rows + 1);
    let before = 0;
    for (const offset of first) {
      if (offset < before) throw this.error(`offset ${offset} behind ${before}`, 'ascending offsets');
      before = offset;
    }
    return first;
  }

  private error(found: string, accepted: string): SnapshotArrowError {
    return new SnapshotArrowError(this.table, this.column, found, accepted);
  }
}

function aligned(bytes: Bytes, size: number): Bytes {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}

const DICTIONARY_FIELD: ArrowField = { name: 'dictionary', nullable: false, type: 'text' };

/** The texts column of a dictionary batch. */
export function readDictionary(table: string, header: FlatTable, message: ArrowMessage): ArrowColumn {
  const reader = new BatchReader(table, header, message.body);
  const field = { field: DICTIONARY_FIELD, present: true, dictionary: -1, children: [] };
  return reader.read([field])[0]!;
}
