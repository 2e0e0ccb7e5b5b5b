import {
  lateQuorumClose,
  stateNow,
  type Ballot,
  type BallotMessage,
  type BallotRefusal,
} from '#libs/governance/index';
import type { Digest, HexBytes } from '../artefacts.js';
import { command, jobOf } from '../commanding.js';
import type { LinePorts } from '../line-ports.js';
import { ballotArtefact, decideBallot, recount, type RecountPorts } from '../recount.js';
import { proposalEvents } from '../store-reads.js';
import type { Intaken } from './outcome.js';

type Ports = RecountPorts & Pick<LinePorts, 'store' | 'clock'>;

/** Code and pointer of each refusal. */
const REFUSALS = {
  'not-voting': ['GOV-211', null],
  late: ['GOV-212', null],
  'deadline-passed': ['GOV-213', '/deadline'],
  'foreign-chain': ['GOV-214', '/chainId'],
  'foreign-contract': ['GOV-215', '/verifyingContract'],
  'wrong-proposal': ['GOV-216', '/proposal'],
  'wrong-evaluation': ['GOV-217', '/evaluation'],
  'wrong-payload': ['GOV-218', '/payloadHash'],
  'wrong-counterfactual': ['GOV-219', '/counterfactualHash'],
  'unknown-voter': ['GOV-220', '/voter'],
  'bad-signature': ['GOV-221', '/signature'],
  'nonce-used': ['GOV-222', '/nonce'],
} as const satisfies Record<BallotRefusal, readonly [string, string | null]>;

/** Takes a signed ballot while the vote is open; the same ballot again is the same receipt. */
export function castBallot(ports: Ports) {
  return async (message: BallotMessage, signature: HexBytes): Promise<Intaken<'ballot'>> => {
    const { proposal } = message;
    const now = await ports.clock.now();
    const vote = await ports.store.transaction(async (tx) => ({
      events: await proposalEvents(tx, proposal),
      ballots: await tx.children('ballot', proposal),
    }));
    if (vote.events.length === 0)
      return { kind: 'unknown-subject', reason: `There is no proposal ${proposal}.` };
    // The head of a chain may step back in a reorg; a ballot is never received before what was recorded already.
    const receivedAt = Math.max(now, vote.events[vote.events.length - 1]?.at ?? now);
    const known = vote.ballots.find(
      (b) =>
        b.body.signature === signature &&
        b.body.nonce === message.nonce &&
        sameText(b.body.voter, message.voter),
    );
    if (known !== undefined) return { kind: 'accepted', artefact: known, repeated: true };
    const ballot: Ballot = {
      ...message,
      voter: message.voter.toLowerCase() as HexBytes,
      signature,
      receivedAt,
    };
    const earlier = vote.ballots.map((b) => b.body);
    const decision = await decideBallot(ports, { proposal, events: vote.events }, { ballot, earlier });
    if (!decision.ok) {
      const [code, field] = REFUSALS[decision.refusal];
      return { kind: 'refused', code, reason: `${decision.refusal}: ${decision.detail}`, field };
    }
    const until = await extension(ports, proposal, {
      events: vote.events,
      ballots: [...earlier, ballot],
      now: receivedAt,
    });
    const artefact = ballotArtefact(proposal, ballot);
    await ports.store.transaction(async (tx) => {
      await tx.put(artefact);
      if (until === null) return;
      const extended = await command(tx, proposal, {
        commands: [{ type: 'extend-vote', until }],
        policy: ports.policy,
        now: receivedAt,
      });
      if (extended.ok) await tx.enqueue(jobOf('tally', proposal, { mark: String(until), notBefore: until }));
    });
    return { kind: 'accepted', artefact, repeated: false };
  };
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** New close when this ballot makes the quorum late; null otherwise. */
async function extension(
  ports: Ports,
  proposal: Digest,
  vote: {
    readonly events: Parameters<typeof stateNow>[0];
    readonly ballots: readonly Ballot[];
    readonly now: number;
  },
): Promise<number | null> {
  const state = stateNow(vote.events, vote.now);
  const closesAt = state.voteEndsAt ?? vote.now;
  if (state.extended || vote.now + ports.policy.lateQuorumExtensionSec <= closesAt) return null;
  const { facts, counted } = await recount(ports, { proposal, ...vote });
  return lateQuorumClose(
    { closedAt: closesAt, countedSupply: facts.countedSupply, policy: ports.policy },
    counted,
  );
}
