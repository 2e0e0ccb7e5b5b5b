import type { Digest } from '#libs/canonical/index';
import { EventTimeError, LifecycleError, UndraftedError } from './errors.js';
import type { BlockRef, ProposalEvent } from './events.js';
import { DEADLINES, nextState, type Deadline, type StateName } from './lifecycle.js';
import type { ProposalTerms } from './proposal.js';

/** Where a proposal stands at a time, derived from its events alone. */
export interface ProposalState {
  readonly name: StateName;
  /** Chain time at which the state was entered. */
  readonly since: number;
  readonly proposal: Digest;
  readonly terms: ProposalTerms;
  /** Close of the vote with any extension; null without a vote. */
  readonly voteEndsAt: number | null;
  readonly extended: boolean;
  readonly superseded: boolean;
  readonly tallyRoot: Digest | null;
  readonly safeTransaction: Digest | null;
  readonly submission: Digest | null;
  readonly effect: Digest | null;
  /** Block of the newest event that was read from a chain. */
  readonly block: BlockRef | null;
  readonly readyAt: number | null;
  /** Chain time at which an applied change starts to return to its baseline; null when it is permanent. */
  readonly lapsesAt: number | null;
  readonly pausedUntil: number | null;
  readonly renewals: number;
  readonly ratified: boolean;
}

/**
 * Folds the events of one proposal, and the deadlines that passed between and after them, into its state at `now`.
 *
 * Events later than `now` are not seen, so that any past state can be asked for. A `Reorged` event drops the recorded events of
 * the lost blocks; what was recorded before it and no longer fits is dropped with them.
 *
 * @param events the proposal's stream, oldest first
 * @param now chain time in unix seconds
 * @throws UndraftedError without a leading `Drafted` event
 * @throws LifecycleError for an event that the table does not allow
 * @throws EventTimeError when times along the stream decrease
 */
export function stateOf(events: readonly ProposalEvent[], now: number): ProposalState {
  checkTimes(events);
  const seen = events.filter((event) => event.at <= now);
  const first = seen[0];
  if (first?.type !== 'Drafted') throw new UndraftedError(events[0]?.type ?? null);
  const lastReorg = seen.findLastIndex((event) => event.type === 'Reorged');
  let state = drafted(first);
  seen.forEach((event, index) => {
    if (index === 0 || event.type === 'Reorged' || isLost(event, seen.slice(index))) return;
    state = apply(advance(state, event.at), event, { index, mayDrop: index < lastReorg });
  });
  return advance(state, now);
}

/**
 * State at `now`, or at the newest recorded event when that is later: the head of a chain may step back in a reorg, what was
 * recorded does not.
 *
 * @throws UndraftedError, LifecycleError, EventTimeError as `stateOf`
 */
export function stateNow(events: readonly ProposalEvent[], now: number): ProposalState {
  return stateOf(events, Math.max(now, events[events.length - 1]?.at ?? now));
}

function checkTimes(events: readonly ProposalEvent[]): void {
  events.forEach((event, index) => {
    const previous = events[index - 1];
    if (previous !== undefined && event.at < previous.at)
      throw new EventTimeError(index, event.at, previous.at);
  });
}

/** True when a later reorg removed the block that the event was read from. */
function isLost(event: ProposalEvent, rest: readonly ProposalEvent[]): boolean {
  const block = 'block' in event ? event.block : null;
  if (block === null) return false;
  return rest.some((later) => later.type === 'Reorged' && later.fromBlock <= block.number);
}

function drafted(event: ProposalEvent & { type: 'Drafted' }): ProposalState {
  return {
    name: 'Draft',
    since: event.at,
    proposal: event.proposal,
    terms: event.terms,
    voteEndsAt: event.terms.voteEndsAt,
    extended: false,
    superseded: false,
    tallyRoot: null,
    safeTransaction: null,
    submission: null,
    effect: null,
    block: null,
    readyAt: null,
    lapsesAt: null,
    pausedUntil: null,
    renewals: 0,
    ratified: false,
  };
}

/** Applies every deadline that passed up to `now`. */
export function advance(state: ProposalState, now: number): ProposalState {
  const rows: readonly (readonly [Deadline, StateName])[] =
    (DEADLINES as Partial<Record<StateName, readonly (readonly [Deadline, StateName])[]>>)[state.name] ?? [];
  const due = rows
    .map(([deadline, to]) => ({ at: deadlineOf(state, deadline), to }))
    .filter((row): row is { at: number; to: StateName } => row.at !== null && row.at <= now)
    .sort((a, b) => a.at - b.at)[0];
  if (due === undefined) return state;
  return advance({ ...state, name: due.to, since: Math.max(state.since, due.at) }, now);
}

function deadlineOf(state: ProposalState, deadline: Deadline): number | null {
  if (deadline === 'validUntil') return state.terms.validUntil + 1;
  if (deadline === 'reviewEndsAt') return state.terms.reviewEndsAt;
  return state[deadline];
}

function apply(
  state: ProposalState,
  event: ProposalEvent,
  where: { index: number; mayDrop: boolean },
): ProposalState {
  const name = nextState(state.name, event.type);
  if (name === null) {
    if (where.mayDrop) return state;
    throw new LifecycleError(state.name, event.type, where.index);
  }
  const since = name === state.name && event.type !== 'Renewed' ? state.since : event.at;
  return { ...state, ...changesOf(state, event), name, since };
}

type FieldChanges = Partial<Omit<ProposalState, 'name' | 'since' | 'proposal' | 'terms'>>;

/** What an event tells about the proposal beside its next state. */
const FIELDS: {
  readonly [T in ProposalEvent['type']]?: (
    event: Extract<ProposalEvent, { type: T }>,
    state: ProposalState,
  ) => FieldChanges;
} = {
  VoteExtended: (e) => ({ voteEndsAt: e.until, extended: true }),
  VoteReopened: (e) => ({ voteEndsAt: e.until }),
  VoteSuperseded: () => ({ superseded: true }),
  VoteSucceeded: (e) => ({ tallyRoot: e.root }),
  VoteDefeated: (e) => ({ tallyRoot: e.root }),
  SigningOpened: (e) => ({ safeTransaction: e.safeTransaction }),
  OperationScheduled: (e) => ({ readyAt: e.readyAt, block: e.block, submission: null }),
  Submitted: (e) => ({ submission: e.submission }),
  SubmissionReplaced: (e) => ({ submission: e.successor }),
  Mined: (e) => ({ submission: e.submission, block: e.block }),
  Confirmed: (e) => ({ block: e.block }),
  Applied: (e, s) => ({
    effect: e.effect,
    block: e.block,
    lapsesAt: s.terms.ttlSec === null ? null : e.at + s.terms.ttlSec,
  }),
  Renewed: (e, s) => ({ lapsesAt: e.until, renewals: s.renewals + 1 }),
  Ratified: () => ({ ratified: true }),
  ReturnedToBaseline: (e) => ({ effect: e.effect, block: e.block, lapsesAt: null }),
  PauseStarted: (e) => ({ pausedUntil: e.until, block: e.block }),
  PauseEnded: (e) => ({ block: e.block }),
};

function changesOf(state: ProposalState, event: ProposalEvent): FieldChanges {
  const read = FIELDS[event.type] as
    ((event: ProposalEvent, state: ProposalState) => FieldChanges) | undefined;
  return read === undefined ? {} : read(event, state);
}
