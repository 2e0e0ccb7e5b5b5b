import { exp } from './exp.js';
import { log } from './log.js';
import { NumericDomainError } from './numeric-errors.js';

/** FNV-1a over the UTF-16 code units of a text, then an avalanche: a 32-bit start value. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * A reproducible stream of random numbers named by its seed text: xoshiro128** (Blackman and Vigna 2018) seeded by
 * SplitMix32. For worlds and tests; not for secrets.
 * @example new SeededRandom('calm-market').next() // in [0, 1)
 */
export class SeededRandom {
  private readonly state: Uint32Array;

  constructor(readonly seed: string) {
    let s = hashText(seed);
    this.state = Uint32Array.from({ length: 4 }, () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
  }

  /** Uniform 32-bit integer. */
  word(): number {
    const [s0, s1, s2, s3] = [this.state[0]!, this.state[1]!, this.state[2]!, this.state[3]!];
    const scrambled = Math.imul(s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const c2 = s2 ^ s0;
    const c3 = s3 ^ s1;
    this.state[1] = s1 ^ c2;
    this.state[0] = s0 ^ c3;
    this.state[2] = c2 ^ (s1 << 9);
    this.state[3] = (c3 << 11) | (c3 >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    return ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer in [0, n), without modulo bias. */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) {
      throw new NumericDomainError('SeededRandom.int', n, 'whole numbers from 1 to 2^32');
    }
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % n;
    }
  }

  /** Uniform in [lo, hi). */
  between(lo: number, hi: number): number {
    return lo + (hi - lo) * this.next();
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const r = u * u + v * v;
      if (r > 0 && r < 1) return u * Math.sqrt((-2 * log(r)) / r);
    }
  }

  /** Log-normal with the given median and standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * exp(sigma * this.normal());
  }

  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  }

  /** An independent stream named by this seed and a label. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }
}
