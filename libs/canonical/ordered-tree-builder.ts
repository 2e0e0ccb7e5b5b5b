import { sha256Block, SHA256_START } from './sha256-block.js';

const WORDS = 8;
/** A tree of 2^32 leaves is higher than any memory. */
const MAX_HEIGHT = 33;

/**
 * The root of orderedTree (RFC 6962 with SHA-256) over leaves that are added one by one, byte ranges of a larger buffer:
 * no object per leaf, memory for one node per level. Gives the bytes that merkleRoot gives over the same leaves.
 */
export class OrderedTreeBuilder {
  /** Roots of the complete subtrees so far, larger ones first, as big-endian words. */
  private readonly stack = new Int32Array(WORDS * MAX_HEIGHT);
  private readonly state = new Int32Array(WORDS);
  private readonly w = new Int32Array(64);
  private depth = 0;
  private leaves = 0;

  /** Number of leaves so far. */
  get size(): number {
    return this.leaves;
  }

  /** Adds the leaf `bytes[from]` to `bytes[to - 1]`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.hashLeaf(bytes, from, to);
    this.stack.set(this.state, WORDS * this.depth);
    this.depth += 1;
    this.leaves += 1;
    for (let n = this.leaves; n % 2 === 0; n /= 2) this.joinTop();
  }

  /** The root of all leaves added; 32 zero bytes without any. The builder is spent. */
  root(): Uint8Array {
    while (this.depth > 1) this.joinTop();
    const root = new Uint8Array(4 * WORDS);
    const view = new DataView(root.buffer);
    for (let i = 0; i < WORDS; i += 1) view.setInt32(4 * i, this.stack[i]!);
    return root;
  }

  /** H(0x00 | leaf): the leaf's bytes stand one byte later in the words, then 0x80, zeros and the length in bits. */
  private hashLeaf(bytes: Uint8Array, from: number, to: number): void {
    const { state, w } = this;
    state.set(SHA256_START);
    const length = to - from + 1;
    let word = 0;
    let filled = 1;
    for (let at = from; at < to; at += 1) {
      word = (word << 8) | bytes[at]!;
      filled += 1;
      if ((filled & 3) !== 0) continue;
      w[((filled >>> 2) - 1) & 15] = word;
      if ((filled & 63) === 0) sha256Block(state, w);
    }
    const open = filled & 3;
    let next = (filled >>> 2) & 15;
    w[next] = ((word << 8) | 0x80) << (8 * (3 - open));
    next += 1;
    if (next > 14) {
      w.fill(0, next, 16);
      sha256Block(state, w);
      next = 0;
    }
    w.fill(0, next, 15);
    w[15] = 8 * length;
    sha256Block(state, w);
  }

  /** Replaces the two top nodes by H(0x01 | left | right): 65 bytes, so that every word straddles two of the nodes'. */
  private joinTop(): void {
    const { state, stack, w } = this;
    const left = WORDS * (this.depth - 2);
    state.set(SHA256_START);
    w[0] = 0x01000000 | (stack[left]! >>> 8);
    for (let i = 1; i < 16; i += 1) w[i] = (stack[left + i - 1]! << 24) | (stack[left + i]! >>> 8);
    sha256Block(state, w);
    w[0] = (stack[left + 15]! << 24) | 0x800000;
    w.fill(0, 1, 15);
    w[15] = 8 * (1 + 8 * WORDS);
    sha256Block(state, w);
    stack.set(state, left);
    this.depth -= 1;
  }
}
