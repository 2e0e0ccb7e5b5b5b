import type { BlockRef } from '#libs/governance/index';
import type { Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { StageOutcome } from '../line-ports.js';
import { mustGet, registryState } from '../store-reads.js';
import { proposalOfAttempt, recordInclusion, recordReorg, recordSettled, scheduledBy } from './inclusion.js';
import { resolveIntent, type ChainFacts, type Resolution } from './intent.js';
import { attemptsOf, note, type Attempt } from './journal.js';
import type { RelayOutcome, RelayPorts } from './relay-ports.js';
import { broadcast, replace, sendFirst } from './sending.js';

/** Chain seconds after which a sync may be sent again. */
const SYNC_EVERY_SEC = 30;

/**
 * One pass over one intent: first what was journalled before is looked up on the chain and taken further; only when nothing is
 * under way and something authorised is still to be sent, a new attempt is made. Safe to repeat at any time and after any crash:
 * an attempt is journalled before it is broadcast, and a journalled attempt is looked up before anything new is signed.
 */
export function relaySubmission(ports: RelayPorts) {
  return async (intentId: Digest): Promise<RelayOutcome> => {
    const head = await ports.chain.head();
    const attempts = await ports.store.transaction((tx) => attemptsOf(tx, intentId));
    const pass: Pass = { ports, intentId, now: head.timestamp, headNumber: head.number, attempts };
    const watched = attempts.filter((a) => a.status === 'settled' && a.artefact.body.purpose !== 'sync');
    for (const attempt of watched) {
      const lost = await watch(pass, attempt);
      if (lost !== null) return lost;
    }
    const outcome = await advanceAttempts(pass, watched.length > 0);
    const stillWatched = outcome.kind === 'done' && watched.length > 0;
    return stillWatched ? { ...outcome, kind: 'watching' } : outcome;
  };
}

/** A push to the member is not sent from a pass that only watches for finality. */
async function advanceAttempts(pass: Pass, watching: boolean): Promise<RelayOutcome> {
  const { ports, attempts, now } = pass;
  const included = attempts.find((a) => a.status === 'included');
  if (included !== undefined) return settle(pass, included);
  for (const attempt of attempts.filter((a) => a.status === 'live' || a.status === 'superseded')) {
    const outcome = await lookUp(pass, attempt);
    if (outcome !== null) return outcome;
  }
  const live = attempts.find((a) => a.status === 'live');
  const resolution = await resolve(pass);
  if (live !== undefined) return carryOn(pass, live, resolution);
  if (resolution.intent === null)
    return { kind: resolution.final ? 'done' : 'waiting', note: resolution.reason, submission: null };
  const { validUntil, purpose } = resolution.intent;
  if (now > validUntil) return { kind: 'done', note: `was valid until ${validUntil}`, submission: null };
  if (purpose === 'sync' && (watching || attempts.some((a) => now - a.journalledAt < SYNC_EVERY_SEC)))
    return { kind: 'done', note: 'pushed just now', submission: null };
  return sendFirst(ports, resolution.intent, now);
}

interface Pass {
  readonly ports: RelayPorts;
  readonly headNumber: number;
  readonly intentId: Digest;
  readonly now: number;
  readonly attempts: readonly Attempt[];
}

async function resolve({ ports, intentId, now }: Pass): Promise<Resolution> {
  const registry = await registryState(ports.attesters);
  const [responder, council] = [await ports.safes.safe('responder'), await ports.safes.safe('council')];
  const facts: ChainFacts = { now, registry, owners: { responder, council } };
  return ports.store.transaction((tx) => resolveIntent(tx, intentId, { ports, facts }));
}

/** Where an attempt was mined. */
const blockOf = (attempt: Attempt): BlockRef =>
  attempt.inclusion?.block ?? { number: 0, hash: attempt.artefact.id };

/** Moves attempt and proposal back when the block is no longer part of the chain; null while it is. */
async function reorgOf({ ports, now }: Pass, attempt: Attempt): Promise<RelayOutcome | null> {
  const { number: fromBlock, hash } = blockOf(attempt);
  if ((await ports.chain.blockHash(fromBlock)) === hash) return null;
  const finalisedBlock = (await ports.chain.finalised()).number;
  await ports.store.transaction((tx) => recordReorg(tx, attempt, { ports, now, fromBlock, finalisedBlock }));
  return {
    kind: 'waiting',
    note: `block ${fromBlock} was reorganised away`,
    submission: attempt.artefact.id,
  };
}

/** Takes an included attempt to its confirmations, or back when its block is gone. */
async function settle(pass: Pass, attempt: Attempt): Promise<RelayOutcome> {
  const { ports, now, headNumber } = pass;
  const lost = await reorgOf(pass, attempt);
  if (lost !== null) return lost;
  const submission = attempt.artefact.id;
  const block = blockOf(attempt);
  const depth = headNumber - block.number;
  if (depth < ports.limits.confirmations)
    return { kind: 'waiting', note: `${depth} of ${ports.limits.confirmations} confirmations`, submission };
  await ports.store.transaction((tx) => recordSettled(tx, attempt, { ports, now, headNumber, block }));
  const status = attempt.inclusion?.status ?? 'included';
  const kind = attempt.artefact.body.purpose === 'sync' ? 'done' : 'watching';
  return { kind, note: `${status} in block ${block.number}`, submission };
}

/** Follows a settled attempt until its block is final; not null when the block was lost before. */
async function watch(pass: Pass, attempt: Attempt): Promise<RelayOutcome | null> {
  const { ports, now } = pass;
  const lost = await reorgOf(pass, attempt);
  if (lost !== null) return lost;
  const block = blockOf(attempt);
  if ((await ports.chain.finalised()).number < block.number) return null;
  await ports.store.transaction((tx) => note(tx, attempt, { type: 'Finalised', at: now, block }));
  return null;
}

/** Records a mined attempt; null when the chain has not mined it. */
async function lookUp({ ports, now }: Pass, attempt: Attempt): Promise<RelayOutcome | null> {
  const found = await ports.chain.lookup(attempt.artefact.body.hash);
  if (found.kind !== 'mined') return null;
  const scheduled = found.status === 'success' ? await scheduledBy(ports, attempt) : null;
  const receipt = { block: found.block, status: found.status, gasUsed: found.gasUsed };
  const text = await ports.store.transaction((tx) =>
    recordInclusion(tx, attempt, { ports, now, receipt, scheduled }),
  );
  return {
    kind: 'waiting',
    note: `mined in block ${found.block.number}: ${text}`,
    submission: attempt.artefact.id,
  };
}

/** A live attempt that is not mined: dropped, cancelled, replaced, or handed to the node again. */
async function carryOn(pass: Pass, attempt: Attempt, resolution: Resolution): Promise<RelayOutcome> {
  const { ports, now } = pass;
  const { body, id } = attempt.artefact;
  if ((await ports.chain.minedNonce()) > body.nonce) return nonceTaken(pass, attempt);
  const proposal = await ports.store.transaction((tx) => proposalOfAttempt(tx, attempt));
  const outdated = resolution.intent === null ? resolution.final : now > resolution.intent.validUntil;
  if (outdated && body.purpose !== 'cancel') return replace(ports, attempt, { now, cancel: true, proposal });
  if (now - attempt.journalledAt > ports.limits.stuckAfterSec)
    return replace(ports, attempt, { now, cancel: body.purpose === 'cancel', proposal });
  const { kind } = await ports.chain.lookup(body.hash);
  if (kind === 'pending') return { kind: 'waiting', note: 'pending', submission: id };
  return broadcast(ports, attempt.artefact, now);
}

/** The nonce was used by something else than this attempt; unless it is one of ours that the node does not show yet, it is lost. */
async function nonceTaken({ ports, now }: Pass, attempt: Attempt): Promise<RelayOutcome> {
  const submission = attempt.artefact.id;
  if (now - attempt.journalledAt <= ports.limits.stuckAfterSec)
    return { kind: 'waiting', note: 'its nonce was used; waiting for the receipt', submission };
  await ports.store.transaction(async (tx) => {
    const current = await mustGet(tx, 'submission', submission);
    await note(
      tx,
      { ...attempt, artefact: current },
      { type: 'Dropped', at: now, reason: 'its nonce was used by another transaction' },
    );
  });
  return {
    kind: 'waiting',
    note: `nonce ${attempt.artefact.body.nonce} was used by another transaction`,
    submission,
  };
}

const AGAIN_AFTER_SEC = { waiting: 1, watching: 12 } as const;

/** The relay queue's stage: one pass, and another job while the intent waits or its block is not final. */
export function relayStage(ports: RelayPorts) {
  return async (intentId: Digest): Promise<StageOutcome> => {
    const outcome = await relaySubmission(ports)(intentId);
    if (outcome.kind !== 'done') {
      const { timestamp } = await ports.chain.head();
      const notBefore = timestamp + AGAIN_AFTER_SEC[outcome.kind];
      const again = jobOf('relay', intentId, { mark: `after-${timestamp}`, notBefore });
      await ports.store.transaction((tx) => tx.enqueue(again));
    }
    const artefacts = outcome.submission === null ? [] : [outcome.submission];
    return { stage: 'relay', artefacts, note: outcome.note };
  };
}
