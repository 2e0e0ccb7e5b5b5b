import { utf8Text } from '#libs/canonical/index';

/** More than any table has columns. */
const MAX_ENTRIES = 256;

/** Thrown inside the Arrow reader only; its door turns it into a SnapshotArrowError. */
export class FlatFormatError extends Error {}

/**
 * One table of a flatbuffer from outside. Every offset and length is checked against the buffer before it is used, so that a
 * hostile one ends in an error and costs nothing.
 */
export class FlatTable {
  private readonly view: DataView;
  private readonly vtable: number;
  private readonly fields: number;

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.vtable = at - this.view.getInt32(this.inside(at, 4), true);
    const length = this.view.getUint16(this.inside(this.vtable, 4), true);
    this.inside(this.vtable, length);
    this.fields = Math.floor(length / 2) - 2;
  }

  static root(bytes: Uint8Array): FlatTable {
    if (bytes.length < 8) throw new FlatFormatError('metadata too short');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(bytes, view.getUint32(0, true));
  }

  /** A number of 1 to 8 bytes; 0 when absent. 64-bit numbers beyond 2^53 are refused. */
  number(field: number, size: 1 | 2 | 4 | 8): number {
    const at = this.place(field);
    if (at === 0) return 0;
    this.inside(at, size);
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getInt16(at, true);
    return size === 4 ? this.view.getInt32(at, true) : this.long(at);
  }

  text(field: number): string {
    const { at, length } = this.vector(field, 1);
    return utf8Text(this.bytes.subarray(at, at + length));
  }

  /** @returns null when absent */
  table(field: number): FlatTable | null {
    const at = this.place(field);
    return at === 0 ? null : new FlatTable(this.bytes, this.follow(at));
  }

  tables(field: number): FlatTable[] {
    const { at, length } = this.vector(field, 4);
    if (length > MAX_ENTRIES) throw new FlatFormatError(`a list of ${length} entries`);
    return Array.from({ length }, (_, i) => new FlatTable(this.bytes, this.follow(at + 4 * i)));
  }

  /** Structs of two 64-bit numbers. */
  pairs(field: number): (readonly [number, number])[] {
    const { at, length } = this.vector(field, 16);
    return Array.from({ length }, (_, i) => [this.long(at + 16 * i), this.long(at + 16 * i + 8)] as const);
  }

  private vector(field: number, itemBytes: number): { readonly at: number; readonly length: number } {
    const pointer = this.place(field);
    if (pointer === 0) return { at: 0, length: 0 };
    const at = this.follow(pointer);
    const length = this.view.getUint32(this.inside(at, 4), true);
    this.inside(at + 4, length * itemBytes);
    return { at: at + 4, length };
  }

  private place(field: number): number {
    if (field >= this.fields) return 0;
    const offset = this.view.getUint16(this.vtable + 4 + 2 * field, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  private follow(at: number): number {
    return at + this.view.getUint32(this.inside(at, 4), true);
  }

  private long(at: number): number {
    const value = this.view.getInt32(at + 4, true) * 4294967296 + this.view.getUint32(at, true);
    if (!Number.isSafeInteger(value)) throw new FlatFormatError('a number beyond 2^53');
    return value;
  }

  private inside(at: number, length: number): number {
    if (at < 0 || at + length > this.bytes.length)
      throw new FlatFormatError('an offset outside the metadata');
    return at;
  }
}
