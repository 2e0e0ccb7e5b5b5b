import type { Digest } from '#libs/canonical/index';
import type { Choice } from './ballot.js';

/** One counted ballot: the leaf of the tally's Merkle tree. Power is a decimal string of token wei. */
export interface TallyLeaf {
  readonly ballot: Digest;
  readonly voter: `0x${string}`;
  readonly choice: Choice;
  readonly power: string;
}

/** The counted vote of one proposal. Powers are decimal strings of token wei. */
export interface Tally {
  readonly proposal: Digest;
  readonly timepoint: number;
  readonly closedAt: number;
  readonly for: string;
  readonly against: string;
  readonly abstain: string;
  readonly quorum: string;
  readonly quorumReached: boolean;
  readonly outcome: 'succeeded' | 'defeated';
  /** Keccak root over the leaves, verifiable on chain. */
  readonly root: Digest;
  /** Sorted by voter. */
  readonly leaves: readonly TallyLeaf[];
}
