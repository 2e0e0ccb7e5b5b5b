import { utf8Bytes, utf8Text } from '#libs/canonical/index';

const RECENT = 8;

/** A text inside a larger buffer: `bytes[from]` to `bytes[to - 1]`. */
export interface TextSpan {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Numbers for texts that come as bytes, in order of first appearance. The few texts seen last are compared byte by byte;
 * only others are decoded and looked up, so that a repeated text costs no string, and no input costs more than that.
 */
export class TextDictionary {
  /** The texts by their numbers. */
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly recent: { readonly bytes: Uint8Array; readonly number: number }[] = [];
  private oldest = 0;

  /**
   * Number of a text.
   * @throws TextEncodingError (CAN-104) for bytes that are not UTF-8.
   */
  numberOf(span: TextSpan): number {
    for (const entry of this.recent) if (isText(entry.bytes, span)) return entry.number;
    return this.remember(textOf(span));
  }

  private remember(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.numbers.set(text, number);
    }
    this.recent[this.oldest] = { bytes: utf8Bytes(text), number };
    this.oldest = (this.oldest + 1) % RECENT;
    return number;
  }
}

/** True when the span holds exactly these bytes. */
export function isText(text: Uint8Array, { bytes, from, to }: TextSpan): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i += 1) if (text[i] !== bytes[from + i]) return false;
  return true;
}

/**
 * The span as a string.
 * @throws TextEncodingError (CAN-104) for bytes that are not UTF-8.
 */
export function textOf({ bytes, from, to }: TextSpan): string {
  return utf8Text(bytes.subarray(from, to));
}
