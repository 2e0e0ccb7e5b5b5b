import { stateOf, type BlockRef, type ProposalState } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Digest, Effect, Proposal } from '../artefacts.js';
import { command, jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { mustGet, proposalEvents } from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'effects' | 'policy'>;

/** Chain seconds between two readings of a change that is still ramping, and between its pushes to the member. */
const READ_EVERY_SEC = 60;
const LANDING: ReadonlySet<string> = new Set(['Confirmed']);
const LIVE: ReadonlySet<string> = new Set(['Applied', 'Effective', 'Ineffective', 'Relaxing']);

/** Reads the parameters back from the member; until they equal the intent it has them pushed and reads again. */
export function readBackStage(ports: Ports) {
  return async (id: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const { proposal, state } = await ports.store.transaction(async (tx) => ({
      proposal: (await mustGet(tx, 'proposal', id)).body,
      state: stateOf(await proposalEvents(tx, id), now),
    }));
    if (!LANDING.has(state.name) && !LIVE.has(state.name))
      return { stage: 'read-back', artefacts: [], note: `nothing to read in ${state.name}` };
    const { values, block } = await ports.effects.readBack(proposal.action);
    const found: Reading = {
      proposal,
      state,
      block,
      effect: effectOf(proposal, { id, state, values, block }),
    };
    return ports.store.transaction((tx) => record(tx, id, { ports, now, ...found }));
  };
}

interface Reading {
  readonly proposal: Proposal;
  readonly state: ProposalState;
  readonly block: BlockRef;
  readonly effect: Artefact<'effect'>;
}

function effectOf(
  proposal: Proposal,
  read: {
    readonly id: Digest;
    readonly state: ProposalState;
    readonly values: Readonly<Record<string, number>>;
    readonly block: BlockRef;
  },
): Artefact<'effect'> {
  const returning = read.state.name === 'Relaxing';
  const changes = proposal.changes.map((change) => {
    const intended = returning ? { ...change, from: change.to, to: change.from } : change;
    return { ...intended, readBack: read.values[change.field] ?? Number.MIN_SAFE_INTEGER };
  });
  const asIntended = changes.every((change) => change.readBack === change.to);
  const body: Effect = {
    proposal: read.id,
    submission: read.state.submission,
    changes,
    asIntended,
    blockNumber: read.block.number,
    blockHash: read.block.hash,
  };
  return artefactOf('effect', { parentId: read.id, createdAt: read.state.since }, body);
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
  if (LIVE.has(state.name) && state.name !== 'Relaxing')
    return { stage: 'read-back', artefacts: [], note: `in force: ${note}` };
  if (!effect.body.asIntended) {
    await tx.enqueue(jobOf('relay', id, { mark: `sync-${now}` }));
    await tx.enqueue(jobOf('read-back', id, { mark: String(now), notBefore: now + READ_EVERY_SEC }));
    return { stage: 'read-back', artefacts: [], note: `not there yet: ${note}` };
  }
  const asked =
    state.name === 'Relaxing'
      ? ({ type: 'record-return', effect: effect.id, block } as const)
      : ({ type: 'apply', effect: effect.id, asIntended: true, block } as const);
  const decision = await command(tx, id, { commands: [asked], policy: ports.policy, now });
  if (!decision.ok) return { stage: 'read-back', artefacts: [], note: decision.refusal.reason };
  await tx.put(effect);
  if (asked.type === 'apply') {
    await tx.enqueue(jobOf('capture', null, { mark: effect.id }));
    await tx.enqueue(jobOf('review', effect.id));
    const lapsesAt = at.proposal.class === 'T' ? now + ports.policy.tighten.ttlSec : null;
    if (lapsesAt !== null) await tx.enqueue(jobOf('read-back', id, { mark: 'lapse', notBefore: lapsesAt }));
  }
  return { stage: 'read-back', artefacts: [effect.id], note };
}
