import {
  canonicalJson,
  concatBytes,
  fromHex,
  merkleProof,
  merkleRoot,
  sortedPairTree,
  verifyMerkleProof,
  type Digest,
  type MerkleProof,
} from '#libs/canonical/index';
import type { Choice } from './ballot.js';
import { TallyInputError } from './errors.js';
import type { Policy } from './policy.js';

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

/** A ballot that was accepted, with the power that the chain gave its voter. */
export interface CountedBallot {
  /** Digest of the ballot artefact. */
  readonly ballot: Digest;
  readonly voter: `0x${string}`;
  readonly choice: Choice;
  readonly nonce: number;
  readonly power: bigint;
}

/** What a tally rests on beside its ballots. */
export interface TallyFacts {
  readonly proposal: Digest;
  readonly timepoint: number;
  readonly closedAt: number;
  /** Past total supply less vault and treasury, token wei. */
  readonly countedSupply: bigint;
  readonly policy: Policy;
}

const BPS = 10_000n;
const TREE = sortedPairTree();
const CHOICE_CODE = { against: 0, for: 1, abstain: 2 } as const satisfies Record<Choice, number>;

/**
 * Smallest power that must take part (for, against or abstain), token wei, rounded up.
 *
 * @param countedSupply past total supply less vault and treasury
 */
export function quorumOf(countedSupply: bigint, policy: Policy): bigint {
  return (countedSupply * BigInt(policy.quorumBps) + BPS - 1n) / BPS;
}

/**
 * Counts a closed vote. Of several ballots of one voter the highest nonce counts. Succeeds with quorum and more power for than
 * against. The result does not depend on the order of the ballots.
 *
 * @throws TallyInputError for two different ballots of one voter with one nonce, or a ballot without power
 */
export function tally(facts: TallyFacts, ballots: readonly CountedBallot[]): Tally {
  const counted = lastOfEachVoter(ballots);
  const sum = (choice: Choice): bigint =>
    counted.filter((b) => b.choice === choice).reduce((total, b) => total + b.power, 0n);
  const [inFavour, against, abstain] = [sum('for'), sum('against'), sum('abstain')];
  const quorum = quorumOf(facts.countedSupply, facts.policy);
  const quorumReached = inFavour + against + abstain >= quorum;
  const leaves = counted.map((b) => ({
    ballot: b.ballot,
    voter: b.voter,
    choice: b.choice,
    power: String(b.power),
  }));
  return {
    proposal: facts.proposal,
    timepoint: facts.timepoint,
    closedAt: facts.closedAt,
    for: String(inFavour),
    against: String(against),
    abstain: String(abstain),
    quorum: String(quorum),
    quorumReached,
    outcome: quorumReached && inFavour > against ? 'succeeded' : 'defeated',
    root: merkleRoot(
      leaves.map((leaf) => tallyLeafBytes(facts.proposal, leaf)),
      TREE,
    ),
    leaves,
  };
}

function lastOfEachVoter(ballots: readonly CountedBallot[]): readonly CountedBallot[] {
  const byVoter = new Map<string, CountedBallot>();
  for (const ballot of ballots) {
    if (ballot.power <= 0n) throw new TallyInputError(ballot.voter, `power ${ballot.power} is not above 0`);
    const key = ballot.voter.toLowerCase();
    const other = byVoter.get(key);
    if (other !== undefined && other.nonce === ballot.nonce && other.ballot !== ballot.ballot)
      throw new TallyInputError(ballot.voter, `two ballots with nonce ${ballot.nonce}`);
    if (other === undefined || ballot.nonce > other.nonce)
      byVoter.set(key, { ...ballot, voter: key as `0x${string}` });
  }
  return [...byVoter.values()].sort((a, b) => (a.voter < b.voter ? -1 : 1));
}

/**
 * Bytes of one leaf: `abi.encode(bytes32 proposal, bytes32 ballot, address voter, uint8 choice, uint256 power)`; the tree hashes
 * them twice with Keccak-256, as OpenZeppelin's MerkleProof expects. Choice codes follow Governor Bravo: 0 against, 1 for,
 * 2 abstain.
 */
export function tallyLeafBytes(proposal: Digest, leaf: TallyLeaf): Uint8Array {
  const words = [
    BigInt(proposal),
    BigInt(leaf.ballot),
    BigInt(leaf.voter),
    BigInt(CHOICE_CODE[leaf.choice]),
    BigInt(leaf.power),
  ];
  return concatBytes(...words.map(abiWord));
}

function abiWord(value: bigint): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(64, '0')}`);
}

/** A counted ballot with the siblings that lead to the tally's root. */
export interface BallotProof {
  readonly leaf: TallyLeaf;
  readonly proof: MerkleProof;
}

/** Proof that the ballot of `voter` was counted as it stands in the tally; null when it was not counted. */
export function ballotProof(counted: Tally, voter: string): BallotProof | null {
  const index = counted.leaves.findIndex((leaf) => leaf.voter === voter.toLowerCase());
  const leaf = counted.leaves[index];
  if (leaf === undefined) return null;
  return {
    leaf,
    proof: merkleProof(
      counted.leaves.map((l) => tallyLeafBytes(counted.proposal, l)),
      index,
      TREE,
    ),
  };
}

/** True when the proof leads from its leaf to the tally root of the proposal. */
export function verifyBallotProof(proposal: Digest, root: Digest, proof: BallotProof): boolean {
  return verifyMerkleProof(root, { leaf: tallyLeafBytes(proposal, proof.leaf), proof: proof.proof }, TREE);
}

/** How a claimed tally differs from a recount. */
export interface TallyDifference {
  readonly field: keyof Tally;
  readonly claimed: string;
  readonly recounted: string;
}

/**
 * Counts again from public data and compares. Empty when the claimed tally is right in every field.
 *
 * @param claimed the tally to check
 * @param facts chain facts read by the checker itself
 * @param ballots ballots that the checker accepted itself, with powers it read itself
 */
export function retally(
  claimed: Tally,
  facts: TallyFacts,
  ballots: readonly CountedBallot[],
): readonly TallyDifference[] {
  const own = tally(facts, ballots);
  const fields = Object.keys(own) as (keyof Tally)[];
  const text = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));
  return fields
    .map((field) => ({ field, claimed: text(claimed[field]), recounted: text(own[field]) }))
    .filter((row) => row.claimed !== row.recounted);
}

/**
 * New close of a vote whose quorum was reached late, or null when the close stays. When the ballot that reached the quorum came
 * within `lateQuorumExtensionSec` of the close, voters get that long to answer it (as in OpenZeppelin's
 * GovernorPreventLateQuorum).
 *
 * @param ballots accepted ballots with their times of receipt, any order
 */
export function lateQuorumClose(
  facts: Omit<TallyFacts, 'proposal' | 'timepoint'>,
  ballots: readonly (CountedBallot & { readonly receivedAt: number })[],
): number | null {
  const reachedAt = quorumReachedAt(ballots, quorumOf(facts.countedSupply, facts.policy));
  if (reachedAt === null) return null;
  const extended = reachedAt + facts.policy.lateQuorumExtensionSec;
  return extended > facts.closedAt ? extended : null;
}

function quorumReachedAt(
  ballots: readonly (CountedBallot & { readonly receivedAt: number })[],
  quorum: bigint,
): number | null {
  const voters = new Set<string>();
  let power = 0n;
  for (const ballot of [...ballots].sort((a, b) => a.receivedAt - b.receivedAt)) {
    const voter = ballot.voter.toLowerCase();
    if (voters.has(voter)) continue;
    voters.add(voter);
    power += ballot.power;
    if (power >= quorum) return ballot.receivedAt;
  }
  return null;
}
