import { stateNow, type BlockRef, type Command } from '#libs/governance/index';
import type { Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { StageTransaction } from '../ports.js';
import { mustGet, proposalEvents } from '../store-reads.js';
import { note, type Attempt } from './journal.js';
import type { RelayPorts } from './relay-ports.js';

/** What a receipt says. */
export interface Receipt {
  readonly block: BlockRef;
  readonly status: 'success' | 'reverted';
  readonly gasUsed: string;
}

/** Proposal that an attempt carries out; null for a publication, a sync or a cancel. */
export async function proposalOfAttempt(tx: StageTransaction, attempt: Attempt): Promise<Digest | null> {
  const { purpose, intent } = attempt.artefact.body;
  if (purpose === 'execute-operation') return intent;
  if (purpose !== 'safe-transaction') return null;
  return (await mustGet(tx, 'safe-transaction', intent)).body.proposal;
}

/** The scheduled operation of a proposal, when the attempt was its scheduling. Read before the transaction that records it. */
export async function scheduledBy(
  ports: RelayPorts,
  attempt: Attempt,
): Promise<{ operation: Digest; readyAt: number } | null> {
  if (attempt.artefact.body.purpose !== 'safe-transaction') return null;
  const vote = await ports.store.transaction(async (tx) => {
    const transaction = (await mustGet(tx, 'safe-transaction', attempt.artefact.body.intent)).body;
    if (transaction.purpose !== 'schedule') return null;
    const proposal = (await mustGet(tx, 'proposal', transaction.proposal)).body;
    const state = stateNow(await proposalEvents(tx, transaction.proposal), Number.MAX_SAFE_INTEGER);
    return { id: transaction.proposal, proposal, tallyRoot: state.tallyRoot ?? proposal.payloadHash };
  });
  return vote === null ? null : ports.executor.scheduled(vote.id, vote.proposal, vote.tallyRoot);
}

/** Records that an attempt was mined, on its own stream and on its proposal's. */
export async function recordInclusion(
  tx: StageTransaction,
  attempt: Attempt,
  found: {
    readonly ports: RelayPorts;
    readonly now: number;
    readonly receipt: Receipt;
    readonly scheduled: { operation: Digest; readyAt: number } | null;
  },
): Promise<string> {
  const { ports, now, receipt, scheduled } = found;
  await note(tx, attempt, { type: 'Included', at: now, ...receipt });
  const proposal = await proposalOfAttempt(tx, attempt);
  if (proposal === null) return receipt.status;
  const commands = [
    ...(await takeOver(tx, proposal, { attempt, now })),
    outcomeCommand(attempt, receipt, scheduled),
  ];
  const decision = await command(tx, proposal, { commands, policy: ports.policy, now });
  if (!decision.ok) return refusalText(decision);
  for (const intent of decision.intents) {
    if (intent.type === 'execute-at')
      await tx.enqueue(jobOf('relay', proposal, { mark: receipt.block.hash, notBefore: intent.at }));
  }
  return receipt.status;
}

/** When another attempt than the one last recorded was mined, the record follows the chain. */
async function takeOver(
  tx: StageTransaction,
  proposal: Digest,
  at: { readonly attempt: Attempt; readonly now: number },
): Promise<readonly Command[]> {
  const { submission } = stateNow(await proposalEvents(tx, proposal), at.now);
  const successor = at.attempt.artefact.id;
  if (submission === null || submission === successor) return [];
  return [{ type: 'replace-submission', submission, successor }];
}

function outcomeCommand(
  attempt: Attempt,
  receipt: Receipt,
  scheduled: { operation: Digest; readyAt: number } | null,
): Command {
  const submission = attempt.artefact.id;
  const { block } = receipt;
  if (receipt.status === 'reverted')
    return { type: 'fail-submission', submission, reason: 'the transaction reverted on chain', block };
  if (scheduled !== null)
    return { type: 'record-schedule', operation: scheduled.operation, readyAt: scheduled.readyAt, block };
  return { type: 'mine', submission, block };
}

/** Records that an included attempt has its confirmations; an applied action is then read back. */
export async function recordSettled(
  tx: StageTransaction,
  attempt: Attempt,
  at: {
    readonly ports: RelayPorts;
    readonly now: number;
    readonly headNumber: number;
    readonly block: BlockRef;
  },
): Promise<void> {
  const { ports, now, headNumber, block } = at;
  await note(tx, attempt, { type: 'Settled', at: now, block });
  const proposal = await proposalOfAttempt(tx, attempt);
  if (proposal === null) return;
  const { confirmations } = ports.limits;
  const decision = await command(tx, proposal, {
    commands: [{ type: 'confirm', block, headNumber, confirmations }],
    policy: ports.policy,
    now,
  });
  if (decision.ok) await tx.enqueue(jobOf('read-back', proposal, { mark: block.hash }));
}

/** Records that the block of an attempt is gone: attempt and proposal go back. */
export async function recordReorg(
  tx: StageTransaction,
  attempt: Attempt,
  at: {
    readonly ports: RelayPorts;
    readonly now: number;
    readonly fromBlock: number;
    readonly finalisedBlock: number;
  },
): Promise<void> {
  const { ports, now, fromBlock, finalisedBlock } = at;
  await note(tx, attempt, { type: 'Uncled', at: now, fromBlock });
  const proposal = await proposalOfAttempt(tx, attempt);
  if (proposal === null) return;
  await command(tx, proposal, {
    commands: [{ type: 'reorg', fromBlock, finalisedBlock }],
    policy: ports.policy,
    now,
  });
}
