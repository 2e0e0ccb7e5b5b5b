import { type Artefact, type ChainClock, recount, type RecountPorts } from '#libs/application/index';
import { type ProposalEvent, retally, stateOf } from '#libs/governance/index';
import { accepted, refusal, refused, type Verdict } from './refusal.js';

export interface VoteEvidence {
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
  readonly ballots: readonly Artefact<'ballot'>[];
  readonly tally: Artefact<'tally'>;
}

/** The root of the vote, once every ballot was checked and counted again here and the proposal won. */
export async function verifyVote(
  vote: VoteEvidence,
  own: RecountPorts & { readonly clock: ChainClock },
): Promise<Verdict<`0x${string}`>> {
  const { proposal, events, tally } = vote;
  const now = await own.clock.now();
  const { terms, voteEndsAt } = stateOf(events, now);
  const foreign = termsFault(proposal, terms);
  if (foreign !== null) return refused(refusal('COS-126', foreign));
  if (voteEndsAt === null || now < voteEndsAt)
    return refused(
      refusal('COS-130', `the vote is open until ${voteEndsAt ?? 'never'}, the chain is at ${now}`),
    );
  const ballots = vote.ballots.map(({ body }) => body);
  const {
    facts,
    counted,
    refused: uncounted,
  } = await recount(own, { proposal: proposal.id, events, ballots, now });
  const differing = retally(tally.body, facts, counted);
  if (differing.length > 0) {
    const details = [
      ...differing.map(({ field, claimed, recounted }) => `${field}: claimed ${claimed}, own ${recounted}`),
      ...uncounted.map(({ voter, refusal: why, detail }) => `${voter}: ${why}, ${detail}`),
    ];
    return refused(
      refusal('COS-131', `${differing.length} field(s) of the tally differ`, details.slice(0, 12)),
    );
  }
  if (tally.body.outcome !== 'succeeded')
    return refused(refusal('COS-130', `the vote was ${tally.body.outcome}`));
  return accepted(tally.body.root);
}

/** The events are the api's word; the terms they start from must be the proposal's own, which its id fixes and whose times are checked against its evaluation. */
function termsFault(
  { body }: Artefact<'proposal'>,
  terms: ReturnType<typeof stateOf>['terms'],
): string | null {
  const pairs = [
    ['class', body.class, terms.class],
    ['evaluation', body.evaluation, terms.evaluation],
    ['payloadHash', body.payloadHash, terms.payloadHash],
    ['counterfactualHash', body.counterfactualHash, terms.counterfactualHash],
    ['timepoint', body.timepoint, terms.timepoint],
    ['reviewEndsAt', body.reviewEndsAt, terms.reviewEndsAt],
    ['voteEndsAt', body.voteEndsAt, terms.voteEndsAt],
  ] as const;
  const wrong = pairs.find(([, own, stated]) => own !== stated);
  return wrong === undefined ? null : `the events state ${wrong[0]} ${wrong[2]}, the proposal ${wrong[1]}`;
}
