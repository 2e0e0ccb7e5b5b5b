import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { openExecutorAbi } from '#contracts/open-executor';
import { concat, encodeFunctionData, parseAbi } from 'viem/utils';
import type { Address, Hex } from './hex.js';
import type { PayloadAction, PayloadAddresses } from './actions.js';
import { describePayload } from './describe-payload.js';
import type { ContractCall } from './multi-send.js';
import { ProtocolError } from './errors.js';
import { encodeAction, NO_AUTHORITY, payloadHashOf } from './payload.js';
import { registryEvaluation, type EvaluationLink, type RegistryRecord } from './registry-evaluation.js';
import {
  attestationHash,
  ballotHash,
  safeTxHash,
  type BallotToSign,
  type SafeTransactionFields,
} from './typed-data.js';

/** The fields of a proposal that its calls carry. */
export interface ProposalToEncode {
  readonly action: PayloadAction;
  readonly evaluation: Hex;
  readonly payloadHash: Hex;
  readonly validUntil: number;
}

/** A signature with the address it recovers to. */
export interface SignedBy {
  readonly signer: Address;
  readonly signature: Hex;
}

/** An attester's signature with the link it was made for. */
export interface LinkedSignature extends SignedBy {
  readonly link: EvaluationLink;
}

const safeAbi = parseAbi([
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)',
]);
const zeroAddress: Address = '0x0000000000000000000000000000000000000000';

/** Everything of one deployment that is signed or sent. Pure: the same input gives the same bytes in every process. */
export type DeploymentCodec = ReturnType<typeof payloadCodec>;

/**
 * Binds the encoders of this library to one deployment.
 *
 * @param addresses a parsed deployment file
 */
export function payloadCodec(addresses: PayloadAddresses) {
  const { chainId, contracts, safes } = addresses;
  const registryDomain = { chainId, verifyingContract: contracts.evaluationRegistry };
  const evaluationOf = (record: RegistryRecord, link: EvaluationLink) =>
    registryEvaluation(record, chainId, link);
  return {
    chainId,
    ballotContract: contracts.coalitionToken,
    safes: { responder: safes.responder.address, council: safes.council.address },
    payloadHash: (action: PayloadAction): Hex => payloadHashOf(addresses, action),
    describe: (action: PayloadAction): string => describePayload(addresses, [action]),
    fastCall: (proposalId: Hex, proposal: ProposalToEncode): ContractCall =>
      encodeAction(addresses, proposal.action, authorityOf(proposalId, proposal)),
    scheduleCall: (proposalId: Hex, proposal: ProposalToEncode, tallyRoot: Hex): ContractCall =>
      executorCall(addresses, 'schedule', { proposalId, proposal, tallyRoot }),
    executeCall: (proposalId: Hex, proposal: ProposalToEncode, tallyRoot: Hex): ContractCall =>
      executorCall(addresses, 'execute', { proposalId, proposal, tallyRoot }),
    syncCall: (_member: string, asset: string): ContractCall | null => syncCall(addresses, asset),
    publishCall: (record: RegistryRecord, attestations: readonly LinkedSignature[]): ContractCall => ({
      to: contracts.evaluationRegistry,
      data: encodeFunctionData({
        abi: evaluationRegistryAbi,
        functionName: 'submit',
        args: [evaluationOf(record, sharedLink(attestations)), ascending(attestations)],
      }),
    }),
    executeSafeCall: (transaction: SafeTransactionFields, signatures: readonly SignedBy[]): ContractCall =>
      executeSafeCall(transaction, signatures),
    safeTxHash: (transaction: SafeTransactionFields): Hex => safeTxHash(transaction),
    attestationHash: (record: RegistryRecord, link: EvaluationLink): Hex =>
      attestationHash(registryDomain, evaluationOf(record, link)),
    ballotHash: (message: BallotToSign): Hex => ballotHash(message),
  };
}

/** @throws ProtocolError (PRO-109) when there is no attestation, or two of them were made for different links. */
function sharedLink(attestations: readonly LinkedSignature[]): EvaluationLink {
  const links = new Map(attestations.map(({ link }) => [`${link.parentDigest}/${link.attesterEpoch}`, link]));
  const [link] = links.values();
  if (link !== undefined && links.size === 1) return link;
  throw new ProtocolError(
    'PRO-109',
    `The attestations were made for ${links.size} different registry states; accepted are attestations of one. Collect them anew.`,
    [...links.keys()],
  );
}

const authorityOf = (proposalId: Hex, proposal: ProposalToEncode) => ({
  proposalId,
  evaluationDigest: proposal.evaluation,
  payloadHash: proposal.payloadHash,
  validUntil: proposal.validUntil,
});

interface VotedOperation {
  readonly proposalId: Hex;
  readonly proposal: ProposalToEncode;
  readonly tallyRoot: Hex;
}

/** The salt is the payload hash: one proposal schedules one payload once. */
function executorCall(
  addresses: PayloadAddresses,
  functionName: 'schedule' | 'execute',
  operation: VotedOperation,
): ContractCall {
  const { proposalId, proposal, tallyRoot } = operation;
  const inner = encodeAction(addresses, proposal.action, NO_AUTHORITY);
  const args = [[inner.to], [inner.data], proposalId, tallyRoot, proposal.payloadHash] as const;
  return {
    to: addresses.contracts.openExecutor,
    data: encodeFunctionData({ abi: openExecutorAbi, functionName, args }),
  };
}

function syncCall(addresses: PayloadAddresses, asset: string): ContractCall | null {
  const known = addresses.assets.find(({ id }) => id === asset);
  if (known === undefined) return null;
  return {
    to: addresses.contracts.aaveMarginAdapter,
    data: encodeFunctionData({ abi: aaveMarginAdapterAbi, functionName: 'sync', args: [known.address] }),
  };
}

function executeSafeCall(
  { safe, to, data, operation }: SafeTransactionFields,
  signatures: readonly SignedBy[],
): ContractCall {
  const args = [
    to,
    0n,
    data,
    operation,
    0n,
    0n,
    0n,
    zeroAddress,
    zeroAddress,
    concat(ascending(signatures)),
  ] as const;
  return { to: safe, data: encodeFunctionData({ abi: safeAbi, functionName: 'execTransaction', args }) };
}

/** Safe and registry alike want signatures in ascending order of their signers. */
function ascending(signatures: readonly SignedBy[]): readonly Hex[] {
  const key = ({ signer }: SignedBy): string => signer.toLowerCase();
  return [...signatures].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ signature }) => signature);
}
