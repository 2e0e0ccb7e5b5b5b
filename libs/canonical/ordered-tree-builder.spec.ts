import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRun } from '#test/support/seed';
import { merkleRoot, OrderedTreeBuilder, toHex } from './index.js';

function rootOf(leaves: readonly Uint8Array[]): string {
  const builder = new OrderedTreeBuilder();
  for (const leaf of leaves) {
    const padded = Uint8Array.from([1, 2, 3, ...leaf, 4]);
    builder.add(padded, 3, 3 + leaf.length);
  }
  expect(builder.size).toBe(leaves.length);
  return toHex(builder.root());
}

describe('OrderedTreeBuilder', () => {
  it('default: RFC 6962 root of one empty leaf, H(0x00)', () => {
    // SHA-256 of the single byte 0x00, as in RFC 6962 test data of Certificate Transparency (merkle_tree_test).
    expect(rootOf([new Uint8Array()])).toBe(
      '0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  it('default: the roots of Certificate Transparency for its first leaves', () => {
    // merkle/testonly of certificate-transparency-go: leaves "", 00, 10, 2021, 3031, 40414243, 5051..57, 6061..6f.
    const range = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => from + i);
    const leaves = [range(0, 0), range(0, 1), range(0x10, 1), range(0x20, 2), range(0x30, 2)];
    leaves.push(range(0x40, 4), range(0x50, 8), range(0x60, 16));
    const roots = [
      '0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      '0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      '0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ];
    expect([2, 3, 4].map((n) => rootOf(leaves.slice(0, n)))).toEqual(roots);
    expect(rootOf(leaves)).toBe('0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('behavior: the root that merkleRoot gives, for leaves of every length around the block size', () => {
    const leaf = fc.uint8Array({ maxLength: 520 });
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 0, maxLength: 40 }), (leaves) => {
        expect(rootOf(leaves)).toBe(merkleRoot(leaves));
      }),
      propertyRun(100),
    );
    const lengths = Array.from({ length: 140 }, (_, i) => new Uint8Array(i).fill(i));
    for (const one of lengths) expect(rootOf([one])).toBe(merkleRoot([one]));
    expect(rootOf(lengths)).toBe(merkleRoot(lengths));
  });
});
