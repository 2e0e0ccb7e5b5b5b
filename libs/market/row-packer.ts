import { MAX_ROW_BYTES } from './row-codec.js';

/** Largest chunk in bytes. */
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024;
/** Each row is preceded by its length, little-endian. */
export const LENGTH_BYTES = 2;

/**
 * Packs rows one after another into chunks of at most 4 MiB, writing cells straight into the chunk. `emit` is given each
 * full chunk and the last one; the bytes are valid during the call only.
 */
export class RowPacker {
  private readonly bytes = new Uint8Array(MAX_CHUNK_BYTES + LENGTH_BYTES + MAX_ROW_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  /** Bytes of the finished rows of this chunk. */
  private used = 0;
  private at = 0;

  constructor(private readonly emit: (chunk: Uint8Array) => void) {}

  begin(tag: number): void {
    this.at = this.used + LENGTH_BYTES;
    this.bytes[this.at] = tag;
    this.at += 1;
  }

  number(value: number): void {
    // The two zeros are one value.
    this.view.setFloat64(this.at, value === 0 ? 0 : value, true);
    this.at += 8;
  }

  flag(value: boolean): void {
    this.bytes[this.at] = value ? 1 : 0;
    this.at += 1;
  }

  /** Bytes `from` to `to - 1` of a text, after their count. */
  text(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    bytes[at] = to - from;
    at += 1;
    for (let i = from; i < to; i += 1) {
      bytes[at] = source[i]!;
      at += 1;
    }
    this.at = at;
  }

  end(): void {
    const start = this.used + LENGTH_BYTES;
    const length = this.at - start;
    if (this.at > MAX_CHUNK_BYTES) {
      this.emit(this.bytes.subarray(0, this.used));
      this.bytes.copyWithin(LENGTH_BYTES, start, this.at);
      this.used = 0;
    }
    this.bytes[this.used] = length & 255;
    this.bytes[this.used + 1] = length >>> 8;
    this.used += LENGTH_BYTES + length;
  }

  /** Adds a row that is encoded already. */
  add(row: Uint8Array): void {
    this.bytes.set(row, this.used + LENGTH_BYTES);
    this.at = this.used + LENGTH_BYTES + row.length;
    this.end();
  }

  finish(): void {
    this.emit(this.bytes.subarray(0, this.used));
  }
}
