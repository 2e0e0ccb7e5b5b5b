import type { Artefact, Digest } from '#libs/application/index';
import type { Choice } from '#libs/governance/index';
import { keccak256, toHex } from 'viem';
import { ballotTypedData, type BallotToSign } from '#libs/protocol/index';
import { drawVoters, type Voter } from '../deploy/voters.js';
import { actionText, short } from './lines.js';
import { expected, StoryStopped, type Stage } from './stage.js';
import { chainNow, passTime } from './time.js';

export interface Voted {
  readonly proposal: Artefact<'proposal'>;
  readonly tally: Artefact<'tally'>;
  readonly effect: Artefact<'effect'>;
  /** Ballots that the api accepted. */
  readonly accepted: number;
}

const PATIENCE_MS = 240_000;

/** The vote that a fast tightening opens at once: review, ballots, tally, the Council's Safe, the delay, the effect. */
export async function actVote(stage: Stage): Promise<Voted> {
  const { narrator, say } = stage;
  const proposal = await expected(
    'the vote on the tightening',
    narrator.awaited('proposal', ({ body }) => body.ratifies !== null && body.lever === 'margin-baseline'),
  );
  say('act 4', `the coalition votes on keeping it: ${proposal.body.text}`);
  await passTime(stage, (proposal.body.reviewEndsAt ?? 0) + 60, 'review');
  const accepted = await castBallots(stage, proposal);
  await passTime(stage, (proposal.body.voteEndsAt ?? 0) + 60, 'vote');
  const tally = await expected(
    'the tally',
    narrator.awaited('tally', ({ body }) => body.proposal === proposal.id, PATIENCE_MS),
  );
  if (tally.body.outcome !== 'succeeded')
    throw new StoryStopped(`the vote on ${short(proposal.id)} was ${tally.body.outcome}`);
  const readyAt = await scheduled(stage, proposal.id);
  await passTime(stage, readyAt + 60, 'delay of the executor');
  const effect = await expected('the effect of the vote', awaitEffect(stage, proposal));
  say('vote', `${actionText(proposal.body.action)} is the voted baseline now`);
  return { proposal, tally, effect, accepted };
}

/** Two voters are against, one abstains, the rest are for; one changes its mind. */
async function castBallots(stage: Stage, proposal: Artefact<'proposal'>): Promise<number> {
  const choices: readonly Choice[] = ['against', 'abstain', 'against'];
  let accepted = 0;
  for (const [index, voter] of drawVoters(stage.ground.seed).entries()) {
    if (await cast(stage, proposal, { voter, choice: choices[index] ?? 'for', nonce: 0 })) accepted += 1;
    if (index === 2 && (await cast(stage, proposal, { voter, choice: 'for', nonce: 1 }))) accepted += 1;
  }
  return accepted;
}

interface Vote {
  readonly voter: Voter;
  readonly choice: Choice;
  readonly nonce: number;
}

async function cast(
  stage: Stage,
  proposal: Artefact<'proposal'>,
  { voter, choice, nonce }: Vote,
): Promise<boolean> {
  const { ground, processes, say } = stage;
  const { evaluation, payloadHash, counterfactualHash, voteEndsAt } = proposal.body;
  const { chainId, contracts } = ground.deployment;
  const reasonHash = keccak256(toHex('reviewed the counterfactual table'));
  const ballot: BallotToSign = {
    proposal: proposal.id,
    evaluation,
    payloadHash,
    counterfactualHash,
    voter: voter.account.address,
    choice,
    reasonHash,
    nonce,
    deadline: voteEndsAt ?? 0,
    chainId,
    verifyingContract: contracts.coalitionToken,
  };
  const signature = await voter.account.signTypedData(ballotTypedData(ballot));
  const answer = await fetch(`${processes.apiUrl}/v1/proposals/${proposal.id}/ballots`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ballot, signature }),
  });
  if (!answer.ok) say('voter', `${voter.account.address} was refused: ${await answer.text()}`);
  return answer.ok;
}

async function scheduled({ store }: Stage, proposal: Digest): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const events = await store.transaction((tx) => tx.events(proposal));
    for (const event of events) if (event.type === 'OperationScheduled') return event.readyAt;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new StoryStopped(`the Council did not schedule ${short(proposal)}`);
}

/** A baseline ramps as well: time passes until the member's market shows it. */
async function awaitEffect(stage: Stage, proposal: Artefact<'proposal'>): Promise<Artefact<'effect'> | null> {
  const { narrator } = stage;
  const find = (patienceMs: number) =>
    narrator.awaited('effect', ({ body }) => body.proposal === proposal.id && body.asIntended, patienceMs);
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const found = await find(15_000);
    if (found !== null) return found;
    await passTime(stage, (await chainNow(stage)) + 3_660, 'ramp of the baseline');
  }
  return find(PATIENCE_MS);
}
