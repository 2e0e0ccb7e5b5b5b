import { stateNow, type Command, type SubmissionEvent } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Call, Digest, Submission, SubmissionPurpose } from '../artefacts.js';
import { command } from '../commanding.js';
import { proposalEvents } from '../store-reads.js';
import type { StageTransaction } from '../ports.js';
import { FeeCapError } from './errors.js';
import type { Intent } from './intent.js';
import { nextNonce, note, reservedNonces, senderStream, type Attempt } from './journal.js';
import type { RelayOutcome, RelayPorts } from './relay-ports.js';

const GAS_MARGIN_PERCENT = 130;
const BUMP_NUMERATOR = 1_125n;
const BUMP_DENOMINATOR = 1_000n;
const CANCEL_GAS = 21_000;

interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** Twice the base fee, so that six full blocks in a row do not price the transaction out. */
async function currentFees(ports: RelayPorts): Promise<Fees> {
  const { baseFee, priorityFee } = await ports.chain.fees();
  return capped(ports, { maxFeePerGas: 2n * baseFee + priorityFee, maxPriorityFeePerGas: priorityFee });
}

function capped(ports: RelayPorts, fees: Fees): Fees {
  if (fees.maxFeePerGas > ports.limits.maxFeePerGas)
    throw new FeeCapError(String(fees.maxFeePerGas), String(ports.limits.maxFeePerGas));
  return fees;
}

const bump = (fee: bigint): bigint => (fee * BUMP_NUMERATOR + BUMP_DENOMINATOR - 1n) / BUMP_DENOMINATOR;
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Fees that nodes accept as a replacement: at least 12.5 % above the old in both fields, and not below the present market. */
export function replacementFees(
  old: Pick<Submission, 'maxFeePerGas' | 'maxPriorityFeePerGas'>,
  market: Fees,
): Fees {
  return {
    maxFeePerGas: larger(bump(BigInt(old.maxFeePerGas)), market.maxFeePerGas),
    maxPriorityFeePerGas: larger(bump(BigInt(old.maxPriorityFeePerGas)), market.maxPriorityFeePerGas),
  };
}

interface Draft extends Fees {
  readonly intent: Digest;
  readonly purpose: SubmissionPurpose;
  readonly call: Call;
  readonly nonce: number;
  readonly gas: number;
}

/** Signs an attempt. Its bytes leave the process only after the journal holds them. */
async function signed(ports: RelayPorts, draft: Draft, now: number): Promise<Artefact<'submission'>> {
  const { intent, purpose, call, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = draft;
  const { raw, hash } = await ports.chain.sign({ ...call, nonce, gas, maxFeePerGas, maxPriorityFeePerGas });
  const body: Submission = {
    intent,
    purpose,
    chainId: ports.chain.chainId,
    from: ports.chain.sender,
    to: call.to,
    data: call.data,
    nonce,
    raw,
    hash,
    gas,
    maxFeePerGas: String(maxFeePerGas),
    maxPriorityFeePerGas: String(maxPriorityFeePerGas),
  };
  return artefactOf('submission', { parentId: intent, createdAt: now }, body);
}

/** Sends an intent for the first time: simulate, reserve a nonce, journal, broadcast. */
export async function sendFirst(ports: RelayPorts, intent: Intent, now: number): Promise<RelayOutcome> {
  const simulated = await ports.chain.simulate(intent.call);
  if (simulated.kind !== 'ok') {
    const final = simulated.kind === 'reverts' && intent.purpose === 'sync';
    return {
      kind: final ? 'done' : 'waiting',
      note: `not sent, ${simulated.kind}: ${simulated.reason}`,
      submission: null,
    };
  }
  const fees = await currentFees(ports);
  const stream = senderStream(ports.chain.chainId, ports.chain.sender);
  const mined = await ports.chain.minedNonce();
  const reserved = await ports.store.transaction((tx) => reservedNonces(tx, stream));
  const gas = Math.ceil((simulated.gas * GAS_MARGIN_PERCENT) / 100);
  const submission = await signed(
    ports,
    {
      ...fees,
      gas,
      intent: intent.id,
      purpose: intent.purpose,
      call: intent.call,
      nonce: nextNonce(mined, reserved),
    },
    now,
  );
  const refusal = await ports.store.transaction((tx) =>
    journalFirst(tx, submission, { ports, intent, now, stream, reserved: reserved.length }),
  );
  if (refusal !== null) return { kind: 'done', note: refusal, submission: null };
  return broadcast(ports, submission, now);
}

interface FirstJournal {
  readonly ports: RelayPorts;
  readonly intent: Intent;
  readonly now: number;
  readonly stream: Digest;
  readonly reserved: number;
}

async function journalFirst(
  tx: StageTransaction,
  submission: Artefact<'submission'>,
  at: FirstJournal,
): Promise<string | null> {
  const { intent, now } = at;
  if (intent.proposal !== null) {
    const commands = [await attemptCommand(tx, intent.proposal, { submission: submission.id, now })];
    const decision = await command(tx, intent.proposal, { commands, policy: at.ports.policy, now });
    if (!decision.ok) return decision.refusal.reason;
  }
  await tx.append(
    at.stream,
    [{ type: 'NonceReserved', at: now, submission: submission.id, nonce: submission.body.nonce }],
    at.reserved,
  );
  await tx.put(submission);
  await tx.append(submission.id, [{ type: 'Journalled', at: now }], 0);
  return null;
}

/** A further attempt takes the place of the one that was lost. */
async function attemptCommand(
  tx: StageTransaction,
  proposal: Digest,
  at: { readonly submission: Digest; readonly now: number },
): Promise<Command> {
  const state = stateNow(await proposalEvents(tx, proposal), at.now);
  const lost = state.name === 'Submitted' || state.name === 'Stuck' ? state.submission : null;
  if (lost === null) return { type: 'submit', submission: at.submission };
  return { type: 'replace-submission', submission: lost, successor: at.submission };
}

/** Hands the signed bytes of a journalled attempt to the node. Safe to repeat: the bytes and so the hash are the same. */
export async function broadcast(
  ports: RelayPorts,
  submission: Artefact<'submission'>,
  now: number,
): Promise<RelayOutcome> {
  const outcome = await ports.chain.broadcast(submission.body.raw);
  if (outcome === 'accepted' || outcome === 'already-known') {
    await ports.store.transaction(async (tx) => {
      const events = await tx.events(submission.id);
      const told = events.some((e) => e.type === 'Broadcast');
      const event: SubmissionEvent = { type: 'Broadcast', at: now, outcome };
      if (!told) await tx.append(submission.id, [event], events.length);
    });
  }
  return {
    kind: 'waiting',
    note: `broadcast ${submission.body.hash} at nonce ${submission.body.nonce}: ${outcome}`,
    submission: submission.id,
  };
}

/** Replaces a stuck attempt at its nonce with higher fees: the same call, or a cancel when it must no longer be sent. */
export async function replace(
  ports: RelayPorts,
  attempt: Attempt,
  at: { readonly now: number; readonly cancel: boolean; readonly proposal: Digest | null },
): Promise<RelayOutcome> {
  const { body } = attempt.artefact;
  const fees = capped(ports, replacementFees(body, await currentFees(ports)));
  const call: Call = at.cancel ? { to: ports.chain.sender, data: '0x' } : { to: body.to, data: body.data };
  const purpose = at.cancel ? 'cancel' : body.purpose;
  const gas = at.cancel ? CANCEL_GAS : body.gas;
  const successor = await signed(
    ports,
    { ...fees, intent: body.intent, purpose, call, nonce: body.nonce, gas },
    at.now,
  );
  await ports.store.transaction(async (tx) => {
    await tx.put(successor);
    await tx.append(successor.id, [{ type: 'Journalled', at: at.now }], 0);
    await note(tx, attempt, { type: 'Superseded', at: at.now, by: successor.id });
    if (at.proposal === null) return;
    const next: Command = at.cancel
      ? {
          type: 'fail-submission',
          submission: attempt.artefact.id,
          reason: 'no longer valid; its nonce is used up by a cancel',
          block: null,
        }
      : { type: 'replace-submission', submission: attempt.artefact.id, successor: successor.id };
    await command(tx, at.proposal, { commands: [next], policy: ports.policy, now: at.now });
  });
  return broadcast(ports, successor, at.now);
}
