/** A value that has no canonical form was given to the canonical encoder. `pointer` is its JSON pointer. */
export class CanonicalValueError extends Error {
  readonly code = 'CAN-101';
  constructor(
    readonly pointer: string,
    readonly found: string,
    accepted: string,
  ) {
    super(`No canonical form for ${found} at "${pointer}". Accepted: ${accepted}.`);
    this.name = 'CanonicalValueError';
  }
}

/** A digest or other hexadecimal text is malformed. */
export class HexFormatError extends Error {
  readonly code = 'CAN-102';
  constructor(readonly text: string) {
    super(`"${text.slice(0, 80)}" is not lower-case hexadecimal with 0x prefix and whole bytes.`);
    this.name = 'HexFormatError';
  }
}

/** A Merkle proof was asked for a leaf that the tree does not have. */
export class MerkleIndexError extends Error {
  readonly code = 'CAN-103';
  constructor(
    readonly index: number,
    readonly size: number,
  ) {
    super(`Leaf ${index} does not exist in a tree of ${size} leaves. Use an index from 0 to ${size - 1}.`);
    this.name = 'MerkleIndexError';
  }
}

/** Bytes that are not well-formed UTF-8, or text with a lone surrogate. */
export class TextEncodingError extends Error {
  readonly code = 'CAN-104';
  constructor(
    readonly position: number,
    what: string,
  ) {
    super(`${what} at position ${position}. Only well-formed Unicode text has a canonical form.`);
    this.name = 'TextEncodingError';
  }
}
