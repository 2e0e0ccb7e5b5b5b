import { describe, expect, it } from '@jest/globals';
import { digestOfNumber, play, PROPOSED_AT, votedTerms } from '#test/support/governance/proposals';
import { acceptBallot, type Ballot, type BallotFacts, votingPower } from './ballot.js';
import { stateOf } from './state-of.js';

const DAY = 86_400;
const OPEN = PROPOSED_AT + 2 * DAY;
const contract = `0x${'cc'.repeat(20)}` as const;
const terms = votedTerms();
const events = play([
  { type: 'draft', proposal: digestOfNumber(9), terms, openForSameLever: [] },
  {
    type: 'simulate',
    selfInflictedLiquidations: 0,
    revertReason: null,
    payloadMatchesText: true,
    textHash: digestOfNumber(4),
  },
  { type: 'open-review', proposer: 'member' },
]);
const ballot: Ballot = {
  proposal: digestOfNumber(9),
  evaluation: terms.evaluation,
  payloadHash: terms.payloadHash,
  counterfactualHash: terms.counterfactualHash,
  voter: `0x${'11'.repeat(20)}`,
  choice: 'for',
  reasonHash: digestOfNumber(0),
  nonce: 1,
  deadline: OPEN + DAY,
  chainId: 31_337,
  verifyingContract: contract,
  signature: '0x',
  receivedAt: OPEN,
};
const factsAt = (now: number, overrides: Partial<BallotFacts> = {}): BallotFacts => ({
  state: stateOf(events, now),
  chainId: 31_337,
  verifyingContract: contract,
  votesBefore: 7n,
  votesAt: 5n,
  signatureValid: true,
  earlier: [],
  ...overrides,
});
const decided = (change: Partial<Ballot> = {}, facts: Partial<BallotFacts> = {}, now = OPEN): string => {
  const decision = acceptBallot(factsAt(now, facts), { ...ballot, ...change }, now);
  return decision.ok ? 'counted' : decision.refusal;
};

describe('acceptBallot', () => {
  it('default: counts with the smaller of the two past powers', () => {
    expect(acceptBallot(factsAt(OPEN), ballot, OPEN)).toEqual({ ok: true, power: 5n, replacesNonce: null });
    expect(votingPower(3n, 9n)).toBe(3n);
  });

  it.each<[string, Partial<Ballot>, Partial<BallotFacts>]>([
    ['wrong-proposal', { proposal: digestOfNumber(8) }, {}],
    ['foreign-chain', { chainId: 1 }, {}],
    ['foreign-contract', { verifyingContract: `0x${'dd'.repeat(20)}` }, {}],
    ['wrong-evaluation', { evaluation: digestOfNumber(77) }, {}],
    ['wrong-payload', { payloadHash: digestOfNumber(77) }, {}],
    ['wrong-counterfactual', { counterfactualHash: digestOfNumber(77) }, {}],
    ['deadline-passed', { deadline: OPEN - 1 }, {}],
    ['bad-signature', {}, { signatureValid: false }],
    ['unknown-voter', {}, { votesAt: 0n }],
    ['unknown-voter', {}, { votesBefore: 0n }],
    ['nonce-used', {}, { earlier: [ballot] }],
    ['nonce-used', { nonce: 0 }, { earlier: [ballot] }],
    ['nonce-used', { nonce: 1.5 }, {}],
  ])('behavior: refuses with %s', (refusal, change, facts) => {
    expect(decided(change, facts)).toBe(refusal);
  });

  it('behavior: counts from the end of the review up to the close, not at it', () => {
    expect(decided({}, {}, PROPOSED_AT + DAY - 1)).toBe('not-voting');
    expect(decided({}, {}, PROPOSED_AT + DAY)).toBe('counted');
    const last = PROPOSED_AT + 4 * DAY;
    expect(decided({ deadline: last }, {}, last - 1)).toBe('counted');
    expect(decided({ deadline: last }, {}, last)).toBe('late');
  });

  it('behavior: a higher nonce changes the ballot', () => {
    expect(acceptBallot(factsAt(OPEN, { earlier: [ballot] }), { ...ballot, nonce: 2 }, OPEN)).toMatchObject({
      ok: true,
      replacesNonce: 1,
    });
  });
});
