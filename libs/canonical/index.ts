export {
  CanonicalValueError,
  HexFormatError,
  MerkleIndexError,
  TextEncodingError,
} from './canonical-errors.js';
export { compareBytes, concatBytes, fromHex, toHex, utf8Bytes, utf8Text, type Hex } from './bytes.js';
export { canonicalJson, canonicalJsonOfAnyNumber } from './canonical-json.js';
export {
  digestOf,
  keccak256,
  keccak256Bytes,
  sha256,
  sha256Bytes,
  type Digest,
  type Hasher,
} from './digest.js';
export {
  EMPTY_ROOT,
  merkleProof,
  merkleRoot,
  orderedTree,
  sortedPairTree,
  verifyMerkleProof,
  type MerkleProof,
  type MerkleScheme,
} from './merkle.js';
export { OrderedTreeBuilder } from './ordered-tree-builder.js';
