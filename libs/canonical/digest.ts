import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 as nobleKeccak256 } from '@noble/hashes/sha3.js';
import { toHex, utf8Bytes, type Hex } from './bytes.js';
import { canonicalJson } from './canonical-json.js';

/** 32 bytes as lower-case hexadecimal with 0x prefix. */
export type Digest = Hex;

/** A 32-byte hash function. A host may inject a faster one that gives the same bytes. */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

/** SHA-256 in portable code (FIPS 180-4). */
export const sha256Bytes: Hasher = (bytes) => nobleSha256(bytes);

/** Keccak-256 as Ethereum uses it (the original padding, not SHA3-256). */
export const keccak256Bytes: Hasher = (bytes) => nobleKeccak256(bytes);

/** SHA-256 of bytes as a digest. */
export function sha256(bytes: Uint8Array, hasher: Hasher = sha256Bytes): Digest {
  return toHex(hasher(bytes));
}

/** Keccak-256 of bytes as a digest. */
export function keccak256(bytes: Uint8Array, hasher: Hasher = keccak256Bytes): Digest {
  return toHex(hasher(bytes));
}

/**
 * Identity of an artefact body: SHA-256 of its canonical JSON in UTF-8.
 * @throws CanonicalValueError (CAN-101) for a value without a canonical form.
 * @example digestOf({ a: 1 }) === digestOf({ a: 1 })
 */
export function digestOf(value: unknown, hasher: Hasher = sha256Bytes): Digest {
  return sha256(utf8Bytes(canonicalJson(value)), hasher);
}
