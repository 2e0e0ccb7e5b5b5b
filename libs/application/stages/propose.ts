import { digestOf } from '#libs/canonical/index';
import type { Command } from '#libs/governance/index';
import type { Artefact, Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { proposalOf, termsOf } from '../proposals.js';
import {
  isOpen,
  mustGet,
  proposalEvents,
  sameLever,
  standingProposals,
  type StandingProposal,
} from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'attesters' | 'simulator' | 'policy'>;

/** Chain seconds to wait for the registry to hold the evaluation. */
const WAIT_SEC = 2;

/**
 * Simulates each action of a remedy on a fork of the head and opens one proposal per action. The contracts judge a fast call by
 * their newest evaluation, so the simulation waits until the registry holds the one that shows the breach.
 */
export function proposeStage(ports: Ports) {
  return async (remedyId: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const link = await ports.attesters.link();
    const found = await ports.store.transaction(async (tx) => {
      const remedy = (await mustGet(tx, 'remedy', remedyId)).body;
      const evaluation = await mustGet(tx, 'evaluation', remedy.evaluation);
      return { remedy, evaluationTime: evaluation.body.t0, known: await tx.children('proposal', remedyId) };
    });
    if (link.parentDigest !== found.remedy.evaluation)
      return waitForRegistry(ports, remedyId, { ...found, now });
    const proposals: Artefact<'proposal'>[] = [];
    for (const action of found.remedy.actions) {
      const earlier = found.known.find((p) => digestOf(p.body.action) === digestOf(action));
      const simulation = earlier?.body.simulation ?? (await ports.simulator.simulate(action, 'latest'));
      const { remedy, evaluationTime } = found;
      const source = { parentId: remedyId, remedyId, remedy, evaluationTime, action, simulation };
      proposals.push(proposalOf(source, ports.codec, ports.policy));
    }
    const notes = await ports.store.transaction(async (tx) => {
      const lines: string[] = [];
      for (const proposal of proposals) lines.push(await open(tx, proposal, { ports, now }));
      return lines;
    });
    const artefacts = proposals.map((p) => p.id);
    return { stage: 'propose', artefacts, note: notes.join('; ') || 'nothing to propose' };
  };
}

async function waitForRegistry(
  ports: Ports,
  remedyId: Digest,
  at: { readonly evaluationTime: number; readonly now: number },
): Promise<StageOutcome> {
  const { now, evaluationTime } = at;
  if (now > evaluationTime + ports.policy.maxEvaluationAgeSec) {
    return {
      stage: 'propose',
      artefacts: [],
      note: 'the evaluation grew too old before the registry held it',
    };
  }
  const again = jobOf('propose', remedyId, { mark: String(now), notBefore: now + WAIT_SEC });
  await ports.store.transaction((tx) => tx.enqueue(again));
  return { stage: 'propose', artefacts: [], note: 'waits until the registry holds the evaluation' };
}

async function open(
  tx: StageTransaction,
  proposal: Artefact<'proposal'>,
  at: { readonly ports: Ports; readonly now: number },
): Promise<string> {
  const { ports, now } = at;
  if ((await proposalEvents(tx, proposal.id)).length > 0) {
    await tx.enqueue(jobOf('authorise', proposal.id));
    return `${proposal.body.text} (proposed before)`;
  }
  const others = await rivals(tx, proposal, at);
  const { simulation, text, action } = proposal.body;
  const commands: Command[] = [
    {
      type: 'draft',
      proposal: proposal.id,
      terms: termsOf(proposal.body, ports.policy),
      openForSameLever: others.map((p) => p.artefact.id),
    },
    {
      type: 'simulate',
      selfInflictedLiquidations: simulation.selfInflictedLiquidations,
      revertReason: simulation.revertReason,
      payloadMatchesText:
        ports.codec.describe(action) === text &&
        ports.codec.payloadHash(action) === proposal.body.payloadHash,
      textHash: digestOf(text),
    },
  ];
  const decision = await command(tx, proposal.id, { commands, policy: ports.policy, now });
  if (!decision.ok) return refusalText(decision);
  await tx.put(proposal);
  if (decision.intents.some((intent) => intent.type === 'authorise'))
    await tx.enqueue(jobOf('authorise', proposal.id));
  return text;
}

const BEFORE_CHAIN: ReadonlySet<string> = new Set([
  'Draft',
  'Simulated',
  'FastAuthorised',
  'Signing',
  'Queued',
]);

/**
 * Open proposals on the same lever. A fast one that rests on an older evaluation and has not reached the chain can no longer
 * run there, so the newer takes its place.
 */
async function rivals(
  tx: StageTransaction,
  proposal: Artefact<'proposal'>,
  at: { readonly ports: Ports; readonly now: number },
): Promise<readonly StandingProposal[]> {
  const remaining: StandingProposal[] = [];
  for (const other of await standingProposals(tx, at.now)) {
    if (!isOpen(other) || !sameLever(other.artefact.body, proposal.body)) continue;
    const outdated =
      other.artefact.body.createdAt < proposal.body.createdAt && BEFORE_CHAIN.has(other.state.name);
    const reason = `superseded on evaluation ${proposal.body.evaluation}`;
    const by = { role: 'system', ids: ['propose'] } as const;
    const commands: readonly Command[] = outdated ? [{ type: 'cancel', by, reason }] : [];
    const decision = await command(tx, other.artefact.id, { commands, policy: at.ports.policy, now: at.now });
    if (!outdated || !decision.ok) remaining.push(other);
  }
  return remaining;
}
