import { stateNow } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Digest, Proposal, SafeRole, SafeTransaction } from '../artefacts.js';
import type { PayloadCodec } from '../chain-ports.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { freeNonce, isDead, liveSafeTransactions } from '../safe-nonces.js';
import { mustGet, proposalEvents } from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'codec' | 'safes' | 'policy'>;

/** The Safe that carries out a proposal. */
export const roleOf = (proposal: Proposal): SafeRole =>
  proposal.class === 'T' || proposal.class === 'B0' ? 'responder' : 'council';

/** True when an authorised proposal has nothing to execute: the ratification of a spend that happened. */
const hasNoPayload = (proposal: Proposal): boolean =>
  proposal.ratifies !== null && proposal.lever === 'backstop-tranche';

/** Builds the Safe transaction of an authorised proposal, or builds it anew when the one before can never run. */
export function buildStage(ports: Ports) {
  return async (id: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const proposal = await ports.store.transaction((tx) => mustGet(tx, 'proposal', id));
    if (hasNoPayload(proposal.body)) return { stage: 'build', artefacts: [], note: 'nothing to execute' };
    const safe = await ports.safes.safe(roleOf(proposal.body));
    return ports.store.transaction((tx) => build(tx, proposal, { ports, now, safeNonce: safe.nonce }));
  };
}

async function build(
  tx: StageTransaction,
  proposal: Artefact<'proposal'>,
  at: { readonly ports: Ports; readonly now: number; readonly safeNonce: number },
): Promise<StageOutcome> {
  const { ports, now, safeNonce } = at;
  const state = stateNow(await proposalEvents(tx, proposal.id), now);
  const role = roleOf(proposal.body);
  const live = await liveSafeTransactions(tx, role, now);
  const previous =
    state.safeTransaction === null ? null : await tx.get('safe-transaction', state.safeTransaction);
  const others = live.filter((t) => t.id !== previous?.id).map((t) => t.body);
  const previousIsDead = previous !== null && isDead(previous.body, safeNonce, others);
  if (previous !== null && !previousIsDead) {
    await tx.enqueue(jobOf('co-sign', previous.id));
    return { stage: 'build', artefacts: [previous.id], note: 'built before' };
  }
  const body = safeTransactionOf(proposal, {
    codec: ports.codec,
    nonce: freeNonce(safeNonce, others),
    tallyRoot: state.tallyRoot,
  });
  const transaction = artefactOf('safe-transaction', { parentId: proposal.id, createdAt: now }, body);
  const decision = await command(tx, proposal.id, {
    commands: [{ type: 'open-signing', safeTransaction: transaction.id, previousIsDead }],
    policy: ports.policy,
    now,
  });
  if (!decision.ok) return { stage: 'build', artefacts: [], note: refusalText(decision) };
  await tx.put(transaction);
  await tx.enqueue(jobOf('co-sign', transaction.id));
  return {
    stage: 'build',
    artefacts: [transaction.id],
    note: `Safe transaction ${body.safeTxHash} at nonce ${body.nonce} of the ${role} Safe`,
  };
}

/** The Safe transaction that carries out a proposal: the fast call itself, or the scheduling of the voted one. */
export function safeTransactionOf(
  proposal: Artefact<'proposal'>,
  rest: { readonly codec: PayloadCodec; readonly nonce: number; readonly tallyRoot: Digest | null },
): SafeTransaction {
  const { codec, nonce, tallyRoot } = rest;
  const role = roleOf(proposal.body);
  const call =
    role === 'responder'
      ? codec.fastCall(proposal.id, proposal.body)
      : codec.scheduleCall(proposal.id, proposal.body, tallyRoot ?? proposal.body.payloadHash);
  const unsigned = {
    proposal: proposal.id,
    role,
    chainId: codec.chainId,
    safe: codec.safes[role],
    to: call.to,
    data: call.data,
    operation: 0 as const,
    nonce,
    validUntil: proposal.body.validUntil,
    purpose: role === 'responder' ? ('execute' as const) : ('schedule' as const),
  };
  return { ...unsigned, safeTxHash: codec.safeTxHash(unsigned) };
}
