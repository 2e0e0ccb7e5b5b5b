import { compareBytes, concatBytes, fromHex, toHex } from './bytes.js';
import { MerkleIndexError } from './canonical-errors.js';
import { keccak256Bytes, sha256Bytes, type Digest, type Hasher } from './digest.js';

/** How leaves and pairs of a tree are hashed. */
export interface MerkleScheme {
  readonly leaf: (bytes: Uint8Array) => Uint8Array;
  readonly pair: (left: Uint8Array, right: Uint8Array) => Uint8Array;
}

/**
 * Tree of snapshot rows: SHA-256, leaf = H(0x00 | row), node = H(0x01 | left | right) (the domain separation of
 * RFC 6962), an unpaired node moves up unchanged. Verifiable on chain with the sha256 precompile.
 */
export function orderedTree(hasher: Hasher = sha256Bytes): MerkleScheme {
  return {
    leaf: (bytes) => hasher(concatBytes(Uint8Array.of(0), bytes)),
    pair: (left, right) => hasher(concatBytes(Uint8Array.of(1), left, right)),
  };
}

/**
 * Tree of ballots: Keccak-256, leaf = H(H(bytes)), node = H of the two children in ascending order; proofs verify with
 * OpenZeppelin's MerkleProof.
 */
export function sortedPairTree(hasher: Hasher = keccak256Bytes): MerkleScheme {
  return {
    leaf: (bytes) => hasher(hasher(bytes)),
    pair: (a, b) => hasher(compareBytes(a, b) <= 0 ? concatBytes(a, b) : concatBytes(b, a)),
  };
}

/** Siblings from the leaf up. `index` and `size` fix on which side each stands. */
export interface MerkleProof {
  readonly index: number;
  readonly size: number;
  readonly siblings: readonly Digest[];
}

/** Root of the tree with no leaves: 32 zero bytes, which no hash equals. */
export const EMPTY_ROOT: Digest = `0x${'00'.repeat(32)}`;

const ORDERED = orderedTree();

/**
 * Root over leaves in the order given.
 * @param leaves raw bytes of each leaf
 * @param scheme how to hash; snapshot rows by default
 */
export function merkleRoot(leaves: readonly Uint8Array[], scheme: MerkleScheme = ORDERED): Digest {
  if (leaves.length === 0) return EMPTY_ROOT;
  let level = leaves.map((leaf) => scheme.leaf(leaf));
  while (level.length > 1) level = levelAbove(level, scheme);
  return toHex(level[0]!);
}

function levelAbove(level: readonly Uint8Array[], scheme: MerkleScheme): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right === undefined ? level[i]! : scheme.pair(level[i]!, right));
  }
  return above;
}

/**
 * Proof that a leaf is in the tree.
 * @throws MerkleIndexError (CAN-103) for an index outside the leaves.
 */
export function merkleProof(
  leaves: readonly Uint8Array[],
  index: number,
  scheme: MerkleScheme = ORDERED,
): MerkleProof {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new MerkleIndexError(index, leaves.length);
  const siblings: Digest[] = [];
  let level = leaves.map((leaf) => scheme.leaf(leaf));
  for (let at = index; level.length > 1; at >>>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) siblings.push(toHex(sibling));
    level = levelAbove(level, scheme);
  }
  return { index, size: leaves.length, siblings };
}

/** True when the leaf with this proof hashes up to the root. A malformed proof is false. */
export function verifyMerkleProof(
  root: Digest,
  proof: { readonly leaf: Uint8Array; readonly proof: MerkleProof },
  scheme: MerkleScheme = ORDERED,
): boolean {
  const { index, size, siblings } = proof.proof;
  if (!Number.isInteger(index) || index < 0 || index >= size) return false;
  if (!siblings.every((sibling) => /^0x[0-9a-f]{64}$/.test(sibling))) return false;
  let node = scheme.leaf(proof.leaf);
  let used = 0;
  for (let at = index, width = size; width > 1; at >>>= 1, width = (width + 1) >>> 1) {
    if ((at ^ 1) >= width) continue;
    const text = siblings[used++];
    if (text === undefined) return false;
    const sibling = fromHex(text);
    node = at % 2 === 0 ? scheme.pair(node, sibling) : scheme.pair(sibling, node);
  }
  return used === siblings.length && toHex(node) === root;
}
