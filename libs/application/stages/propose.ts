import { digestOf } from '#libs/canonical/index';
import type { BlockRef, Command } from '#libs/governance/index';
import type { Artefact, Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { proposalOf, termsOf } from '../proposals.js';
import { isOpen, mustGet, proposalEvents, sameLever, standingProposals } from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'simulator' | 'policy'>;

/** Simulates each action of a remedy on a fork and opens one proposal per action. */
export function proposeStage(ports: Ports) {
  return async (remedyId: Digest): Promise<StageOutcome> => {
    const { remedy, evaluation, known } = await ports.store.transaction(async (tx) => {
      const found = (await mustGet(tx, 'remedy', remedyId)).body;
      return {
        remedy: found,
        evaluation: await mustGet(tx, 'evaluation', found.evaluation),
        known: await tx.children('proposal', remedyId),
      };
    });
    const pinned = evaluation.body.blocks[0];
    const block: BlockRef = { number: pinned?.number ?? 0, hash: pinned?.hash ?? evaluation.id };
    const proposals: Artefact<'proposal'>[] = [];
    for (const action of remedy.actions) {
      const earlier = known.find((p) => digestOf(p.body.action) === digestOf(action));
      const simulation = earlier?.body.simulation ?? (await ports.simulator.simulate(action, block));
      const source = {
        parentId: remedyId,
        remedyId,
        remedy,
        evaluationTime: evaluation.body.t0,
        action,
        simulation,
      };
      proposals.push(proposalOf(source, ports.codec, ports.policy));
    }
    const now = await ports.clock.now();
    const notes = await ports.store.transaction(async (tx) => {
      const lines: string[] = [];
      for (const proposal of proposals) lines.push(await open(tx, proposal, { ports, now }));
      return lines;
    });
    return {
      stage: 'propose',
      artefacts: proposals.map((p) => p.id),
      note: notes.join('; ') || 'nothing to propose',
    };
  };
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
  const others = (await standingProposals(tx, now)).filter(
    (p) => isOpen(p) && sameLever(p.artefact.body, proposal.body),
  );
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
