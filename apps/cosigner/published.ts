import type { Proposal, SafeTransaction } from '#libs/application/index';
import type { Ballot, ProposalEvent, Tally } from '#libs/governance/index';
import { z } from 'zod';

/** Bodies of artefacts as the api publishes them. Strict: a field that this build does not know is not signed over unseen. */
type Hex = `0x${string}`;
const hexOf = (bytes: number | null) => {
  const pattern = bytes === null ? /^0x([0-9a-fA-F]{2})*$/ : new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`);
  return z.custom<Hex>(
    (value) => typeof value === 'string' && pattern.test(value),
    `expected 0x and ${bytes === null ? 'hex bytes' : `${bytes} hex bytes`}`,
  );
};
export const digest = hexOf(32);
export const address = hexOf(20);
export const hexBytes = hexOf(null);
const whole = z.int().nonnegative();
const seconds = whole.nullable();
const text = z.string().max(10_000);
const decimal = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/);
const wei = z.string().regex(/^\d{1,78}$/);

const margin = {
  member: text,
  asset: text,
  ltvBpsFrom: whole,
  ltvBpsTo: whole,
  ltBpsFrom: whole,
  ltBpsTo: whole,
  rampSec: whole,
};
const action = z.discriminatedUnion('lever', [
  z.strictObject({ lever: z.literal('margin-tightening'), ...margin }),
  z.strictObject({ lever: z.literal('margin-baseline'), ...margin }),
  z.strictObject({
    lever: z.literal('backstop-tranche'),
    member: text,
    collateral: text,
    debtAsset: text,
    maxSpendUsd: whole,
  }),
]);
const lever = z.enum(['margin-tightening', 'backstop-tranche', 'margin-baseline', 'pause']);
const proposalClass = z.enum(['T', 'B0', 'B1', 'R', 'S', 'P']);
const change = z.strictObject({ field: z.enum(['ltvBps', 'ltBps', 'spendUsd']), from: whole, to: whole });
const counterfactual = z.strictObject({
  label: text,
  ssfThreshold: decimal.nullable(),
  expectedLossUsd: decimal,
  costUsd: decimal,
  accountsAffected: whole,
  lac10Usd: decimal,
  capitalUnusableUsd: decimal,
});
const terms = {
  class: proposalClass,
  lever,
  member: text,
  asset: text,
  changes: z.array(change).max(100),
  evaluation: digest,
  payloadHash: digest,
  counterfactualHash: digest,
  ratifies: digest.nullable(),
  createdAt: whole,
  validUntil: whole,
  timepoint: seconds,
  reviewEndsAt: seconds,
  voteEndsAt: seconds,
};

export const proposalBody = z.strictObject({
  ...terms,
  remedy: digest,
  action,
  counterfactuals: z.array(counterfactual).max(1_000),
  text,
  simulation: z.strictObject({
    blockNumber: whole,
    selfInflictedLiquidations: whole,
    revertReason: text.nullable(),
  }),
}) satisfies z.ZodType<Proposal>;

export const safeTransactionBody = z.strictObject({
  proposal: digest,
  role: z.enum(['responder', 'council']),
  chainId: whole,
  safe: address,
  to: address,
  data: hexBytes,
  operation: z.union([z.literal(0), z.literal(1)]),
  nonce: whole,
  safeTxHash: digest,
  validUntil: whole,
  purpose: z.enum(['execute', 'schedule']),
}) satisfies z.ZodType<SafeTransaction>;

const choice = z.enum(['for', 'against', 'abstain']);

export const ballotBody = z.strictObject({
  proposal: digest,
  evaluation: digest,
  payloadHash: digest,
  counterfactualHash: digest,
  voter: address,
  choice,
  reasonHash: digest,
  nonce: whole,
  deadline: whole,
  chainId: whole,
  verifyingContract: address,
  signature: hexBytes,
  receivedAt: whole,
}) satisfies z.ZodType<Ballot>;

export const tallyBody = z.strictObject({
  proposal: digest,
  timepoint: whole,
  closedAt: whole,
  for: wei,
  against: wei,
  abstain: wei,
  quorum: wei,
  quorumReached: z.boolean(),
  outcome: z.enum(['succeeded', 'defeated']),
  root: digest,
  leaves: z.array(z.strictObject({ ballot: digest, voter: address, choice, power: wei })).max(100_000),
}) satisfies z.ZodType<Tally>;

const READ_EVENTS = {
  Drafted: z.looseObject({
    type: z.literal('Drafted'),
    at: whole,
    proposal: digest,
    terms: z.looseObject({ ...terms, delaySec: whole, ttlSec: seconds }),
  }),
  FastAuthorised: z.looseObject({
    type: z.literal('FastAuthorised'),
    at: whole,
    evaluation: digest,
    regime: z.enum(['GREEN', 'WATCH', 'TIGHTEN', 'EMERGENCY', 'RECOVERY']),
  }),
  VoteExtended: z.looseObject({ type: z.literal('VoteExtended'), at: whole, until: whole }),
} as const;
const otherEvent = z.looseObject({
  type: z.string().refine((type) => !(type in READ_EVENTS), 'this event has other fields'),
  at: whole,
});

/** Events of a proposal: those whose fields a co-signer reads are checked, all others only move the state. */
export const proposalEvents = z
  .array(z.union([READ_EVENTS.Drafted, READ_EVENTS.FastAuthorised, READ_EVENTS.VoteExtended, otherEvent]))
  .max(10_000)
  .transform((events) => events as unknown as readonly ProposalEvent[]);
