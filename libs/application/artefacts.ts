import type { EvaluationRecord } from '#libs/dlcm/index';
import type { Ballot, CounterfactualRow, Lever, ProposalClass, Regime, Tally } from '#libs/governance/index';
import type { PinnedBlock } from '#libs/market/index';

/** Lower-case hex digest with 0x prefix, 32 bytes. */
export type Digest = `0x${string}`;
export type Address = `0x${string}`;
export type HexBytes = `0x${string}`;

/** Body of each artefact of the line, by kind. Every body is plain data that survives canonical JSON. */
export interface ArtefactBodies {
  snapshot: SnapshotHeader;
  evaluation: EvaluationRecord;
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

/** An immutable result of one stage. `id` is the digest of its canonical bytes; `parentId` is the artefact it was made from. */
export interface Artefact<K extends ArtefactKind = ArtefactKind> {
  readonly kind: K;
  readonly id: Digest;
  readonly parentId: Digest | null;
  /** Chain time in seconds. */
  readonly createdAt: number;
  readonly body: ArtefactBodies[K];
}

/** The snapshot itself lives in its chunks; the header commits to them. Its id is the Merkle root. */
export interface SnapshotHeader {
  readonly root: Digest;
  readonly t0: number;
  readonly blocks: readonly PinnedBlock[];
  /** sha256 of each chunk, in order. */
  readonly chunks: readonly Digest[];
  readonly bytes: number;
}

export interface Attestation {
  readonly evaluation: Digest;
  readonly signer: Address;
  readonly signature: HexBytes;
}

export interface Breach {
  readonly evaluation: Digest;
  readonly regime: Regime;
  readonly ssfThreshold: number | null;
  readonly safetyLevel: number;
  readonly reason: string;
}

/** One change that an intervention makes, in model terms. */
export type RemedyAction =
  | { readonly lever: 'margin-tightening'; readonly member: string; readonly asset: string; readonly ltFrom: number; readonly ltTo: number; readonly ltvFrom: number; readonly ltvTo: number }
  | { readonly lever: 'backstop-tranche'; readonly member: string; readonly collateral: string; readonly maxSpendUsd: number };

export interface Remedy {
  readonly breach: Digest;
  readonly evaluation: Digest;
  readonly actions: readonly RemedyAction[];
  readonly thresholdBefore: number | null;
  readonly thresholdAfter: number | null;
  /** Threshold of a remedy one tolerance smaller: below the safety level, or null when the certificate does not apply. */
  readonly thresholdJustBelow: number | null;
  readonly costUsd: number;
  /** True when the on-chain budgets do not allow a sufficient remedy; `actions` is then the best within bounds. */
  readonly shortfall: { readonly thresholdMissing: number; readonly backstopUsd: number } | null;
  readonly counterfactuals: readonly CounterfactualRow[];
}

export interface Call {
  readonly to: Address;
  readonly data: HexBytes;
}

export interface Proposal {
  readonly remedy: Digest;
  readonly evaluation: Digest;
  readonly class: ProposalClass;
  readonly lever: Lever;
  readonly member: string;
  readonly asset: string;
  readonly actions: readonly RemedyAction[];
  readonly calls: readonly Call[];
  readonly payloadHash: Digest;
  readonly counterfactualHash: Digest;
  readonly counterfactuals: readonly CounterfactualRow[];
  /** Human text generated from the payload. */
  readonly text: string;
  readonly createdAt: number;
  readonly validUntil: number;
  /** Timestamp at which voting power is measured; null on the fast path. */
  readonly timepoint: number | null;
  readonly reviewEndsAt: number | null;
  readonly voteEndsAt: number | null;
  readonly selfInflictedLiquidations: number;
}

export type SafeRole = 'responder' | 'council';

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
  /** What this transaction does for the proposal: act directly, schedule the delayed operation. */
  readonly purpose: 'execute' | 'schedule';
}

export interface CoSignature {
  readonly safeTransaction: Digest;
  readonly signer: Address;
  readonly signature: HexBytes;
}

/** One attempt on chain, journalled before it is broadcast. */
export interface Submission {
  /** What is sent: an artefact id (evaluation to publish, Safe transaction, execution of a scheduled operation). */
  readonly intent: Digest;
  readonly purpose: 'publish-evaluation' | 'safe-transaction' | 'execute-operation' | 'sync';
  readonly chainId: number;
  readonly from: Address;
  readonly nonce: number;
  readonly raw: HexBytes;
  readonly hash: Digest;
  readonly maxFeePerGas: string;
  readonly maxPriorityFeePerGas: string;
}

export interface Effect {
  readonly submission: Digest;
  readonly proposal: Digest;
  readonly field: string;
  readonly before: string;
  readonly intended: string;
  readonly readBack: string;
  readonly blockNumber: number;
  readonly blockHash: Digest;
}

export interface Report {
  readonly proposal: Digest;
  readonly evaluationBefore: Digest;
  readonly evaluationAfter: Digest;
  readonly thresholdBefore: number | null;
  readonly thresholdAfter: number | null;
  readonly effective: boolean;
}
