/** One bit a row, lowest bit of a byte first, 1 where there is a value; null when every row has one. */
export type Validity = Uint8Array | null;

/** The values of one Arrow column; which field it belongs to is told by its place. */
export type ArrowColumn =
  | {
      readonly type: 'text';
      readonly first: Int32Array;
      readonly bytes: Uint8Array;
      readonly valid: Validity;
    }
  | { readonly type: 'number'; readonly values: Float64Array; readonly valid: Validity }
  | { readonly type: 'index'; readonly values: Int32Array; readonly valid: Validity }
  | { readonly type: 'flag'; readonly bits: Uint8Array }
  | { readonly type: 'digest'; readonly bytes: Uint8Array }
  | { readonly type: 'list'; readonly first: Int32Array; readonly children: readonly (ArrowColumn | null)[] };

export const DIGEST_BYTES = 32;

/** True when row `row` has a value. */
export function isSet(valid: Validity, row: number): boolean {
  return valid === null || ((valid[row >>> 3]! >>> (row & 7)) & 1) === 1;
}

/** Bits from a rule, and how many are clear. */
export function bitsOf(
  rows: number,
  isOne: (row: number) => boolean,
): { readonly bits: Uint8Array; readonly zeros: number } {
  const bits = new Uint8Array((rows + 7) >>> 3);
  let zeros = rows;
  for (let row = 0; row < rows; row += 1) {
    if (!isOne(row)) continue;
    bits[row >>> 3]! |= 1 << (row & 7);
    zeros -= 1;
  }
  return { bits, zeros };
}

/** Number of clear bits among the first `rows`. */
export function zerosIn(valid: Validity, rows: number): number {
  let zeros = 0;
  for (let row = 0; valid !== null && row < rows; row += 1) if (!isSet(valid, row)) zeros += 1;
  return zeros;
}
