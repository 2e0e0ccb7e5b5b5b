declare const parsedType: unique symbol;

/**
 * Data from outside that claims to be a T and has not been checked. It has no usable members, so that nothing can read
 * it before a parser has turned it into a T.
 */
export interface Raw<T> {
  readonly [parsedType]: T;
}

/** Marks data from outside; parseRawSnapshot and its like take the mark off. */
export function asRaw<T>(data: unknown): Raw<T> {
  return data as Raw<T>;
}
