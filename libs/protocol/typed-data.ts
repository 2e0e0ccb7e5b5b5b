import type { Choice } from '#libs/governance/index';
import { hashTypedData } from 'viem/utils';
import type { Address, Hex } from './hex.js';
import type { RegistryEvaluation } from './registry-evaluation.js';

/** Chain and contract that a signature is bound to. */
export interface SigningDomain {
  readonly chainId: number;
  readonly verifyingContract: Address;
}

const EVALUATION_TYPES = {
  Evaluation: [
    { name: 'digest', type: 'bytes32' },
    { name: 'parentDigest', type: 'bytes32' },
    { name: 'inputsRoot', type: 'bytes32' },
    { name: 'engineVersion', type: 'bytes32' },
    { name: 'attesterEpoch', type: 'uint64' },
    { name: 'blockNumber', type: 'uint64' },
    { name: 'blockHash', type: 'bytes32' },
    { name: 'computedAt', type: 'uint64' },
    { name: 'ssfThreshold', type: 'uint32' },
    { name: 'thresholdStatus', type: 'uint8' },
    { name: 'lac5Usd', type: 'uint128' },
    { name: 'lac10Usd', type: 'uint128' },
    { name: 'gexIndex', type: 'int128' },
    { name: 'gammaNeutralityPrice', type: 'uint128' },
    { name: 'haircutBreakpoint', type: 'uint128' },
  ],
} as const;

/** What an attester signs: one evaluation for one registry. */
export function attestationTypedData(domain: SigningDomain, message: RegistryEvaluation) {
  return {
    domain: { name: 'SovereignRiskEvaluation', version: '1', ...domain },
    types: EVALUATION_TYPES,
    primaryType: 'Evaluation',
    message,
  } as const;
}

const BALLOT_TYPES = {
  Ballot: [
    { name: 'proposal', type: 'bytes32' },
    { name: 'evaluation', type: 'bytes32' },
    { name: 'payloadHash', type: 'bytes32' },
    { name: 'counterfactualHash', type: 'bytes32' },
    { name: 'voter', type: 'address' },
    { name: 'choice', type: 'uint8' },
    { name: 'reasonHash', type: 'bytes32' },
    { name: 'nonce', type: 'uint64' },
    { name: 'deadline', type: 'uint64' },
  ],
} as const;

/** Numbers of the choices as OpenZeppelin's Governor counts them. */
export const CHOICE_NUMBER = { against: 0, for: 1, abstain: 2 } as const satisfies Record<Choice, number>;

/** A ballot as the voter sees it, with the chain and contract it is bound to. */
export interface BallotToSign {
  readonly proposal: Hex;
  readonly evaluation: Hex;
  readonly payloadHash: Hex;
  readonly counterfactualHash: Hex;
  readonly voter: Address;
  readonly choice: Choice;
  readonly reasonHash: Hex;
  readonly nonce: number;
  readonly deadline: number;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

/** What a voter signs. The domain is taken from the ballot itself. */
export function ballotTypedData(ballot: BallotToSign) {
  const { chainId, verifyingContract, choice, nonce, deadline } = ballot;
  return {
    domain: { name: 'SovereignRiskBallot', version: '1', chainId, verifyingContract },
    types: BALLOT_TYPES,
    primaryType: 'Ballot',
    message: {
      proposal: ballot.proposal,
      evaluation: ballot.evaluation,
      payloadHash: ballot.payloadHash,
      counterfactualHash: ballot.counterfactualHash,
      voter: ballot.voter,
      choice: CHOICE_NUMBER[choice],
      reasonHash: ballot.reasonHash,
      nonce: BigInt(nonce),
      deadline: BigInt(deadline),
    },
  } as const;
}

const zeroAddress: Address = '0x0000000000000000000000000000000000000000';

const SAFE_TX_TYPES = {
  SafeTx: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
    { name: 'operation', type: 'uint8' },
    { name: 'safeTxGas', type: 'uint256' },
    { name: 'baseGas', type: 'uint256' },
    { name: 'gasPrice', type: 'uint256' },
    { name: 'gasToken', type: 'address' },
    { name: 'refundReceiver', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
} as const;

/** A Safe 1.4.1 transaction as this project makes them: no value, every gas and refund field zero. */
export interface SafeTransactionFields {
  readonly chainId: number;
  readonly safe: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly operation: 0 | 1;
  readonly nonce: number;
}

/** What a Safe owner signs. The domain has neither name nor version (Safe 1.4.1, `domainSeparator`). */
export function safeTransactionTypedData({
  chainId,
  safe,
  to,
  data,
  operation,
  nonce,
}: SafeTransactionFields) {
  return {
    domain: { chainId, verifyingContract: safe },
    types: SAFE_TX_TYPES,
    primaryType: 'SafeTx',
    message: {
      to,
      value: 0n,
      data,
      operation,
      safeTxGas: 0n,
      baseGas: 0n,
      gasPrice: 0n,
      gasToken: zeroAddress,
      refundReceiver: zeroAddress,
      nonce: BigInt(nonce),
    },
  } as const;
}

/** EIP-712 hash of an evaluation; equal to `hashEvaluation` of the registry. */
export const attestationHash = (domain: SigningDomain, evaluation: RegistryEvaluation): Hex =>
  hashTypedData(attestationTypedData(domain, evaluation));

/** EIP-712 hash of a ballot. */
export const ballotHash = (ballot: BallotToSign): Hex => hashTypedData(ballotTypedData(ballot));

/** EIP-712 hash of a Safe transaction; equal to `getTransactionHash` of the Safe. */
export const safeTxHash = (transaction: SafeTransactionFields): Hex =>
  hashTypedData(safeTransactionTypedData(transaction));
