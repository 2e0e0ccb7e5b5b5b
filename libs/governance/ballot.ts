import type { Digest } from '#libs/canonical/index';

export type Choice = 'for' | 'against' | 'abstain';

/** What a voter signs (EIP-712). Bound to the proposal, its evidence and one chain and contract. */
export interface BallotMessage {
  readonly proposal: Digest;
  readonly evaluation: Digest;
  readonly payloadHash: Digest;
  readonly counterfactualHash: Digest;
  readonly voter: `0x${string}`;
  readonly choice: Choice;
  readonly reasonHash: Digest;
  /** The highest nonce of a voter counts. */
  readonly nonce: number;
  /** The signature must not be used after this chain time. */
  readonly deadline: number;
  readonly chainId: number;
  readonly verifyingContract: `0x${string}`;
}

/** A signed ballot as received. */
export interface Ballot extends BallotMessage {
  readonly signature: `0x${string}`;
  /** Chain time of receipt. */
  readonly receivedAt: number;
}
