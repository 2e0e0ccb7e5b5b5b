import { assetOf, changesOf, type Artefact, type BoundsReader, type ChainClock, type PayloadCodec, type Proposal, type SafeReader, safeTransactionOf } from '#libs/application/index';
import { canonicalJson, digestOf } from '#libs/canonical/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import { directionOf, type Policy, type ProposalEvent, type Regime } from '#libs/governance/index';
import { refusal, type Refusal } from './refusal.js';

export interface SafeMeans {
  readonly codec: PayloadCodec;
  readonly safes: SafeReader;
  readonly clock: ChainClock;
  readonly bounds: BoundsReader;
  readonly policy: Policy;
  /** Address of this co-signer's owner key. */
  readonly owner: string;
}

/** The Safe transaction is its proposal's, for our Safe, still usable, and our key has a say in it. Null when all holds. */
export async function transactionRefusal(transaction: Artefact<'safe-transaction'>, proposal: Artefact<'proposal'>, tallyRoot: `0x${string}` | null, own: SafeMeans): Promise<Refusal | null> {
  const { body } = transaction;
  const expected = safeTransactionOf(proposal, { codec: own.codec, nonce: body.nonce, tallyRoot });
  if (body.safe.toLowerCase() !== expected.safe.toLowerCase() || body.chainId !== expected.chainId || body.role !== expected.role) {
    return refusal('COS-121', `it is for the ${body.role} Safe ${body.safe} on chain ${body.chainId}, the proposal needs the ${expected.role} Safe ${expected.safe} on chain ${expected.chainId}`);
  }
  if (digestOf(lowered(body)) !== digestOf(lowered(expected))) return refusal('COS-122', `own encoding gives Safe hash ${expected.safeTxHash}, asked for ${body.safeTxHash}`);
  return (await seatRefusal(body, own)) ?? contentRefusal(proposal.body, own.codec);
}

/** Addresses may differ in case only. */
function lowered<T extends object>(body: T): unknown {
  return JSON.parse(JSON.stringify(body).toLowerCase());
}

async function seatRefusal(body: Artefact<'safe-transaction'>['body'], own: SafeMeans): Promise<Refusal | null> {
  const [safe, now] = await Promise.all([own.safes.safe(body.role), own.clock.now()]);
  if (!safe.owners.some((owner) => owner.toLowerCase() === own.owner.toLowerCase())) return refusal('COS-123', `${own.owner} is not among the owners of ${body.safe}`);
  if (body.nonce < safe.nonce) return refusal('COS-124', `it uses nonce ${body.nonce}, the Safe is at ${safe.nonce}`);
  if (now > body.validUntil) return refusal('COS-125', `it was valid until ${body.validUntil}, the chain is at ${now}`);
  return null;
}

/** What voters and signers are shown must be generated from what is executed. */
function contentRefusal(proposal: Proposal, codec: PayloadCodec): Refusal | null {
  const parts: readonly (readonly [string, string, string])[] = [
    ['payload hash', proposal.payloadHash, codec.payloadHash(proposal.action)],
    ['text', proposal.text, codec.describe(proposal.action)],
    ['counterfactual hash', proposal.counterfactualHash, digestOf(proposal.counterfactuals)],
    ['changes', canonicalJson(proposal.changes), canonicalJson(changesOf(proposal.action))],
    ['asset', proposal.asset, assetOf(proposal.action)],
    ['member', proposal.member, proposal.action.member],
    ['lever', proposal.lever, proposal.action.lever],
  ];
  const wrong = parts.find(([, published, own]) => published !== own);
  return wrong === undefined ? null : refusal('COS-126', `${wrong[0]} is "${wrong[1]}", own is "${wrong[2]}"`);
}

/** A fast action answers a real breach, only tightens or opens a tranche, and stays inside what the contracts still allow. */
export async function fastRefusal(proposal: Proposal, record: EvaluationRecord, events: readonly ProposalEvent[], own: SafeMeans): Promise<Refusal | null> {
  const authorised = events.find((event) => event.type === 'FastAuthorised');
  if (authorised === undefined) return refusal('COS-127', 'the proposal was never authorised on the fast path');
  const age = (await own.clock.now()) - record.t0;
  if (age > own.policy.maxEvaluationAgeSec) return refusal('COS-109', `the evaluation behind it is ${age} s old, at most ${own.policy.maxEvaluationAgeSec} s are accepted`);
  const direction = directionOf(proposal.changes);
  if (proposal.lever === 'margin-baseline' || (proposal.lever === 'margin-tightening' && direction !== 'stricter')) return refusal('COS-129', `${proposal.lever} is ${direction}`);
  return breachRefusal(record, authorised.regime, own.policy) ?? budgetRefusal(proposal, authorised.regime, own);
}

function breachRefusal({ reading }: EvaluationRecord, regime: Regime, policy: Policy): Refusal | null {
  const threshold = reading.thresholdStatus === 'already-failed' ? 0 : reading.thresholdStatus === 'found' ? Number(reading.ssfThreshold) : null;
  const level = regime === 'EMERGENCY' ? policy.criticalLevel : policy.safetyLevel;
  if (regime !== 'TIGHTEN' && regime !== 'EMERGENCY') return refusal('COS-127', `regime ${regime} allows no fast action`);
  if (threshold !== null && threshold < level) return null;
  return refusal('COS-127', `own SSF threshold is ${threshold ?? reading.thresholdStatus}, ${regime} needs one below ${level}`);
}

async function budgetRefusal({ action }: Proposal, regime: Regime, own: SafeMeans): Promise<Refusal | null> {
  const { margins, backstops } = await own.bounds.remaining(regime);
  if (action.lever === 'backstop-tranche') {
    const bound = backstops.find(({ member, collateral }) => member === action.member && collateral === action.collateral);
    const left = bound?.maxSpendUsd ?? 0;
    return action.maxSpendUsd <= left ? null : refusal('COS-128', `it would spend up to ${action.maxSpendUsd} USD, ${left} USD are left`);
  }
  const bound = margins.find(({ member, asset }) => member === action.member && asset === action.asset);
  if (bound === undefined) return refusal('COS-128', `MarginGuard lists no ${action.asset} of ${action.member}`);
  const step = bound.ltBps - action.ltBpsTo;
  return step <= bound.maxStepBps ? null : refusal('COS-128', `it would lower the liquidation threshold by ${step} bps, ${bound.maxStepBps} bps are left`);
}
