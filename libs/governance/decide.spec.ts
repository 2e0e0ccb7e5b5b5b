import { describe, expect, it } from '@jest/globals';
import {
  aJudgement,
  digestOfNumber,
  fastCommands,
  fastTerms,
  play,
  PROPOSED_AT,
  votedTerms,
} from '#test/support/governance/proposals';
import type { Command } from './commands.js';
import { decide, type Decision } from './decide.js';
import type { ProposalEvent } from './events.js';
import { POLICY } from './policy.js';
import { stateOf } from './state-of.js';

const DAY = 86_400;
const fast = fastCommands(fastTerms());
const draft: Command = {
  type: 'draft',
  proposal: digestOfNumber(9),
  terms: fastTerms(),
  openForSameLever: [],
};
const simulate: Command = {
  type: 'simulate',
  selfInflictedLiquidations: 0,
  revertReason: null,
  payloadMatchesText: true,
  textHash: digestOfNumber(4),
};
const authorise = fast[2] as Command & { type: 'authorise-fast' };

const at = (events: readonly ProposalEvent[], command: Command, now = PROPOSED_AT + 100): Decision =>
  decide({ events, policy: POLICY }, command, now);
const reason = (decision: Decision): string => (decision.ok ? 'accepted' : decision.refusal.reason);

describe('decide', () => {
  it('default: the fast path ends in Effective', () => {
    expect(stateOf(play(fast), PROPOSED_AT + 100).name).toBe('Effective');
  });

  it('default: the path of a vote passes review, voting, scheduling and execution', () => {
    const terms = votedTerms();
    const block = { number: 70, hash: digestOfNumber(70) };
    const review = play([{ ...draft, terms }, simulate, { type: 'open-review', proposer: 'member' }]);
    expect(stateOf(review, PROPOSED_AT + 10).name).toBe('Review');
    expect(stateOf(review, PROPOSED_AT + DAY).name).toBe('Voting');
    const close = PROPOSED_AT + 4 * DAY;
    const steps: readonly Command[] = [
      {
        type: 'record-tally',
        tally: digestOfNumber(20),
        root: digestOfNumber(21),
        outcome: 'succeeded',
        quorumReached: true,
      },
      { type: 'open-signing', safeTransaction: digestOfNumber(5), previousIsDead: false },
      {
        type: 'complete-signatures',
        safeTransaction: digestOfNumber(5),
        signers: ['0xa', '0xb', '0xc'],
        owners: ['0xa', '0xb', '0xc', '0xd', '0xe'],
        threshold: 3,
      },
      { type: 'submit', submission: digestOfNumber(6) },
      { type: 'record-schedule', operation: digestOfNumber(30), readyAt: close + 3 + 2 * DAY, block },
    ];
    const events = steps.reduce<readonly ProposalEvent[]>((log, command, i) => {
      const decision = at(log, command, close + i);
      expect(reason(decision)).toBe('accepted');
      return decision.ok ? [...log, ...decision.events] : log;
    }, review);
    expect(stateOf(events, close + 10).name).toBe('Scheduled');
    expect(stateOf(events, close + 3 + 2 * DAY).name).toBe('Ready');
    expect(at(events, { type: 'submit', submission: digestOfNumber(40) }, close + 3 * DAY).ok).toBe(true);
  });

  it('behavior: before the draft only a draft is accepted', () => {
    const decision = at([], simulate);
    expect(decision).toMatchObject({
      ok: false,
      refusal: { state: 'None', command: 'simulate', accepted: ['draft'] },
    });
  });

  it('behavior: a refusal names state, command and what is accepted', () => {
    const decision = at(play([draft]), { type: 'submit', submission: digestOfNumber(6) });
    expect(decision).toMatchObject({
      ok: false,
      refusal: { state: 'Draft', command: 'submit', accepted: ['simulate', 'cancel', 'request-pause'] },
    });
  });

  it('behavior: one open proposal per member, asset and lever', () => {
    expect(reason(at([], { ...draft, openForSameLever: [digestOfNumber(77)] }))).toContain(
      digestOfNumber(77),
    );
  });

  it.each([
    [{ selfInflictedLiquidations: POLICY.selfInflictedLimit + 1 }, 'liquidatable'],
    [{ revertReason: 'StepTooLarge' }, 'StepTooLarge'],
    [{ payloadMatchesText: false }, 'differs'],
  ] as const)('behavior: a simulation with %j rejects the proposal', (change, word) => {
    const decision = at(play([draft]), { ...simulate, ...change });
    const [event] = decision.ok ? decision.events : [];
    expect(event?.type).toBe('Rejected');
    expect(event?.type === 'Rejected' ? event.reason : '').toContain(word);
  });

  it.each<[string, Partial<typeof authorise>, string]>([
    ['without a breach', { judgement: aJudgement({ breach: false, regime: 'WATCH' }) }, 'WATCH'],
    ['on stale data', { judgement: aJudgement({ breach: false, stale: true }) }, 'stale'],
    ['with one attestation', { attestations: 1 }, 'attestations'],
    ['on an old evaluation', { evaluationTime: PROPOSED_AT - 901 }, 'old'],
    ['on a superseded evaluation', { latestEvaluation: digestOfNumber(99) }, 'latest'],
    ['beyond the step left', { budget: { stepBps: 49, spendUsd: 0, notBefore: 0 } }, 'budget'],
    [
      'before the interval passed',
      { budget: { stepBps: 50, spendUsd: 0, notBefore: PROPOSED_AT + 500 } },
      'allowed at',
    ],
  ])('behavior: the fast path refuses %s', (_, change, word) => {
    expect(reason(at(play(fast.slice(0, 2)), { ...authorise, ...change }))).toContain(word);
  });

  it('behavior: the fast path never loosens and takes no other class', () => {
    const looser = fastTerms({ changes: [{ field: 'ltBps', from: 8_200, to: 8_250 }] });
    expect(reason(at(play([{ ...draft, terms: looser }, simulate]), authorise))).toContain('never loosens');
    const mixed = fastTerms({
      changes: [
        { field: 'ltBps', from: 8_250, to: 8_200 },
        { field: 'ltvBps', from: 7_900, to: 8_000 },
      ],
    });
    expect(reason(at(play([{ ...draft, terms: mixed }, simulate]), authorise))).toContain('mixed');
    expect(reason(at(play([{ ...draft, terms: fastTerms({ class: 'R' }) }, simulate]), authorise))).toContain(
      'class R',
    );
  });

  it('behavior: a fast authorisation opens a ratification vote at once', () => {
    const decision = at(play(fast.slice(0, 2)), authorise, PROPOSED_AT + 2);
    expect(decision.ok && decision.intents.map((i) => i.type)).toEqual([
      'open-ratification',
      'build-safe-transaction',
    ]);
  });

  it('behavior: signatures need the threshold of distinct owners', () => {
    const events = play(fast.slice(0, 4));
    const complete = fast[4] as Command & { type: 'complete-signatures' };
    expect(reason(at(events, { ...complete, signers: ['0xa'] }))).toContain('needs 2');
    expect(reason(at(events, { ...complete, signers: ['0xa', '0xa'] }))).toContain('repeated');
    expect(reason(at(events, { ...complete, signers: ['0xa', '0xz'] }))).toContain('no owner');
    expect(reason(at(events, { ...complete, safeTransaction: digestOfNumber(55) }))).toContain(
      'signing is open for',
    );
  });

  it('behavior: a vote cannot be tallied before its close, and its delay cannot be shortened', () => {
    const review = play([
      { ...draft, terms: votedTerms() },
      simulate,
      { type: 'open-review', proposer: 'member' },
    ]);
    const tally: Command = {
      type: 'record-tally',
      tally: digestOfNumber(20),
      root: digestOfNumber(21),
      outcome: 'succeeded',
      quorumReached: true,
    };
    expect(reason(at(review, tally, PROPOSED_AT + 4 * DAY - 1))).toContain('open until');
    const close = PROPOSED_AT + 4 * DAY;
    const steps: readonly Command[] = [
      tally,
      { type: 'open-signing', safeTransaction: digestOfNumber(5), previousIsDead: false },
      {
        type: 'complete-signatures',
        safeTransaction: digestOfNumber(5),
        signers: ['0xa'],
        owners: ['0xa'],
        threshold: 1,
      },
      { type: 'submit', submission: digestOfNumber(6) },
    ];
    const events = steps.reduce<readonly ProposalEvent[]>((log, command) => {
      const decision = at(log, command, close);
      return decision.ok ? [...log, ...decision.events] : log;
    }, review);
    const block = { number: 70, hash: digestOfNumber(70) };
    const early: Command = {
      type: 'record-schedule',
      operation: digestOfNumber(30),
      readyAt: close + 2 * DAY - 1,
      block,
    };
    expect(reason(at(events, early, close))).toContain('at least');
    expect(reason(at(events, { type: 'mine', submission: digestOfNumber(6), block }, close))).toContain(
      'not scheduled',
    );
  });

  it('behavior: vetoes are one per payload, and members stop R and S only', () => {
    const events = play(fast.slice(0, 3));
    const veto: Command = {
      type: 'veto',
      by: { role: 'guardian', ids: ['g1'] },
      reason: 'no',
      payloadVetoedBefore: false,
    };
    expect(at(events, veto).ok).toBe(true);
    expect(reason(at(events, { ...veto, payloadVetoedBefore: true }))).toContain('vetoed once');
    expect(reason(at(events, { ...veto, by: { role: 'member', ids: ['m1'] } }))).toContain('recorded');
    const structural = play([{ ...draft, terms: votedTerms() }, simulate]);
    expect(reason(at(structural, veto))).toContain('needs 2');
    expect(at(structural, { ...veto, by: { role: 'guardian', ids: ['g1', 'g2'] } }).ok).toBe(true);
  });

  it('behavior: the proposer cancels before the decision only, the system a fast action before the chain', () => {
    const cancel = (role: 'proposer' | 'system'): Command => ({
      type: 'cancel',
      by: { role, ids: ['x'] },
      reason: 'r',
    });
    expect(at(play(fast.slice(0, 2)), cancel('proposer')).ok).toBe(true);
    expect(reason(at(play(fast.slice(0, 5)), cancel('proposer')))).toContain('cannot cancel in Queued');
    expect(at(play(fast.slice(0, 5)), cancel('system')).ok).toBe(true);
    expect(at(play(fast.slice(0, 6)), cancel('system')).ok).toBe(false);
  });

  it('behavior: a reorg moves the proposal back and it goes on from there', () => {
    const applied = play(fast);
    const reorg: Command = { type: 'reorg', fromBlock: 50, finalisedBlock: 40 };
    const decision = at(applied, reorg);
    const back = decision.ok ? [...applied, ...decision.events] : applied;
    expect(stateOf(back, PROPOSED_AT + 200)).toMatchObject({
      name: 'Submitted',
      effect: null,
      lapsesAt: null,
    });
    const again = at(
      back,
      { type: 'mine', submission: digestOfNumber(6), block: { number: 51, hash: digestOfNumber(51) } },
      PROPOSED_AT + 300,
    );
    expect(again.ok).toBe(true);
    expect(reason(at(applied, { ...reorg, finalisedBlock: 50 }))).toContain('final');
    expect(reason(at(applied, { ...reorg, fromBlock: 90 }))).toContain('no recorded event');
  });

  it('behavior: a change lapses after its time to live, and renewals without a vote are limited', () => {
    const applied = play(fast.slice(0, 9));
    const lapse = PROPOSED_AT + 8 + POLICY.tighten.ttlSec;
    expect(stateOf(applied, lapse - 1).name).toBe('Applied');
    expect(stateOf(applied, lapse).name).toBe('Relaxing');
    const renew = (until: number): Command => ({
      type: 'renew',
      judgement: aJudgement(),
      evaluation: digestOfNumber(1),
      until,
    });
    let events: readonly ProposalEvent[] = applied;
    for (let i = 1; i <= POLICY.maxRenewals; i += 1) {
      const decision = at(events, renew(lapse + i), lapse - 10);
      expect(reason(decision)).toBe('accepted');
      events = decision.ok ? [...events, ...decision.events] : events;
    }
    expect(reason(at(events, renew(lapse + 9), lapse - 5))).toContain('renewed 2 times');
  });

  it('behavior: a rejected ratification returns a live change and cancels one not yet on chain', () => {
    const against: Command = {
      type: 'record-ratification',
      tally: digestOfNumber(60),
      outcome: 'defeated',
      quorumReached: true,
    };
    const live = play(fast);
    const ended = at(live, against);
    expect(stateOf(ended.ok ? [...live, ...ended.events] : live, PROPOSED_AT + 200).name).toBe('Relaxing');
    const waiting = play(fast.slice(0, 5));
    const stopped = at(waiting, against);
    expect(stateOf(stopped.ok ? [...waiting, ...stopped.events] : waiting, PROPOSED_AT + 200).name).toBe(
      'Cancelled',
    );
    expect(reason(at(live, { ...against, quorumReached: false }))).toContain('quorum');
  });

  it('behavior: what is not on chain by validUntil expires', () => {
    const events = play(fast.slice(0, 5));
    const { validUntil } = fastTerms();
    expect(stateOf(events, validUntil).name).toBe('Queued');
    expect(stateOf(events, validUntil + 1).name).toBe('Expired');
    expect(reason(at(events, { type: 'submit', submission: digestOfNumber(6) }, validUntil + 1))).toContain(
      'final',
    );
  });
});
