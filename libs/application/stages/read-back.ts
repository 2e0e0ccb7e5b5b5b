import { stateNow, type BlockRef, type ParameterChange, type ProposalState } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Digest, Effect, Proposal } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { isInForce, mustGet, proposalEvents, sameLever, standingProposals } from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'effects' | 'policy'>;

/** Chain seconds between two readings of a change that is still ramping, and between its pushes to the member. */
const READ_EVERY_SEC = 60;
/** The same for a value on its slow way back to the baseline. */
const RETURN_EVERY_SEC = 3_600;
const LANDING: ReadonlySet<string> = new Set(['Confirmed']);

/** Reads the parameters back from the member; until they equal the intent it has them pushed and reads again. */
export function readBackStage(ports: Ports) {
  return async (id: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const found = await ports.store.transaction(async (tx) => {
      const proposal = (await mustGet(tx, 'proposal', id)).body;
      const state = stateNow(await proposalEvents(tx, id), now);
      return { proposal, state, intended: await intendedChanges(tx, proposal, { state, now }) };
    });
    const { proposal, state } = found;
    if (!LANDING.has(state.name) && !isInForce(state.name))
      return { stage: 'read-back', artefacts: [], note: `nothing to read in ${state.name}` };
    const { values, block } = await ports.effects.readBack(proposal.action);
    const effect = effectOf(id, { ...found, values, block });
    return ports.store.transaction((tx) => record(tx, id, { ports, now, proposal, state, block, effect }));
  };
}

interface Reading {
  readonly proposal: Proposal;
  readonly state: ProposalState;
  readonly block: BlockRef;
  readonly effect: Artefact<'effect'>;
}

/** What the values should become: the change itself, or, once it lapses, the voted baseline. */
async function intendedChanges(
  tx: StageTransaction,
  proposal: Proposal,
  at: { readonly state: ProposalState; readonly now: number },
): Promise<readonly ParameterChange[]> {
  if (at.state.name !== 'Relaxing') return proposal.changes;
  const standing = await standingProposals(tx, at.now);
  const voted = standing.find(
    ({ artefact, state }) =>
      isInForce(state.name) && sameLever(artefact.body, { ...proposal, lever: 'margin-baseline' }),
  );
  const baseline = (field: string): number | undefined =>
    voted?.artefact.body.changes.find((c) => c.field === field)?.to;
  return proposal.changes.map((c) => ({ field: c.field, from: c.to, to: baseline(c.field) ?? c.from }));
}

function effectOf(
  id: Digest,
  read: {
    readonly intended: readonly ParameterChange[];
    readonly state: ProposalState;
    readonly values: Readonly<Record<string, number>>;
    readonly block: BlockRef;
  },
): Artefact<'effect'> {
  const changes = read.intended.map((change) => ({
    ...change,
    readBack: read.values[change.field] ?? Number.MIN_SAFE_INTEGER,
  }));
  const body: Effect = {
    proposal: id,
    submission: read.state.submission,
    changes,
    asIntended: changes.every(isReached),
    blockNumber: read.block.number,
    blockHash: read.block.hash,
  };
  return artefactOf('effect', { parentId: id, createdAt: read.state.since }, body);
}

/**
 * True when the value arrived. The member keeps the stricter of its own value and ours, so a cut has arrived at or below its
 * target, and a return at or above.
 */
function isReached({ field, from, to, readBack }: Effect['changes'][number]): boolean {
  if (field === 'spendUsd') return readBack === to;
  return to <= from ? readBack >= 0 && readBack <= to : readBack >= to;
}

async function record(
  tx: StageTransaction,
  id: Digest,
  at: Reading & { readonly ports: Ports; readonly now: number },
): Promise<StageOutcome> {
  const { effect, now, ports, state, block } = at;
  const note = effect.body.changes
    .map((c) => `${c.field} ${c.from} -> ${c.readBack} (intended ${c.to})`)
    .join(', ');
  const returning = state.name === 'Relaxing';
  if (isInForce(state.name) && !returning)
    return { stage: 'read-back', artefacts: [], note: `in force: ${note}` };
  if (!effect.body.asIntended) {
    const notBefore = now + (returning ? RETURN_EVERY_SEC : READ_EVERY_SEC);
    await tx.enqueue(jobOf('relay', id, { mark: `sync-${now}` }));
    await tx.enqueue(jobOf('read-back', id, { mark: String(now), notBefore }));
    return { stage: 'read-back', artefacts: [], note: `not there yet: ${note}` };
  }
  const asked = returning
    ? ({ type: 'record-return', effect: effect.id, block } as const)
    : ({ type: 'apply', effect: effect.id, asIntended: true, block } as const);
  const decision = await command(tx, id, { commands: [asked], policy: ports.policy, now });
  if (!decision.ok) return { stage: 'read-back', artefacts: [], note: refusalText(decision) };
  await tx.put(effect);
  if (!returning) await afterApplied(tx, id, at);
  return { stage: 'read-back', artefacts: [effect.id], note };
}

async function afterApplied(
  tx: StageTransaction,
  id: Digest,
  at: Reading & { readonly ports: Ports; readonly now: number },
): Promise<void> {
  await tx.enqueue(jobOf('capture', null, { mark: at.effect.id }));
  await tx.enqueue(jobOf('review', at.effect.id));
  const lapses = at.proposal.class === 'T';
  const notBefore = at.now + at.ports.policy.tighten.ttlSec;
  if (lapses) await tx.enqueue(jobOf('read-back', id, { mark: 'lapse', notBefore }));
}
