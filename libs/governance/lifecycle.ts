import type { ProposalEventType } from './events.js';

/** States of a proposal (GOVERNANCE section 5). */
export type StateName =
  | 'Draft'
  | 'Simulated'
  | 'Rejected'
  | 'Shadow'
  | 'Graduated'
  | 'FastAuthorised'
  | 'CouncilAuthorised'
  | 'RecedeAuthorised'
  | 'Review'
  | 'Voting'
  | 'Succeeded'
  | 'Defeated'
  | 'Superseded'
  | 'Cancelled'
  | 'Vetoed'
  | 'Expired'
  | 'Signing'
  | 'Queued'
  | 'Scheduled'
  | 'Ready'
  | 'Submitted'
  | 'Stuck'
  | 'Failed'
  | 'Mined'
  | 'Confirmed'
  | 'Applied'
  | 'Effective'
  | 'Ineffective'
  | 'Relaxing'
  | 'Relaxed'
  | 'Requested'
  | 'Paused'
  | 'Lapsed'
  | 'Ended';

const STOPPED = { Cancelled: 'Cancelled', Vetoed: 'Vetoed' } as const;
const VETOABLE = { Vetoed: 'Vetoed' } as const;
const RATIFIED = { Ratified: 'same', RatificationRejected: 'Cancelled' } as const;
const LIVE = {
  Ratified: 'same',
  RatificationRejected: 'Relaxing',
  ReturnedToBaseline: 'Relaxed',
  Renewed: 'Applied',
} as const;
const ON_CHAIN = { Ratified: 'same', RatificationRejected: 'same' } as const;

type Row = Readonly<Partial<Record<ProposalEventType, StateName | 'same'>>>;

/**
 * The lifecycle, whole: state, event, next state (`same` stays). Time-driven moves are in `DEADLINES`; a reorg is not a row: it
 * drops the events of the lost blocks and the rest is read again. A state without a row entry for any event is final.
 */
const TABLE = {
  Draft: {
    Simulated: 'Simulated',
    Rejected: 'Rejected',
    PauseRequested: 'Requested',
    Cancelled: 'Cancelled',
  },
  Simulated: {
    ...STOPPED,
    Shadowed: 'Shadow',
    FastAuthorised: 'FastAuthorised',
    CouncilAuthorised: 'CouncilAuthorised',
    RecedeAuthorised: 'RecedeAuthorised',
    ReviewOpened: 'Review',
  },
  Shadow: { Graduated: 'Graduated', Cancelled: 'Cancelled' },
  FastAuthorised: { ...STOPPED, ...RATIFIED, SigningOpened: 'Signing' },
  CouncilAuthorised: { ...VETOABLE, SigningOpened: 'Signing' },
  RecedeAuthorised: { ...VETOABLE, SigningOpened: 'Signing' },
  Review: { ...STOPPED },
  Voting: {
    ...VETOABLE,
    VoteExtended: 'same',
    VoteSucceeded: 'Succeeded',
    VoteDefeated: 'Defeated',
    VoteSuperseded: 'Superseded',
  },
  Superseded: { ...VETOABLE, VoteReopened: 'Voting' },
  Succeeded: { ...VETOABLE, SigningOpened: 'Signing' },
  Signing: { ...STOPPED, ...RATIFIED, SignaturesComplete: 'Queued', SigningOpened: 'same' },
  Queued: { ...STOPPED, ...RATIFIED, Submitted: 'Submitted', SigningOpened: 'Signing' },
  Scheduled: { ...VETOABLE },
  Ready: { ...VETOABLE, Submitted: 'Submitted' },
  Submitted: {
    ...ON_CHAIN,
    SubmissionStuck: 'Stuck',
    SubmissionReplaced: 'same',
    SubmissionFailed: 'Failed',
    Mined: 'Mined',
    OperationScheduled: 'Scheduled',
  },
  Stuck: {
    ...ON_CHAIN,
    SubmissionReplaced: 'Submitted',
    SubmissionFailed: 'Failed',
    Mined: 'Mined',
    OperationScheduled: 'Scheduled',
  },
  Mined: { ...ON_CHAIN, Confirmed: 'Confirmed' },
  Confirmed: { ...ON_CHAIN, Applied: 'Applied' },
  Applied: { ...LIVE, FoundEffective: 'Effective', FoundIneffective: 'Ineffective' },
  Effective: { ...LIVE },
  Ineffective: { ...LIVE },
  Relaxing: { ReturnedToBaseline: 'Relaxed' },
  Requested: { PauseStarted: 'Paused', Cancelled: 'Cancelled' },
  Paused: { PauseEnded: 'Ended' },
  Rejected: {},
  Graduated: {},
  Defeated: {},
  Cancelled: {},
  Vetoed: {},
  Expired: {},
  Failed: {},
  Relaxed: {},
  Lapsed: {},
  Ended: {},
} as const satisfies Record<StateName, Row>;

/** Next state of `event` in `state`; null when the table does not allow it. */
export function nextState(state: StateName, event: ProposalEventType): StateName | null {
  const row: Row = TABLE[state];
  const next = row[event];
  if (next === undefined) return null;
  return next === 'same' ? state : next;
}

/** Events that `state` accepts, in the order of the table. */
export function acceptedEvents(state: StateName): readonly ProposalEventType[] {
  return Object.keys(TABLE[state]) as ProposalEventType[];
}

/** Every state of the table. */
export const STATES = Object.keys(TABLE) as readonly StateName[];

/** True when no event and no time leads out of the state (a reorg of an unfinalised block still may). */
export function isFinal(state: StateName): boolean {
  return acceptedEvents(state).length === 0;
}

/** Which of a proposal's deadlines moves a state, and where to; the earliest that has passed wins. */
export type Deadline = 'validUntil' | 'reviewEndsAt' | 'readyAt' | 'lapsesAt' | 'pausedUntil';

/** Time-driven moves: state, deadlines in order, next state. */
export const DEADLINES = {
  Draft: [['validUntil', 'Expired']],
  Simulated: [['validUntil', 'Expired']],
  Shadow: [['validUntil', 'Expired']],
  FastAuthorised: [['validUntil', 'Expired']],
  CouncilAuthorised: [['validUntil', 'Expired']],
  RecedeAuthorised: [['validUntil', 'Expired']],
  Review: [
    ['reviewEndsAt', 'Voting'],
    ['validUntil', 'Expired'],
  ],
  Voting: [['validUntil', 'Expired']],
  Superseded: [['validUntil', 'Expired']],
  Succeeded: [['validUntil', 'Expired']],
  Signing: [['validUntil', 'Expired']],
  Queued: [['validUntil', 'Expired']],
  Scheduled: [
    ['readyAt', 'Ready'],
    ['validUntil', 'Expired'],
  ],
  Ready: [['validUntil', 'Expired']],
  Applied: [['lapsesAt', 'Relaxing']],
  Effective: [['lapsesAt', 'Relaxing']],
  Ineffective: [['lapsesAt', 'Relaxing']],
  Requested: [['validUntil', 'Expired']],
  Paused: [['pausedUntil', 'Lapsed']],
} as const satisfies Partial<Record<StateName, readonly (readonly [Deadline, StateName])[]>>;
