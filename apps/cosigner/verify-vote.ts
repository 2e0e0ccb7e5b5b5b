import { type Artefact, type ChainClock, recount, type RecountPorts } from '#libs/application/index';
import { type Policy, type ProposalEvent, retally, stateOf } from '#libs/governance/index';
import { accepted, refusal, refused, type Verdict } from './refusal.js';

export interface VoteEvidence {
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
  readonly ballots: readonly Artefact<'ballot'>[];
  readonly tally: Artefact<'tally'>;
}

/** The root of the vote, once every ballot was checked and counted again here and the proposal won. */
export async function verifyVote(vote: VoteEvidence, own: RecountPorts & { readonly clock: ChainClock }): Promise<Verdict<`0x${string}`>> {
  const { proposal, events, tally } = vote;
  const now = await own.clock.now();
  const { terms, voteEndsAt } = stateOf(events, now);
  const foreign = termsFault(proposal, terms) ?? durationFault(proposal, own.policy);
  if (foreign !== null) return refused(refusal('COS-126', foreign));
  if (voteEndsAt === null || now < voteEndsAt) return refused(refusal('COS-130', `the vote is open until ${voteEndsAt ?? 'never'}, the chain is at ${now}`));
  const ballots = vote.ballots.map(({ body }) => body);
  const { facts, counted, refused: uncounted } = await recount(own, { proposal: proposal.id, events, ballots, now });
  const differing = retally(tally.body, facts, counted);
  if (differing.length > 0) {
    const details = [...differing.map(({ field, claimed, recounted }) => `${field}: claimed ${claimed}, own ${recounted}`), ...uncounted.map(({ voter, refusal: why, detail }) => `${voter}: ${why}, ${detail}`)];
    return refused(refusal('COS-131', `${differing.length} field(s) of the tally differ`, details.slice(0, 12)));
  }
  if (tally.body.outcome !== 'succeeded') return refused(refusal('COS-130', `the vote was ${tally.body.outcome}`));
  return accepted(tally.body.root);
}

/** The events are the api's word; the terms they start from must be the proposal's own, which its id fixes. */
function termsFault({ body }: Artefact<'proposal'>, terms: ReturnType<typeof stateOf>['terms']): string | null {
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

/** Review and vote must last at least as long as the class demands, whatever the proposal states. */
function durationFault({ body }: Artefact<'proposal'>, policy: Policy): string | null {
  const rule = policy.classes[body.class];
  if (rule.path !== 'vote' || rule.reviewSec === null || rule.voteSec === null) return `class ${body.class} is not decided by a vote`;
  const { createdAt, reviewEndsAt, voteEndsAt } = body;
  if (reviewEndsAt === null || reviewEndsAt - createdAt < rule.reviewSec) return `its review is shorter than ${rule.reviewSec} s`;
  if (voteEndsAt === null || voteEndsAt - reviewEndsAt < rule.voteSec) return `its vote is shorter than ${rule.voteSec} s`;
  return null;
}
