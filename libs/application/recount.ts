import {
  acceptBallot,
  stateNow,
  stateOf,
  votingPower,
  type Ballot,
  type BallotRefusal,
  type CountedBallot,
  type ProposalEvent,
  type TallyFacts,
} from '#libs/governance/index';
import { artefactOf } from './artefact.js';
import type { Address, Artefact, Digest } from './artefacts.js';
import type { LinePorts } from './line-ports.js';

/** A ballot that counts, with its time of receipt. */
export type ReceivedBallot = CountedBallot & { readonly receivedAt: number };

export interface Recount {
  readonly facts: TallyFacts;
  readonly counted: readonly ReceivedBallot[];
  readonly refused: readonly {
    readonly voter: Address;
    readonly refusal: BallotRefusal;
    readonly detail: string;
  }[];
}

export type RecountPorts = Pick<LinePorts, 'codec' | 'signatures' | 'votes' | 'policy'>;

/**
 * Accepts every ballot of a proposal anew, with signatures checked and powers read here, in order of receipt. Used for the tally,
 * and by each co-signer on the published ballots.
 */
export async function recount(
  ports: RecountPorts,
  vote: {
    readonly proposal: Digest;
    readonly events: readonly ProposalEvent[];
    readonly ballots: readonly Ballot[];
    readonly now: number;
  },
): Promise<Recount> {
  const state = stateNow(vote.events, vote.now);
  const timepoint = state.terms.timepoint ?? state.terms.createdAt;
  const counted: ReceivedBallot[] = [];
  const refused: { voter: Address; refusal: BallotRefusal; detail: string }[] = [];
  const earlier: Ballot[] = [];
  for (const ballot of [...vote.ballots].sort((a, b) => a.receivedAt - b.receivedAt || a.nonce - b.nonce)) {
    const decision = await decideBallot(ports, vote, { ballot, earlier });
    if (!decision.ok) {
      refused.push({ voter: ballot.voter, refusal: decision.refusal, detail: decision.detail });
      continue;
    }
    earlier.push(ballot);
    const { id } = ballotArtefact(vote.proposal, ballot);
    counted.push({
      ballot: id,
      voter: ballot.voter,
      choice: ballot.choice,
      nonce: ballot.nonce,
      power: decision.power,
      receivedAt: ballot.receivedAt,
    });
  }
  const facts: TallyFacts = {
    proposal: vote.proposal,
    timepoint,
    closedAt: state.voteEndsAt ?? vote.now,
    countedSupply: await ports.votes.countedSupply(timepoint - 1),
    policy: ports.policy,
  };
  return { facts, counted, refused };
}

/** Decides one ballot as of its time of receipt. */
export async function decideBallot(
  ports: RecountPorts,
  vote: { readonly proposal: Digest; readonly events: readonly ProposalEvent[] },
  given: { readonly ballot: Ballot; readonly earlier: readonly Ballot[] },
): Promise<ReturnType<typeof acceptBallot>> {
  const { ballot, earlier } = given;
  // As it stood then: what was recorded since, such as the result of this very count, does not make a ballot late.
  const state = stateOf(vote.events, ballot.receivedAt);
  const timepoint = state.terms.timepoint ?? state.terms.createdAt;
  const { signature, receivedAt, ...message } = ballot;
  const [votesBefore, votesAt, signatureValid] = await Promise.all([
    ports.votes.votes(ballot.voter, timepoint - ports.policy.powerLookbackSec),
    ports.votes.votes(ballot.voter, timepoint - 1),
    ports.signatures.signedBy({ hash: ports.codec.ballotHash(message), signer: ballot.voter, signature }),
  ]);
  const own = earlier.filter((b) => b.voter.toLowerCase() === ballot.voter.toLowerCase());
  const facts = {
    state,
    chainId: ports.codec.chainId,
    verifyingContract: ports.codec.ballotContract,
    votesBefore,
    votesAt,
    signatureValid,
    earlier: own,
  };
  return acceptBallot(facts, ballot, receivedAt);
}

/** The stored form of a ballot. */
export function ballotArtefact(proposal: Digest, ballot: Ballot): Artefact<'ballot'> {
  return artefactOf('ballot', { parentId: proposal, createdAt: ballot.receivedAt }, ballot);
}

/** Power of one voter on a proposal with this timepoint, as a voter is shown it before signing. */
export async function powerOf(
  ports: Pick<LinePorts, 'votes' | 'policy'>,
  voter: Address,
  timepoint: number,
): Promise<bigint> {
  const before = await ports.votes.votes(voter, timepoint - ports.policy.powerLookbackSec);
  return votingPower(before, await ports.votes.votes(voter, timepoint - 1));
}
