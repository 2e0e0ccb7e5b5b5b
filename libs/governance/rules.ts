import type { Command, CommandType, Intent } from './commands.js';
import type { ProposalEvent, ProposalEventType } from './events.js';
import {
  councilGuard,
  fastGuard,
  pauseGuard,
  recedeGuard,
  renewGuard,
  reviewGuard,
  signaturesGuard,
  stopGuard,
} from './guards.js';
import type { Policy } from './policy.js';
import type { ProposalState } from './state-of.js';

/** Facts a guard sees beside its command. */
export interface Situation {
  readonly state: ProposalState;
  readonly policy: Policy;
  readonly now: number;
}

type Of<T extends CommandType> = Extract<Command, { type: T }>;

/** How one command is decided: the events it may lead to, why it is refused, the fact it records, the work it asks for. */
export interface Rule<T extends CommandType> {
  readonly events: readonly ProposalEventType[];
  readonly refuse?: (command: Of<T>, at: Situation) => string | null;
  readonly record: (command: Of<T>, at: Situation) => ProposalEvent;
  readonly intents?: (command: Of<T>, at: Situation) => readonly Intent[];
}

/** Commands on an existing proposal; `draft` and `reorg` are decided apart, as they have no state before or no row in the table. */
export type RuledCommand = Exclude<CommandType, 'draft' | 'reorg'>;

const sameSubmission = (command: { submission: string }, { state }: Situation): string | null =>
  state.submission === command.submission
    ? null
    : `the proposal's live submission is ${state.submission ?? 'none'}, not ${command.submission}`;

const waitsForSchedule = ({ state }: Situation): boolean =>
  state.terms.delaySec > 0 && state.readyAt === null;

const roleOf = ({ state }: Situation): 'responder' | 'council' =>
  state.terms.class === 'T' || state.terms.class === 'B0' ? 'responder' : 'council';

const buildIntent = (_: unknown, at: Situation): readonly Intent[] => [
  { type: 'build-safe-transaction', role: roleOf(at) },
];

/** The rules, one per command. */
export const RULES: { readonly [T in RuledCommand]: Rule<T> } = {
  simulate: {
    events: ['Simulated', 'Rejected'],
    record: (c, { policy, now }) => {
      const reason = simulationProblem(c, policy);
      return reason === null
        ? {
            type: 'Simulated',
            at: now,
            selfInflictedLiquidations: c.selfInflictedLiquidations,
            textHash: c.textHash,
          }
        : { type: 'Rejected', at: now, reason };
    },
    intents: (c, { policy }) => (simulationProblem(c, policy) === null ? [{ type: 'authorise' }] : []),
  },
  shadow: { events: ['Shadowed'], record: (c, { now }) => ({ type: 'Shadowed', at: now, rule: c.rule }) },
  graduate: { events: ['Graduated'], record: (c, { now }) => ({ type: 'Graduated', at: now, by: c.by }) },
  'authorise-fast': {
    events: ['FastAuthorised'],
    refuse: fastGuard,
    record: (c, { state, now }) => ({
      type: 'FastAuthorised',
      at: now,
      evaluation: state.terms.evaluation,
      regime: c.judgement.regime,
    }),
    intents: () => [{ type: 'open-ratification' }, { type: 'build-safe-transaction', role: 'responder' }],
  },
  'authorise-council': {
    events: ['CouncilAuthorised'],
    refuse: councilGuard,
    record: (c, { now }) => ({ type: 'CouncilAuthorised', at: now, safeTransaction: c.safeTransaction }),
    intents: () => [{ type: 'open-ratification' }, { type: 'build-safe-transaction', role: 'council' }],
  },
  'authorise-recede': {
    events: ['RecedeAuthorised'],
    refuse: recedeGuard,
    record: (c, { now }) => ({ type: 'RecedeAuthorised', at: now, evaluation: c.evaluation }),
    intents: buildIntent,
  },
  'open-review': {
    events: ['ReviewOpened'],
    refuse: reviewGuard,
    record: (c, { now }) => ({ type: 'ReviewOpened', at: now, proposer: c.proposer }),
    intents: (_, { state }) => [
      { type: 'collect-ballots', until: state.voteEndsAt ?? state.terms.validUntil },
    ],
  },
  'extend-vote': {
    events: ['VoteExtended'],
    refuse: (c, { state, now }) => {
      if (state.extended) return 'the vote was extended once already';
      return c.until > now && c.until > (state.voteEndsAt ?? 0)
        ? null
        : `until must be later than the present close ${state.voteEndsAt}`;
    },
    record: (c, { now }) => ({ type: 'VoteExtended', at: now, until: c.until }),
    intents: (c) => [{ type: 'collect-ballots', until: c.until }],
  },
  'record-tally': {
    events: ['VoteSucceeded', 'VoteDefeated'],
    refuse: (_, { state, now }) =>
      now >= (state.voteEndsAt ?? Number.POSITIVE_INFINITY)
        ? null
        : `the vote is open until ${state.voteEndsAt}`,
    record: (c, { now }) =>
      c.outcome === 'succeeded'
        ? { type: 'VoteSucceeded', at: now, tally: c.tally, root: c.root }
        : { type: 'VoteDefeated', at: now, tally: c.tally, root: c.root, quorumReached: c.quorumReached },
    intents: (c, at) => [...(c.outcome === 'succeeded' ? buildIntent(c, at) : []), ...settleRatification(at)],
  },
  'supersede-vote': {
    events: ['VoteSuperseded'],
    refuse: (c, { state }) => {
      if (state.terms.class !== 'R' && state.terms.class !== 'B1')
        return 'only classes R and B1 can be superseded';
      if (state.superseded) return 'the vote was superseded once already';
      return c.contradictingRuns >= 2
        ? null
        : `needs 2 consecutive contradicting runs, got ${c.contradictingRuns}`;
    },
    record: (c, { now }) => ({ type: 'VoteSuperseded', at: now, evaluation: c.evaluation }),
  },
  'reopen-vote': {
    events: ['VoteReopened'],
    refuse: (c, { now }) => (c.until - now >= 43_200 ? null : 're-confirmation needs at least 43200 s'),
    record: (c, { now }) => ({ type: 'VoteReopened', at: now, until: c.until }),
    intents: (c) => [{ type: 'collect-ballots', until: c.until }],
  },
  cancel: {
    events: ['Cancelled'],
    refuse: stopGuard,
    record: (c, { now }) => ({ type: 'Cancelled', at: now, by: c.by.ids.join(','), reason: c.reason }),
  },
  veto: {
    events: ['Vetoed'],
    refuse: stopGuard,
    record: (c, { now }) => ({ type: 'Vetoed', at: now, by: c.by.ids.join(','), reason: c.reason }),
  },
  'open-signing': {
    events: ['SigningOpened'],
    refuse: (c, { state }) =>
      state.safeTransaction === null || c.previousIsDead
        ? null
        : `Safe transaction ${state.safeTransaction} can still be executed`,
    record: (c, { now }) => ({ type: 'SigningOpened', at: now, safeTransaction: c.safeTransaction }),
    intents: (c) => [{ type: 'collect-signatures', safeTransaction: c.safeTransaction }],
  },
  'complete-signatures': {
    events: ['SignaturesComplete'],
    refuse: signaturesGuard,
    record: (c, { now }) => ({
      type: 'SignaturesComplete',
      at: now,
      safeTransaction: c.safeTransaction,
      signers: c.signers,
    }),
    intents: () => [{ type: 'relay' }],
  },
  'record-schedule': {
    events: ['OperationScheduled'],
    refuse: (c, at) => {
      if (!waitsForSchedule(at))
        return at.state.terms.delaySec === 0
          ? 'the class has no delay'
          : 'the operation is scheduled already';
      const earliest = at.state.since + at.state.terms.delaySec;
      return c.readyAt >= earliest
        ? null
        : `readyAt must be at least ${earliest}: the delay of the class is ${at.state.terms.delaySec} s`;
    },
    record: (c, { now }) => ({
      type: 'OperationScheduled',
      at: now,
      operation: c.operation,
      readyAt: c.readyAt,
      block: c.block,
    }),
    intents: (c) => [{ type: 'execute-at', at: c.readyAt }],
  },
  submit: {
    events: ['Submitted'],
    refuse: (_, { state, now }) =>
      now <= state.terms.validUntil ? null : `the proposal was valid until ${state.terms.validUntil}`,
    record: (c, { now }) => ({ type: 'Submitted', at: now, submission: c.submission }),
  },
  'mark-stuck': {
    events: ['SubmissionStuck'],
    refuse: sameSubmission,
    record: (c, { now }) => ({ type: 'SubmissionStuck', at: now, submission: c.submission }),
    intents: () => [{ type: 'raise-alarm', what: 'a submission is stuck' }],
  },
  'replace-submission': {
    events: ['SubmissionReplaced'],
    refuse: sameSubmission,
    record: (c, { now }) => ({
      type: 'SubmissionReplaced',
      at: now,
      submission: c.submission,
      successor: c.successor,
    }),
  },
  'fail-submission': {
    events: ['SubmissionFailed'],
    refuse: sameSubmission,
    record: (c, { now }) => ({
      type: 'SubmissionFailed',
      at: now,
      submission: c.submission,
      reason: c.reason,
      block: c.block,
    }),
    intents: (c) => [{ type: 'raise-alarm', what: c.reason }],
  },
  mine: {
    events: ['Mined'],
    refuse: (c, at) =>
      waitsForSchedule(at)
        ? 'the operation is not scheduled: record-schedule comes first'
        : sameSubmission(c, at),
    record: (c, { now }) => ({ type: 'Mined', at: now, submission: c.submission, block: c.block }),
  },
  confirm: {
    events: ['Confirmed'],
    refuse: (c, { state }) => {
      if (state.block === null || state.block.hash !== c.block.hash)
        return `the submission was mined in ${state.block?.hash ?? 'no block'}`;
      return c.headNumber - c.block.number >= c.confirmations
        ? null
        : `needs ${c.confirmations} confirmations, has ${c.headNumber - c.block.number}`;
    },
    record: (c, { state, now }) => ({
      type: 'Confirmed',
      at: now,
      submission: state.submission ?? state.proposal,
      block: c.block,
    }),
    intents: () => [{ type: 'read-back' }],
  },
  apply: {
    events: ['Applied'],
    refuse: (c) => (c.asIntended ? null : 'the parameter read back differs from the intent'),
    record: (c, { now }) => ({ type: 'Applied', at: now, effect: c.effect, block: c.block }),
    intents: () => [{ type: 'measure-effect' }],
  },
  measure: {
    events: ['FoundEffective', 'FoundIneffective'],
    record: (c, { now }) => ({
      type: c.effective ? 'FoundEffective' : 'FoundIneffective',
      at: now,
      report: c.report,
    }),
    intents: (c) => (c.effective ? [] : [{ type: 'raise-alarm', what: 'the intervention is ineffective' }]),
  },
  renew: {
    events: ['Renewed'],
    refuse: renewGuard,
    record: (c, { now }) => ({ type: 'Renewed', at: now, evaluation: c.evaluation, until: c.until }),
  },
  'record-ratification': {
    events: ['Ratified', 'RatificationRejected'],
    refuse: (c) =>
      c.outcome === 'succeeded' || c.quorumReached
        ? null
        : 'without quorum the action only lapses; nothing is recorded',
    record: (c, { now }) => ({
      type: c.outcome === 'succeeded' ? 'Ratified' : 'RatificationRejected',
      at: now,
      tally: c.tally,
    }),
    intents: (c, { state }) =>
      c.outcome === 'succeeded'
        ? []
        : [
            { type: 'return-to-baseline' },
            ...(state.terms.class === 'B0' ? [{ type: 'suspend-rule' } as const] : []),
          ],
  },
  'record-return': {
    events: ['ReturnedToBaseline'],
    record: (c, { now }) => ({ type: 'ReturnedToBaseline', at: now, effect: c.effect, block: c.block }),
  },
  'request-pause': {
    events: ['PauseRequested'],
    refuse: pauseGuard,
    record: (c, { now }) => ({ type: 'PauseRequested', at: now, by: c.by.ids.join(',') }),
  },
  'start-pause': {
    events: ['PauseStarted'],
    refuse: (c, { now }) => (c.until - now <= 7 * 86_400 ? null : 'a pause lasts at most 7 days'),
    record: (c, { now }) => ({ type: 'PauseStarted', at: now, until: c.until, block: c.block }),
  },
  'end-pause': {
    events: ['PauseEnded'],
    record: (c, { now }) => ({ type: 'PauseEnded', at: now, by: c.by, block: c.block }),
  },
};

function simulationProblem(c: Of<'simulate'>, policy: Policy): string | null {
  if (c.revertReason !== null) return `the calls revert: ${c.revertReason}`;
  if (!c.payloadMatchesText) return 'the decoded payload differs from the generated text';
  if (c.selfInflictedLiquidations <= policy.selfInflictedLimit) return null;
  return `the change itself would make ${c.selfInflictedLiquidations} accounts liquidatable; at most ${policy.selfInflictedLimit} are accepted`;
}

function settleRatification({ state }: Situation): readonly Intent[] {
  return state.terms.ratifies === null
    ? []
    : [{ type: 'settle-ratification', ratifies: state.terms.ratifies }];
}
