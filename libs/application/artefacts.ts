import type { EvaluationRecord } from '#libs/dlcm/index';
import type {
  Ballot,
  CounterfactualRow,
  Lever,
  ParameterChange,
  ProposalClass,
  Regime,
  Tally,
} from '#libs/governance/index';
import type { SnapshotCommitment } from '#libs/market/index';
import type { PayloadAction } from '#libs/protocol/index';

/** Lower-case hex digest with 0x prefix, 32 bytes. */
export type Digest = `0x${string}`;
export type Address = `0x${string}`;
export type HexBytes = `0x${string}`;
/**
 * A number that is not an integer, as plain decimal text ("0.1837", "-12.5"): artefacts hash as canonical JSON, which knows
 * integers and strings only.
 */
export type Decimal = string;

/** Body of each artefact of the line, by kind. Every body is plain data that survives canonical JSON. */
export interface ArtefactBodies {
  snapshot: SnapshotHeader;
  evaluation: EvaluationRecord;
  skip: Skip;
  attestation: Attestation;
  breach: Breach;
  remedy: Remedy;
  proposal: Proposal;
  ballot: Ballot;
  tally: Tally;
  'safe-transaction': SafeTransaction;
  'co-signature': CoSignature;
  submission: Submission;
  effect: Effect;
  report: Report;
}
export type ArtefactKind = keyof ArtefactBodies;

/**
 * An immutable result of one stage. `id` is the digest of `{body, kind, parentId}` (a snapshot's id is its Merkle root;
 * an evaluation's the digest of its record; `parentId` is the artefact it was made from. `createdAt` is not hashed, so that a repeated stage gives the same id; the
 * first stored wins.
 */
export interface Artefact<K extends ArtefactKind = ArtefactKind> {
  readonly kind: K;
  readonly id: Digest;
  readonly parentId: Digest | null;
  /** Chain time in seconds. */
  readonly createdAt: number;
  readonly body: ArtefactBodies[K];
}

/** The snapshot itself lives in its chunks; the header commits to them. Its id is the Merkle root. */
export type SnapshotHeader = SnapshotCommitment;

/** A snapshot that was not evaluated because a newer one was waiting. Parent: the skipped snapshot. */
export interface Skip {
  readonly snapshot: Digest;
  readonly newer: Digest;
}

/** Place of an evaluation in the registry's chain: the digest accepted before it (zeros before the first) and the attester set that signs. */
export interface RegistryLink {
  readonly parentDigest: Digest;
  readonly attesterEpoch: number;
}

/** Parent: the evaluation. Attestations of one evaluation count together only when their links are equal. */
export interface Attestation {
  readonly evaluation: Digest;
  readonly link: RegistryLink;
  readonly signer: Address;
  readonly signature: HexBytes;
}

/** Parent: the evaluation. */
export interface Breach {
  readonly evaluation: Digest;
  readonly regime: Regime;
  readonly ssfThreshold: Decimal | null;
  readonly safetyLevel: Decimal;
  readonly reason: string;
}

/** One change that an intervention makes, in model terms. */
export type RemedyAction = PayloadAction;
export type { BackstopAction, MarginAction } from '#libs/protocol/index';

/** Parent: the breach. */
export interface Remedy {
  readonly breach: Digest;
  readonly evaluation: Digest;
  readonly actions: readonly RemedyAction[];
  readonly thresholdBefore: Decimal | null;
  readonly thresholdAfter: Decimal | null;
  /** Threshold of a remedy one tolerance smaller: below the safety level, or null when the certificate does not apply. */
  readonly thresholdJustBelow: Decimal | null;
  readonly costUsd: Decimal;
  /** Set when the on-chain budgets do not allow a sufficient remedy; `actions` is then the best within bounds. */
  readonly shortfall: { readonly thresholdMissing: Decimal; readonly backstopUsd: Decimal } | null;
  readonly counterfactuals: readonly CounterfactualRow[];
}

export interface Call {
  readonly to: Address;
  readonly data: HexBytes;
}

/** What a fork simulation of the actions found. */
export interface Simulation {
  readonly blockNumber: number;
  /** Accounts that the change itself makes liquidatable, at the end of its ramp and at unmoved prices. */
  readonly selfInflictedLiquidations: number;
  /** Why the calls would not succeed; null when they do. */
  readonly revertReason: string | null;
}

/**
 * Parent: the remedy; a ratification's parent is the fast proposal. The calls are not part of it: each carries the proposal's
 * own id and is rebuilt from `actions` by anyone (`payloadHash` covers target, selector and parameters).
 */
export interface Proposal {
  readonly remedy: Digest;
  readonly evaluation: Digest;
  readonly class: ProposalClass;
  readonly lever: Lever;
  readonly member: string;
  readonly asset: string;
  readonly action: RemedyAction;
  readonly changes: readonly ParameterChange[];
  readonly ratifies: Digest | null;
  readonly payloadHash: Digest;
  readonly counterfactualHash: Digest;
  readonly counterfactuals: readonly CounterfactualRow[];
  /** Human text generated from the payload. */
  readonly text: string;
  readonly simulation: Simulation;
  readonly createdAt: number;
  readonly validUntil: number;
  /** Timestamp at which voting power is measured; null on the fast path. */
  readonly timepoint: number | null;
  readonly reviewEndsAt: number | null;
  readonly voteEndsAt: number | null;
}

export type SafeRole = 'responder' | 'council';

/** Parent: the proposal. All other fields of the Safe's transaction are zero. */
export interface SafeTransaction {
  readonly proposal: Digest;
  readonly role: SafeRole;
  readonly chainId: number;
  readonly safe: Address;
  readonly to: Address;
  readonly data: HexBytes;
  readonly operation: 0 | 1;
  readonly nonce: number;
  readonly safeTxHash: Digest;
  readonly validUntil: number;
  /** What this transaction does for the proposal: act directly, or schedule the delayed operation. */
  readonly purpose: 'execute' | 'schedule';
}

/** Parent: the Safe transaction. */
export interface CoSignature {
  readonly safeTransaction: Digest;
  readonly signer: Address;
  readonly signature: HexBytes;
}

/** `cancel` uses up the nonce of an attempt that must no longer be sent. */
export type SubmissionPurpose =
  'publish-evaluation' | 'safe-transaction' | 'execute-operation' | 'sync' | 'cancel';

/** One attempt on chain, journalled before it is broadcast. Parent: what is sent. */
export interface Submission {
  /** The artefact that is sent: evaluation, Safe transaction, or the proposal whose operation is executed or synced. */
  readonly intent: Digest;
  readonly purpose: SubmissionPurpose;
  readonly chainId: number;
  readonly from: Address;
  readonly to: Address;
  readonly data: HexBytes;
  readonly nonce: number;
  readonly raw: HexBytes;
  readonly hash: Digest;
  readonly gas: number;
  /** Wei, as decimal text. */
  readonly maxFeePerGas: string;
  readonly maxPriorityFeePerGas: string;
}

/** The parameters read back from the member. Parent: the proposal. */
export interface Effect {
  readonly proposal: Digest;
  readonly submission: Digest | null;
  readonly changes: readonly (ParameterChange & { readonly readBack: number })[];
  readonly asIntended: boolean;
  readonly blockNumber: number;
  readonly blockHash: Digest;
}

/** Forecast and outcome of one intervention. Parent: the effect. */
export interface Report {
  readonly proposal: Digest;
  readonly effect: Digest;
  readonly evaluationBefore: Digest;
  readonly evaluationAfter: Digest;
  readonly thresholdBefore: Decimal | null;
  readonly thresholdAfter: Decimal | null;
  /** Threshold of the newer snapshot with the change undone. */
  readonly thresholdWithout: Decimal | null;
  readonly forecastGain: Decimal;
  readonly measuredGain: Decimal;
  readonly effective: boolean;
}
