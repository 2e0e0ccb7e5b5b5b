import type { Digest } from '#libs/canonical/index';
import type { ProposalState } from './state-of.js';

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

/** Why a ballot is not counted. */
export type BallotRefusal =
  | 'not-voting'
  | 'late'
  | 'deadline-passed'
  | 'foreign-chain'
  | 'foreign-contract'
  | 'wrong-proposal'
  | 'wrong-evaluation'
  | 'wrong-payload'
  | 'wrong-counterfactual'
  | 'unknown-voter'
  | 'bad-signature'
  | 'nonce-used';

/** What a ballot is checked against. Powers are token wei. */
export interface BallotFacts {
  readonly state: ProposalState;
  readonly chainId: number;
  readonly verifyingContract: `0x${string}`;
  /** `getPastVotes` of the voter one lookback before the timepoint, and just before it. */
  readonly votesBefore: bigint;
  readonly votesAt: bigint;
  readonly signatureValid: boolean;
  /** Ballots of the same voter accepted before, any order. */
  readonly earlier: readonly Ballot[];
}

/** Outcome of a ballot: its power, and the nonce of the ballot it replaces; or why it does not count. */
export type BallotDecision =
  | { readonly ok: true; readonly power: bigint; readonly replacesNonce: number | null }
  | { readonly ok: false; readonly refusal: BallotRefusal; readonly detail: string };

/**
 * Voting power: the smaller of two past readings, so that tokens borrowed around the proposal do not vote. Token wei.
 *
 * @param votesBefore `getPastVotes(t0 - 24 h)`
 * @param votesAt `getPastVotes(t0 - 1)`
 */
export function votingPower(votesBefore: bigint, votesAt: bigint): bigint {
  return votesBefore < votesAt ? votesBefore : votesAt;
}

/**
 * Decides whether a ballot counts (GOVERNANCE section 5). A voter may change a ballot until the close by signing a higher nonce;
 * an equal or lower nonce is a double vote.
 *
 * @param now chain time of receipt
 * @example acceptBallot(facts, { ...ballot, chainId: 1 }, now) // { ok: false, refusal: 'foreign-chain', ... }
 */
export function acceptBallot(facts: BallotFacts, ballot: Ballot, now: number): BallotDecision {
  const failure = CHECKS.find(([, holds]) => !holds(facts, ballot, now));
  if (failure !== undefined) return { ok: false, refusal: failure[0], detail: failure[2](facts, ballot) };
  return {
    ok: true,
    power: votingPower(facts.votesBefore, facts.votesAt),
    replacesNonce: highestNonce(facts.earlier),
  };
}

function highestNonce(ballots: readonly Ballot[]): number | null {
  return ballots.reduce<number | null>(
    (highest, b) => (highest === null || b.nonce > highest ? b.nonce : highest),
    null,
  );
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

type BallotCheck = readonly [
  refusal: BallotRefusal,
  holds: (facts: BallotFacts, ballot: Ballot, now: number) => boolean,
  detail: (facts: BallotFacts, ballot: Ballot) => string,
];

/** The checks in order; the first that fails is the reason. */
const CHECKS: readonly BallotCheck[] = [
  [
    'wrong-proposal',
    ({ state }, b) => same(b.proposal, state.proposal),
    ({ state }, b) => `signed for ${b.proposal}, this is ${state.proposal}`,
  ],
  [
    'foreign-chain',
    (f, b) => b.chainId === f.chainId,
    (f, b) => `signed for chain ${b.chainId}, this is ${f.chainId}`,
  ],
  [
    'foreign-contract',
    (f, b) => same(b.verifyingContract, f.verifyingContract),
    (f, b) => `signed for ${b.verifyingContract}, this is ${f.verifyingContract}`,
  ],
  [
    'wrong-evaluation',
    ({ state }, b) => same(b.evaluation, state.terms.evaluation),
    ({ state }, b) => `signed on ${b.evaluation}, the proposal rests on ${state.terms.evaluation}`,
  ],
  [
    'wrong-payload',
    ({ state }, b) => same(b.payloadHash, state.terms.payloadHash),
    ({ state }, b) => `signed for payload ${b.payloadHash}, it is ${state.terms.payloadHash}`,
  ],
  [
    'wrong-counterfactual',
    ({ state }, b) => same(b.counterfactualHash, state.terms.counterfactualHash),
    ({ state }, b) => `signed on table ${b.counterfactualHash}, it is ${state.terms.counterfactualHash}`,
  ],
  [
    'late',
    ({ state }, _, now) => !hasClosed(state, now),
    ({ state }) => `the vote closed at ${state.voteEndsAt}`,
  ],
  [
    'not-voting',
    ({ state }) => state.name === 'Voting',
    ({ state }) => `the proposal is in state ${state.name}; ballots are taken in Voting`,
  ],
  [
    'deadline-passed',
    (_, b, now) => now <= b.deadline,
    (_, b) => `the signature was to be used until ${b.deadline}`,
  ],
  ['bad-signature', (f) => f.signatureValid, (_, b) => `the signature is not one of ${b.voter}`],
  [
    'unknown-voter',
    (f) => votingPower(f.votesBefore, f.votesAt) > 0n,
    (f, b) =>
      `${b.voter} had ${f.votesBefore} and ${f.votesAt} votes at the two timepoints; both must be above 0`,
  ],
  [
    'nonce-used',
    (f, b) => Number.isSafeInteger(b.nonce) && b.nonce > (highestNonce(f.earlier) ?? -1),
    (f) => `a changed ballot needs a nonce above ${highestNonce(f.earlier)}`,
  ],
];

function hasClosed(state: ProposalState, now: number): boolean {
  const tallied = state.tallyRoot !== null;
  return tallied || (state.voteEndsAt !== null && now >= state.voteEndsAt);
}
