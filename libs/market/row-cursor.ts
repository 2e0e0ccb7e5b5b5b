import { RowFormatError } from './row-codec.js';
import type { TextSpan } from './text-dictionary.js';

/** Reads the cells of one row after another without making an object for a row or a cell. */
export class RowCursor implements TextSpan {
  bytes: Uint8Array = new Uint8Array();
  /** The text read last: `bytes[from]` to `bytes[to - 1]`. */
  from = 0;
  to = 0;
  private view: DataView = new DataView(this.bytes.buffer);
  private at = 0;
  private end = 0;

  /** Chunk whose rows are read next. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Row `bytes[at]` to `bytes[end - 1]`; its tag is skipped. */
  begin(at: number, end: number): void {
    this.at = at + 1;
    this.end = end;
  }

  /** @throws RowFormatError when the row ends earlier or holds a text of no length. */
  text(): this {
    const at = this.take(1);
    this.from = this.take(this.bytes[at]!);
    this.to = this.at;
    return this;
  }

  /** @throws RowFormatError for a byte other than 0 and 1. */
  flag(): boolean {
    const byte = this.bytes[this.take(1)]!;
    if (byte > 1) throw new RowFormatError(`flag byte ${byte}`);
    return byte === 1;
  }

  number(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** @throws RowFormatError when bytes are left. */
  finish(): void {
    if (this.at !== this.end) throw new RowFormatError(`${this.end - this.at} bytes after the last column`);
  }

  private take(length: number): number {
    const at = this.at;
    if (at + length > this.end) throw new RowFormatError('row ends inside a column');
    this.at = at + length;
    return at;
  }
}
