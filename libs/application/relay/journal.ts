import { digestOf } from '#libs/canonical/index';
import type { BlockRef, SubmissionEvent } from '#libs/governance/index';
import type { Address, Artefact, Digest } from '../artefacts.js';
import type { StageTransaction } from '../ports.js';

/** Where one journalled attempt stands, by its own events. */
export interface Attempt {
  readonly artefact: Artefact<'submission'>;
  readonly events: readonly SubmissionEvent[];
  /** `included`: mined; `settled`: with its confirmations, watched until its block is final. */
  readonly status: 'live' | 'included' | 'settled' | 'final' | 'superseded' | 'dropped';
  readonly journalledAt: number;
  readonly inclusion: { readonly block: BlockRef; readonly status: 'success' | 'reverted' } | null;
}

/** Stream in which a sender's nonces are reserved; two relayers with one key cannot reserve the same. */
export const senderStream = (chainId: number, sender: Address): Digest =>
  digestOf({ chainId, sender: sender.toLowerCase() });

/** Reads an attempt with its state. */
export async function readAttempt(tx: StageTransaction, artefact: Artefact<'submission'>): Promise<Attempt> {
  const events = (await tx.events(artefact.id)) as readonly SubmissionEvent[];
  let status: Attempt['status'] = 'live';
  let inclusion: Attempt['inclusion'] = null;
  for (const event of events) {
    if (event.type === 'Included')
      [status, inclusion] = ['included', { block: event.block, status: event.status }];
    if (event.type === 'Uncled') [status, inclusion] = ['live', null];
    if (event.type === 'Settled') status = 'settled';
    if (event.type === 'Finalised') status = 'final';
    if (event.type === 'Superseded' && status === 'live') status = 'superseded';
    if (event.type === 'Dropped') status = 'dropped';
  }
  return { artefact, events, status, inclusion, journalledAt: events[0]?.at ?? artefact.createdAt };
}

/** Attempts of one intent, oldest first. */
export async function attemptsOf(tx: StageTransaction, intent: Digest): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const artefact of await tx.children('submission', intent))
    attempts.push(await readAttempt(tx, artefact));
  return attempts;
}

/** Appends facts to an attempt's own stream. */
export async function note(
  tx: StageTransaction,
  attempt: Attempt,
  ...events: readonly SubmissionEvent[]
): Promise<void> {
  await tx.append(attempt.artefact.id, events, attempt.events.length);
}

/** A sender's reserved nonces, in the order they were reserved. */
export async function reservedNonces(
  tx: StageTransaction,
  stream: Digest,
): Promise<readonly { readonly submission: Digest; readonly nonce: number }[]> {
  const events = await tx.events(stream);
  return events.flatMap((e) =>
    e.type === 'NonceReserved' ? [{ submission: e.submission, nonce: e.nonce }] : [],
  );
}

/** Next nonce from chain and journal: never below what the chain has mined, never one that a journalled attempt holds. */
export function nextNonce(minedNonce: number, reserved: readonly { readonly nonce: number }[]): number {
  return reserved.reduce((next, { nonce }) => Math.max(next, nonce + 1), minedNonce);
}
