import type { Judgement, ProposalEvent, ProposalTerms, RiskReading } from '#libs/governance/index';
import { decide, POLICY, type Command, type Decision } from '#libs/governance/index';

const DAY = 86_400;

/** 32 bytes that show a number. */
export const digestOfNumber = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, '0')}`;

export const PROPOSED_AT = 1_000_000;

/** A tightening by half a point on the fast path. */
export function fastTerms(overrides: Partial<ProposalTerms> = {}): ProposalTerms {
  return {
    class: 'T',
    lever: 'margin-tightening',
    member: 'aave-local',
    asset: 'ETH',
    changes: [
      { field: 'ltvBps', from: 8_000, to: 7_950 },
      { field: 'ltBps', from: 8_250, to: 8_200 },
    ],
    evaluation: digestOfNumber(1),
    payloadHash: digestOfNumber(2),
    counterfactualHash: digestOfNumber(3),
    ratifies: null,
    createdAt: PROPOSED_AT,
    validUntil: PROPOSED_AT + POLICY.maxEvaluationAgeSec,
    timepoint: null,
    reviewEndsAt: null,
    voteEndsAt: null,
    delaySec: 0,
    ttlSec: POLICY.tighten.ttlSec,
    ...overrides,
  };
}

/** A structural change decided by vote: a day of review, three of voting, two of delay. */
export function votedTerms(overrides: Partial<ProposalTerms> = {}): ProposalTerms {
  return fastTerms({
    class: 'S',
    lever: 'margin-baseline',
    validUntil: PROPOSED_AT + 13 * DAY,
    timepoint: PROPOSED_AT,
    reviewEndsAt: PROPOSED_AT + DAY,
    voteEndsAt: PROPOSED_AT + 4 * DAY,
    delaySec: 2 * DAY,
    ttlSec: null,
    ...overrides,
  });
}

export function aReading(overrides: Partial<RiskReading> = {}): RiskReading {
  return {
    evaluation: digestOfNumber(1),
    snapshotTime: PROPOSED_AT,
    blockNumber: 100,
    thresholdStatus: 'found',
    ssfThreshold: 0.15,
    robust: false,
    ...overrides,
  };
}

/** A fresh breach. */
export function aJudgement(overrides: Partial<Judgement> = {}): Judgement {
  return {
    regime: 'TIGHTEN',
    judged: aReading(),
    breach: true,
    relaxationFrozen: true,
    stale: false,
    reason: 'test',
    ...overrides,
  };
}

const BLOCK = { number: 50, hash: digestOfNumber(50) };

/** The commands of the fast path, in order, each with facts that its guard accepts. */
export function fastCommands(terms: ProposalTerms): readonly Command[] {
  return [
    { type: 'draft', proposal: digestOfNumber(9), terms, openForSameLever: [] },
    {
      type: 'simulate',
      selfInflictedLiquidations: 0,
      revertReason: null,
      payloadMatchesText: true,
      textHash: digestOfNumber(4),
    },
    {
      type: 'authorise-fast',
      judgement: aJudgement(),
      attestations: 2,
      evaluationTime: PROPOSED_AT,
      latestEvaluation: terms.evaluation,
      budget: { stepBps: 50, spendUsd: 0, notBefore: 0 },
    },
    { type: 'open-signing', safeTransaction: digestOfNumber(5), previousIsDead: false },
    {
      type: 'complete-signatures',
      safeTransaction: digestOfNumber(5),
      signers: ['0xa', '0xb'],
      owners: ['0xa', '0xb', '0xc'],
      threshold: 2,
    },
    { type: 'submit', submission: digestOfNumber(6) },
    { type: 'mine', submission: digestOfNumber(6), block: BLOCK },
    { type: 'confirm', block: BLOCK, headNumber: 60, confirmations: 2 },
    {
      type: 'apply',
      effect: digestOfNumber(7),
      asIntended: true,
      block: { number: 52, hash: digestOfNumber(52) },
    },
    { type: 'measure', report: digestOfNumber(8), effective: true },
  ];
}

/** Runs commands one after the other, a second apart, and keeps what they record. */
export function play(commands: readonly Command[], start = PROPOSED_AT): readonly ProposalEvent[] {
  return commands.reduce<readonly ProposalEvent[]>((events, command, i) => {
    const decision: Decision = decide({ events, policy: POLICY }, command, start + i);
    if (!decision.ok) throw new RangeError(`${command.type}: ${decision.refusal.reason}`);
    return [...events, ...decision.events];
  }, []);
}
