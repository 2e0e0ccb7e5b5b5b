import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aJudgement,
  digestOfNumber,
  fastCommands,
  fastTerms,
  PROPOSED_AT,
  votedTerms,
} from '#test/support/governance/proposals';
import type { Command } from './commands.js';
import { decide } from './decide.js';
import type { ProposalEvent } from './events.js';
import { isFinal, nextState, STATES } from './lifecycle.js';
import { POLICY } from './policy.js';
import { directionOf, type ProposalTerms } from './proposal.js';
import { stateOf } from './state-of.js';

const DAY = 86_400;
const END = PROPOSED_AT + 60 * DAY;

const changes = fc.constantFrom(
  fastTerms().changes,
  [{ field: 'ltBps', from: 8_200, to: 8_250 } as const],
  [{ field: 'ltBps', from: 8_250, to: 8_200 } as const, { field: 'ltvBps', from: 7_900, to: 8_000 } as const],
);
const terms: fc.Arbitrary<ProposalTerms> = fc
  .tuple(fc.constantFrom('T', 'B0', 'R', 'S', 'P', 'B1'), fc.boolean(), changes)
  .map(([kind, voted, moved]) =>
    (voted ? votedTerms : fastTerms)({ class: kind as ProposalTerms['class'], changes: moved }),
  );

const id = fc.integer({ min: 5, max: 7 }).map(digestOfNumber);
const block = fc.integer({ min: 40, max: 60 }).map((n) => ({ number: n, hash: digestOfNumber(n) }));
const objector = fc.record({
  role: fc.constantFrom('guardian' as const, 'member' as const, 'proposer' as const),
  ids: fc.constantFrom(['a'], ['a', 'b']),
});
const judgement = fc.constantFrom(
  aJudgement(),
  aJudgement({ breach: false, regime: 'WATCH' }),
  aJudgement({ regime: 'GREEN', breach: false, relaxationFrozen: false }),
);
const soon = fc.integer({ min: 0, max: 5 * DAY }).map((n) => PROPOSED_AT + n);
const outcome = fc.constantFrom('succeeded' as const, 'defeated' as const);

/** Any command with small pools of facts, so that many are accepted. */
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(...fastCommands(fastTerms()).slice(1)),
  fc.constantFrom(...fastCommands(fastTerms()).slice(1)),
  fc.record({ type: fc.constant('open-review' as const), proposer: fc.constant('p') }),
  fc.record({ type: fc.constant('extend-vote' as const), until: soon }),
  fc.record({
    type: fc.constant('record-tally' as const),
    tally: id,
    root: id,
    outcome,
    quorumReached: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('record-ratification' as const),
    tally: id,
    outcome,
    quorumReached: fc.boolean(),
  }),
  fc.record({ type: fc.constant('cancel' as const), by: objector, reason: fc.constant('r') }),
  fc.record({
    type: fc.constant('veto' as const),
    by: objector,
    reason: fc.constant('r'),
    payloadVetoedBefore: fc.boolean(),
  }),
  fc.record({ type: fc.constant('record-schedule' as const), operation: id, readyAt: soon, block }),
  fc.record({ type: fc.constant('mark-stuck' as const), submission: id }),
  fc.record({ type: fc.constant('replace-submission' as const), submission: id, successor: id }),
  fc.record({
    type: fc.constant('fail-submission' as const),
    submission: id,
    reason: fc.constant('r'),
    block: fc.constant(null),
  }),
  fc.record({ type: fc.constant('mine' as const), submission: id, block }),
  fc.record({ type: fc.constant('renew' as const), judgement, evaluation: id, until: soon }),
  fc.record({ type: fc.constant('record-return' as const), effect: id, block }),
  fc.record({
    type: fc.constant('reorg' as const),
    fromBlock: fc.integer({ min: 40, max: 60 }),
    finalisedBlock: fc.integer({ min: 30, max: 50 }),
  }),
  fc.record({ type: fc.constant('request-pause' as const), by: objector }),
  fc.record({ type: fc.constant('start-pause' as const), until: soon, block }),
  fc.record({
    type: fc.constant('supersede-vote' as const),
    evaluation: id,
    contradictingRuns: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ type: fc.constant('reopen-vote' as const), until: soon }),
);

const run = fc.record({
  terms,
  steps: fc.array(fc.record({ wait: fc.constantFrom(0, 0, 0, 1, 60, DAY, 3 * DAY), command: anyCommand }), {
    maxLength: 40,
  }),
});

interface Step {
  readonly command: Command;
  readonly now: number;
  readonly before: readonly ProposalEvent[];
  readonly after: readonly ProposalEvent[];
}

/** Plays a run through decide; one step per accepted or refused command. */
function stepsOf(given: {
  terms: ProposalTerms;
  steps: readonly { wait: number; command: Command }[];
}): readonly Step[] {
  const draft = decide(
    { events: [], policy: POLICY },
    { type: 'draft', proposal: digestOfNumber(9), terms: given.terms, openForSameLever: [] },
    PROPOSED_AT,
  );
  let events: readonly ProposalEvent[] = draft.ok ? draft.events : [];
  let now = PROPOSED_AT;
  return given.steps.map(({ wait, command }) => {
    now += wait;
    const decision = decide({ events, policy: POLICY }, command, now);
    const before = events;
    if (decision.ok) events = [...events, ...decision.events];
    return { command, now, before, after: events };
  });
}

describe('lifecycle', () => {
  it('GOV-P05: a final state absorbs: no command but a reorg and no time leads out of it', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 0, max: 60 * DAY }), (given, later) => {
        for (const { command, now, before, after } of stepsOf(given)) {
          const state = stateOf(before, now);
          if (!isFinal(state.name) || command.type === 'reorg') continue;
          expect(after).toBe(before);
          expect(stateOf(before, now + later).name).toBe(state.name);
        }
      }),
    );
  });

  it('GOV-P06: an accepted command records one event, and the event moves the state once, as the table says', () => {
    fc.assert(
      fc.property(run, (given) => {
        for (const { now, before, after } of stepsOf(given)) {
          const event = after[before.length];
          if (event === undefined || event.type === 'Reorged') continue;
          expect(after.length - before.length).toBe(1);
          const expected = nextState(stateOf(before, now).name, event.type);
          const found = stateOf(after, now).name;
          const timed = found !== expected;
          if (timed) expect(['Expired', 'Voting', 'Ready', 'Relaxing', 'Lapsed']).toContain(found);
          else expect(found).toBe(expected);
        }
      }),
    );
  });

  it('GOV-P07: the state depends on events and time alone, and later events do not change an earlier state', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: PROPOSED_AT, max: END }), (given, when) => {
        const events = stepsOf(given).at(-1)?.after ?? [];
        if (events.length === 0) return;
        const copy = JSON.parse(JSON.stringify(events)) as readonly ProposalEvent[];
        const known = events.filter((e) => e.at <= when);
        expect(stateOf(copy, when)).toEqual(stateOf(known, when));
      }),
    );
  });

  it('GOV-P08: no fast path loosens: what was authorised there is stricter, of class T or B0, on a fresh breach', () => {
    fc.assert(
      fc.property(run, (given) => {
        for (const { command, before, after } of stepsOf(given)) {
          if (after[before.length]?.type !== 'FastAuthorised') continue;
          expect(directionOf(given.terms.changes)).toBe('stricter');
          expect(['T', 'B0']).toContain(given.terms.class);
          expect(command.type === 'authorise-fast' && command.judgement.breach).toBe(true);
        }
      }),
    );
  });

  it('GOV-P09: nothing is submitted after validUntil', () => {
    fc.assert(
      fc.property(run, (given) => {
        for (const { now, before, after } of stepsOf(given)) {
          if (after[before.length]?.type === 'Submitted')
            expect(now).toBeLessThanOrEqual(given.terms.validUntil);
        }
      }),
    );
  });

  it('GOV-P10: every stream that decide wrote can be read at every time', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: PROPOSED_AT, max: END }), (given, when) => {
        const events = stepsOf(given).at(-1)?.after ?? [];
        if (events.length > 0) expect(STATES).toContain(stateOf(events, when).name);
      }),
    );
  });

  it('GOV-P11: a reorg leads to the state that the remaining events alone give', () => {
    fc.assert(
      fc.property(run, (given) => {
        for (const { command, now, before, after } of stepsOf(given)) {
          if (command.type !== 'reorg' || after === before || before.some((e) => e.type === 'Reorged'))
            continue;
          const firstLost = before.findIndex(
            (e) => 'block' in e && e.block !== null && e.block.number >= command.fromBlock,
          );
          const kept = before.slice(0, firstLost);
          const rest = before
            .slice(firstLost)
            .some((e) => !('block' in e) || e.block === null || e.block.number < command.fromBlock);
          if (!rest) expect(stateOf(after, now).name).toBe(stateOf(kept, now).name);
        }
      }),
    );
  });
});
