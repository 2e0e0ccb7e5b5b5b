import {
  assetOf,
  changesOf,
  type PayloadCodec,
  type Proposal,
  roleOf,
  type SafeRole,
  timetableOf,
} from '#libs/application/index';
import { canonicalJson, digestOf } from '#libs/canonical/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import type { Lever, Policy, ProposalClass } from '#libs/governance/index';
import { refusal, type Refusal } from './refusal.js';

/** What each class may move. Classes that are not listed carry out nothing through a Safe at this level. */
const LEVERS: Readonly<Partial<Record<ProposalClass, readonly Lever[]>>> = {
  T: ['margin-tightening'],
  B0: ['backstop-tranche'],
  R: ['margin-baseline'],
  S: ['margin-baseline'],
};

/** The proposal is one of our Safe's classes, and what voters and signers are shown is generated from what is executed. */
export function proposalRefusal(proposal: Proposal, codec: PayloadCodec, role: SafeRole): Refusal | null {
  if (roleOf(proposal) !== role)
    return refusal(
      'COS-134',
      `class ${proposal.class} belongs to the ${roleOf(proposal)} Safe, not to the ${role} Safe`,
    );
  const levers = LEVERS[proposal.class] ?? [];
  if (!levers.includes(proposal.action.lever))
    return refusal(
      'COS-134',
      `class ${proposal.class} may move ${levers.join(', ') || 'nothing'}, not ${proposal.action.lever}`,
    );
  const { action } = proposal;
  return firstDifference([
    ['payload hash', proposal.payloadHash, codec.payloadHash(action)],
    ['text', proposal.text, codec.describe(action)],
    ['counterfactual hash', proposal.counterfactualHash, digestOf(proposal.counterfactuals)],
    ['changes', canonicalJson(proposal.changes), canonicalJson(changesOf(action))],
    ['asset', proposal.asset, assetOf(action)],
    ['member', proposal.member, action.member],
    ['lever', proposal.lever, action.lever],
  ]);
}

/** Every time of a proposal follows from its evaluation and class: nobody chooses when power is measured or how long it may be used. */
export function timesRefusal(proposal: Proposal, record: EvaluationRecord, policy: Policy): Refusal | null {
  const own = timetableOf(record.t0, proposal.class, policy);
  return firstDifference([
    ['createdAt', String(proposal.createdAt), String(record.t0)],
    ['validUntil', String(proposal.validUntil), String(own.validUntil)],
    ['timepoint', String(proposal.timepoint), String(own.timepoint)],
    ['reviewEndsAt', String(proposal.reviewEndsAt), String(own.reviewEndsAt)],
    ['voteEndsAt', String(proposal.voteEndsAt), String(own.voteEndsAt)],
  ]);
}

type Pair = readonly [name: string, published: string, own: string];

function firstDifference(pairs: readonly Pair[]): Refusal | null {
  const wrong = pairs.find(([, published, own]) => published !== own);
  return wrong === undefined
    ? null
    : refusal('COS-126', `${wrong[0]} is "${wrong[1]}", own is "${wrong[2]}"`);
}
