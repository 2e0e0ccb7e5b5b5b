import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  EMPTY_ROOT,
  MerkleIndexError,
  concatBytes,
  fromHex,
  keccak256Bytes,
  merkleProof,
  merkleRoot,
  sortedPairTree,
  toHex,
  utf8Bytes,
  verifyMerkleProof,
} from './index.js';
import { propertyRun } from '#test/support/seed';

/** Test leaves and roots of the Certificate Transparency reference implementation (RFC 6962 trees of 1 to 8 leaves). */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => fromHex(`0x${hex}`));
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const SCHEMES = [undefined, sortedPairTree()];
const leafLists = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 33 });

describe('merkleRoot', () => {
  it('default: the trees of RFC 6962', () => {
    CT_ROOTS.forEach((root, i) => expect(merkleRoot(CT_LEAVES.slice(0, i + 1))).toBe(`0x${root}`));
    expect(merkleRoot([])).toBe(EMPTY_ROOT);
  });

  it('behavior: sorted pairs do not depend on the order of two leaves', () => {
    const [a, b] = [utf8Bytes('a'), utf8Bytes('b')];
    const [ha, hb] = [a, b].map((leaf) => keccak256Bytes(keccak256Bytes(leaf)));
    const [low, high] = toHex(ha!) < toHex(hb!) ? [ha!, hb!] : [hb!, ha!];
    const root = toHex(keccak256Bytes(concatBytes(low, high)));
    expect(merkleRoot([a, b], sortedPairTree())).toBe(root);
    expect(merkleRoot([b, a], sortedPairTree())).toBe(root);
  });
});

describe('merkleProof and verifyMerkleProof', () => {
  it('behavior: every leaf of every tree proves, in both schemes', () => {
    fc.assert(
      fc.property(leafLists, fc.constantFrom(...SCHEMES), (leaves, scheme) => {
        const root = merkleRoot(leaves, scheme);
        leaves.forEach((leaf, i) =>
          expect(verifyMerkleProof(root, { leaf, proof: merkleProof(leaves, i, scheme) }, scheme)).toBe(true),
        );
      }),
      propertyRun(60),
    );
  });

  it('behavior: another leaf, another position or a cut proof does not', () => {
    fc.assert(
      fc.property(leafLists, fc.nat(), (leaves, n) => {
        const i = n % leaves.length;
        const root = merkleRoot(leaves);
        const proof = merkleProof(leaves, i);
        const leaf = concatBytes(leaves[i]!, Uint8Array.of(1));
        expect(verifyMerkleProof(root, { leaf, proof })).toBe(false);
        expect(
          verifyMerkleProof(root, {
            leaf: leaves[i]!,
            proof: { ...proof, siblings: [...proof.siblings, EMPTY_ROOT] },
          }),
        ).toBe(false);
        if (proof.siblings.length > 0) {
          expect(
            verifyMerkleProof(root, {
              leaf: leaves[i]!,
              proof: { ...proof, siblings: proof.siblings.slice(1) },
            }),
          ).toBe(false);
        }
        expect(verifyMerkleProof(root, { leaf: leaves[i]!, proof: { ...proof, siblings: ['0xzz'] } })).toBe(
          false,
        );
        expect(verifyMerkleProof(root, { leaf: leaves[i]!, proof: { ...proof, index: -1 } })).toBe(false);
      }),
      propertyRun(60),
    );
  });

  it('error: CAN-103', () => {
    for (const index of [-1, 8, 0.5]) expect(() => merkleProof(CT_LEAVES, index)).toThrow(MerkleIndexError);
  });
});
