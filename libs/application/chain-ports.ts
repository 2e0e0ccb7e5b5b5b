import type { EvaluationRecord } from '#libs/dlcm/index';
import type { BallotMessage, BlockRef, Regime } from '#libs/governance/index';
import type {
  Address,
  Attestation,
  Call,
  Digest,
  HexBytes,
  Proposal,
  RegistryLink,
  RemedyAction,
  SafeRole,
  SafeTransaction,
  Simulation,
} from './artefacts.js';
import type { RemainingBounds } from './ports.js';

/** Encoding of everything that is signed or sent. Pure; one per deployment, built from `libs/protocol` and its addresses. */
export interface PayloadCodec {
  readonly chainId: number;
  /** Contract that ballots are bound to (`verifyingContract` of their EIP-712 domain). */
  readonly ballotContract: Address;
  readonly safes: Readonly<Record<SafeRole, Address>>;
  /** Covers chain, target, selector and parameters, not the authority fields. */
  payloadHash(action: RemedyAction): Digest;
  /** Clear text generated from the payload. */
  describe(action: RemedyAction): string;
  /** The call of a fast action, carrying (proposal id, evaluation, payload hash, valid until). */
  fastCall(proposalId: Digest, proposal: Proposal): Call;
  /** `OpenExecutor.schedule` of a voted action, and the public `execute` that follows its delay. */
  scheduleCall(proposalId: Digest, proposal: Proposal, tallyRoot: Digest): Call;
  executeCall(proposalId: Digest, proposal: Proposal, tallyRoot: Digest): Call;
  /** Permissionless push of the member's current parameters; null where the member reads them itself. */
  syncCall(member: string, asset: string): Call | null;
  /** The attestations share one link; signatures are sorted by signer. */
  publishCall(record: EvaluationRecord, attestations: readonly Attestation[]): Call;
  executeSafeCall(
    transaction: SafeTransaction,
    signatures: readonly { readonly signer: Address; readonly signature: HexBytes }[],
  ): Call;
  safeTxHash(transaction: Omit<SafeTransaction, 'safeTxHash'>): Digest;
  /** EIP-712 hashes that attesters and voters sign. */
  attestationHash(record: EvaluationRecord, link: RegistryLink): Digest;
  ballotHash(message: BallotMessage): Digest;
}

/** Checks that `signer` signed `hash`: ECDSA, or ERC-1271 by a call at the given block. */
export interface SignatureChecker {
  signedBy(input: {
    readonly hash: Digest;
    readonly signer: Address;
    readonly signature: HexBytes;
  }): Promise<boolean>;
}

export interface AttesterSetReader {
  attesters(): Promise<{ readonly members: readonly Address[]; readonly threshold: number }>;
  /** The link that the next evaluation must carry: its parent is the newest evaluation the registry holds. */
  link(): Promise<RegistryLink>;
}

export interface ExecutorReader {
  /** The delayed operation of a voted proposal, once the executor holds it. */
  scheduled(
    proposalId: Digest,
    proposal: Proposal,
    tallyRoot: Digest,
  ): Promise<{ readonly operation: Digest; readonly readyAt: number; readonly block: BlockRef } | null>;
}

export interface SafeReader {
  safe(
    role: SafeRole,
  ): Promise<{ readonly owners: readonly Address[]; readonly threshold: number; readonly nonce: number }>;
}

/** Token facts at past timestamps, in token wei. */
export interface VotingPowerReader {
  votes(voter: Address, timepoint: number): Promise<bigint>;
  /** Past total supply less vault and treasury. */
  countedSupply(timepoint: number): Promise<bigint>;
}

export interface BoundsReader {
  /** Budgets left on chain for the fast path under `regime`. */
  remaining(regime: Regime): Promise<RemainingBounds>;
}

export interface ForkSimulator {
  /** On a copy of the chain: at a block, or at the head, where the newest attested evaluation is known to the contracts. */
  simulate(action: RemedyAction, at: BlockRef | 'latest'): Promise<Simulation>;
}

export interface EffectReader {
  /** Live values of the fields that the action sets, in the units of the action. */
  readBack(
    action: RemedyAction,
  ): Promise<{ readonly values: Readonly<Record<string, number>>; readonly block: BlockRef }>;
}

/** The chain as the relayer uses it. Every method may throw a retryable adapter error. */
export interface RelayChain {
  readonly chainId: number;
  readonly sender: Address;
  head(): Promise<BlockRef & { readonly timestamp: number }>;
  finalised(): Promise<BlockRef>;
  blockHash(number: number): Promise<Digest | null>;
  /** Nonce of the next transaction by mined transactions only. */
  minedNonce(): Promise<number>;
  simulate(
    call: Call,
  ): Promise<
    | { readonly kind: 'ok'; readonly gas: number }
    | { readonly kind: 'reverts'; readonly reason: string }
    | { readonly kind: 'indeterminate'; readonly reason: string }
  >;
  fees(): Promise<{ readonly baseFee: bigint; readonly priorityFee: bigint }>;
  sign(transaction: UnsignedTransaction): Promise<{ readonly raw: HexBytes; readonly hash: Digest }>;
  broadcast(raw: HexBytes): Promise<BroadcastOutcome>;
  /** `pending`, `mined` or `unknown` to the node. */
  lookup(hash: Digest): Promise<
    | { readonly kind: 'pending' | 'unknown' }
    | {
        readonly kind: 'mined';
        readonly block: BlockRef;
        readonly status: 'success' | 'reverted';
        readonly gasUsed: string;
      }
  >;
}

export interface UnsignedTransaction extends Call {
  readonly nonce: number;
  readonly gas: number;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export type BroadcastOutcome = 'accepted' | 'already-known' | 'nonce-too-low' | 'underpriced' | 'unknown';
