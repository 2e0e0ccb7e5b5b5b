import { stateNow, type Command, type Judgement } from '#libs/governance/index';
import { digestOf } from '#libs/canonical/index';
import type { Artefact, Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { RemainingBounds, StageTransaction } from '../ports.js';
import { ratificationOf, termsOf } from '../proposals.js';
import {
  attestersOf,
  isOpen,
  judgeNow,
  mustGet,
  proposalEvents,
  sameLever,
  standingProposals,
  registryState,
  type RegistryState,
} from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'attesters' | 'bounds' | 'policy'>;

interface Present {
  readonly ports: Ports;
  readonly now: number;
  readonly registry: RegistryState;
  readonly judgement: Judgement;
  readonly bounds: RemainingBounds;
}

/** Sends a simulated proposal on its way: the fast path by rule and attestations, the others into review. */
export function authoriseStage(ports: Ports) {
  return async (id: Digest): Promise<StageOutcome> => {
    const [now, registry] = [await ports.clock.now(), await registryState(ports.attesters)];
    const judgement = await ports.store.transaction((tx) => judgeNow(tx, now, ports.policy));
    const present: Present = {
      ports,
      now,
      registry,
      judgement,
      bounds: await ports.bounds.remaining(judgement.regime),
    };
    const note = await ports.store.transaction((tx) => authorise(tx, id, present));
    return { stage: 'authorise', artefacts: [id], note };
  };
}

async function authorise(tx: StageTransaction, id: Digest, present: Present): Promise<string> {
  const proposal = await mustGet(tx, 'proposal', id);
  const state = stateNow(await proposalEvents(tx, id), present.now);
  if (state.name === 'FastAuthorised') {
    await tx.enqueue(jobOf('build', id));
    return 'authorised before';
  }
  const fast = present.ports.policy.classes[proposal.body.class].path === 'fast';
  const asked: Command = fast
    ? await fastCommand(tx, proposal, present)
    : { type: 'open-review', proposer: 'coalition rule' };
  const decision = await command(tx, id, {
    commands: [asked],
    policy: present.ports.policy,
    now: present.now,
  });
  if (!decision.ok) return refusalText(decision);
  for (const intent of decision.intents) {
    if (intent.type === 'build-safe-transaction') await tx.enqueue(jobOf('build', id));
    if (intent.type === 'collect-ballots') await tx.enqueue(jobOf('tally', id, { notBefore: intent.until }));
    if (intent.type === 'open-ratification') await openRatification(tx, proposal, present);
  }
  return fast
    ? `authorised on the fast path in ${present.judgement.regime}`
    : `review until ${proposal.body.reviewEndsAt}, vote until ${proposal.body.voteEndsAt}`;
}

async function fastCommand(
  tx: StageTransaction,
  proposal: Artefact<'proposal'>,
  present: Present,
): Promise<Command> {
  const { member, asset, evaluation, createdAt } = proposal.body;
  const margin = present.bounds.margins.find((b) => b.member === member && b.asset === asset);
  const backstop = present.bounds.backstops.find((b) => b.member === member && b.collateral === asset);
  return {
    type: 'authorise-fast',
    judgement: present.judgement,
    attestations: (await attestersOf(tx, evaluation, present.registry)).size,
    evaluationTime: createdAt,
    latestEvaluation: present.judgement.judged?.evaluation ?? present.registry.link.parentDigest,
    budget: { stepBps: margin?.maxStepBps ?? 0, spendUsd: backstop?.maxSpendUsd ?? 0, notBefore: 0 },
  };
}

/** The vote a fast action opens at once. A second step while one is open belongs to the same chain and opens none. */
async function openRatification(
  tx: StageTransaction,
  fast: Artefact<'proposal'>,
  present: Present,
): Promise<void> {
  const { ports, now } = present;
  const remedy = (await mustGet(tx, 'remedy', fast.body.remedy)).body;
  const vote = ratificationOf(fast, remedy, ports);
  const open = (await standingProposals(tx, now)).filter(
    (p) => isOpen(p) && p.artefact.id !== fast.id && sameLever(p.artefact.body, vote.body),
  );
  if (open.length > 0 || (await proposalEvents(tx, vote.id)).length > 0) return;
  const { simulation, text } = vote.body;
  const commands: Command[] = [
    { type: 'draft', proposal: vote.id, terms: termsOf(vote.body, ports.policy), openForSameLever: [] },
    {
      type: 'simulate',
      ...simulation,
      payloadMatchesText: ports.codec.describe(vote.body.action) === text,
      textHash: digestOf(text),
    },
    { type: 'open-review', proposer: 'coalition rule' },
  ];
  const decision = await command(tx, vote.id, { commands, policy: ports.policy, now });
  if (!decision.ok) return;
  await tx.put(vote);
  await tx.enqueue(jobOf('tally', vote.id, { notBefore: vote.body.voteEndsAt ?? now }));
}
