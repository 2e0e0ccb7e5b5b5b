import { utf8Bytes } from '#libs/canonical/index';

/** A value of a flatbuffer; `undefined` in a table is a field left at its default. */
export type FlatValue =
  | { readonly size: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly text: string }
  | { readonly table: readonly (FlatValue | undefined)[] }
  | { readonly list: readonly FlatValue[] }
  /** Structs of two 64-bit numbers. */
  | { readonly pairs: readonly (readonly [number, number])[] };

const FIRST_ROOM = 4096;
const TWO_32 = 4294967296;

/** Writes flatbuffers front to back: a table's vtable stands before it, what it points at behind it. */
class FlatWriter {
  private bytes = new Uint8Array(FIRST_ROOM);
  private view = new DataView(this.bytes.buffer);
  private end = 0;

  finish(root: FlatValue): Uint8Array {
    const pointer = this.reserve(4, 4);
    this.point(pointer, this.write(root));
    return this.bytes.slice(0, this.end);
  }

  private write(value: FlatValue): number {
    if ('table' in value) return this.writeTable(value.table);
    if ('text' in value) return this.writeText(value.text);
    if ('list' in value) return this.writeList(value.list);
    if ('pairs' in value) return this.writePairs(value.pairs);
    const at = this.reserve(value.size, value.size);
    this.scalar(at, value.size, value.value);
    return at;
  }

  private writeTable(fields: readonly (FlatValue | undefined)[]): number {
    const vtable = this.reserve(4 + 2 * fields.length, 2);
    const table = this.reserve(4, 8);
    this.view.setInt32(table, table - vtable, true);
    const places = fields.map((field) => {
      const size = field === undefined ? 0 : 'size' in field ? field.size : 4;
      return size === 0 ? 0 : this.reserve(size, size);
    });
    this.view.setUint16(vtable, 4 + 2 * fields.length, true);
    this.view.setUint16(vtable + 2, this.end - table, true);
    fields.forEach((field, i) => {
      if (field === undefined) return;
      this.view.setUint16(vtable + 4 + 2 * i, places[i]! - table, true);
      if ('size' in field) this.scalar(places[i]!, field.size, field.value);
      else this.point(places[i]!, this.write(field));
    });
    return table;
  }

  private writeText(text: string): number {
    const encoded = utf8Bytes(text);
    const at = this.reserve(4 + encoded.length + 1, 4);
    this.view.setUint32(at, encoded.length, true);
    this.bytes.set(encoded, at + 4);
    return at;
  }

  private writeList(items: readonly FlatValue[]): number {
    const at = this.reserve(4 + 4 * items.length, 4);
    this.view.setUint32(at, items.length, true);
    items.forEach((item, i) => this.point(at + 4 + 4 * i, this.write(item)));
    return at;
  }

  private writePairs(pairs: readonly (readonly [number, number])[]): number {
    // The structs are aligned to 8, the count before them to 4.
    this.reserve(0, 8);
    const at = this.reserve(8 + 16 * pairs.length, 8) + 4;
    this.view.setUint32(at, pairs.length, true);
    pairs.forEach(([a, b], i) => {
      this.scalar(at + 4 + 16 * i, 8, a);
      this.scalar(at + 12 + 16 * i, 8, b);
    });
    return at;
  }

  private scalar(at: number, size: 1 | 2 | 4 | 8, value: number): void {
    if (size === 1) this.view.setUint8(at, value);
    else if (size === 2) this.view.setInt16(at, value, true);
    else if (size === 4) this.view.setInt32(at, value, true);
    else {
      this.view.setUint32(at, value % TWO_32, true);
      this.view.setUint32(at + 4, Math.floor(value / TWO_32), true);
    }
  }

  private point(from: number, to: number): void {
    this.view.setUint32(from, to - from, true);
  }

  private reserve(length: number, alignment: number): number {
    const at = Math.ceil(this.end / alignment) * alignment;
    this.end = at + length;
    if (this.end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.end, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Bytes of a flatbuffer whose root is a table (FlatBuffers binary format). */
export function flatBytes(root: FlatValue): Uint8Array {
  return new FlatWriter().finish(root);
}

export const int8 = (value: number): FlatValue => ({ size: 1, value });
export const int16 = (value: number): FlatValue => ({ size: 2, value });
export const int32 = (value: number): FlatValue => ({ size: 4, value });
export const int64 = (value: number): FlatValue => ({ size: 8, value });
