import {
  concat,
  decodeEventLog,
  encodeFunctionData,
  getAddress,
  parseAbi,
  recoverAddress,
  zeroAddress,
  type Address,
  type Hex,
  type TransactionReceipt,
} from 'viem';
import { ChainError } from './chain-error.js';
import type { ReadClient } from './clients.js';

/** The part of Safe 1.4.1 this project calls. */
export const safeAbi = parseAbi([
  'function getOwners() view returns (address[])',
  'function getThreshold() view returns (uint256)',
  'function nonce() view returns (uint256)',
  'function VERSION() view returns (string)',
  'function isOwner(address owner) view returns (bool)',
  'function getStorageAt(uint256 offset, uint256 length) view returns (bytes)',
  'function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce) view returns (bytes32)',
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)',
  'function setGuard(address guard)',
  'function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)',
  'event ExecutionSuccess(bytes32 indexed txHash, uint256 payment)',
  'event ExecutionFailure(bytes32 indexed txHash, uint256 payment)',
]);

/** Storage slot of the transaction guard: keccak256("guard_manager.guard.address"). */
const GUARD_SLOT = 0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8n;

export interface SafeState {
  readonly address: Address;
  readonly owners: readonly Address[];
  readonly threshold: number;
  readonly nonce: number;
  readonly guard: Address | null;
}

export async function readSafe(client: ReadClient, address: Address): Promise<SafeState> {
  const safe = { address, abi: safeAbi } as const;
  const [owners, threshold, nonce, guardWord] = await Promise.all([
    client.readContract({ ...safe, functionName: 'getOwners' }),
    client.readContract({ ...safe, functionName: 'getThreshold' }),
    client.readContract({ ...safe, functionName: 'nonce' }),
    client.readContract({ ...safe, functionName: 'getStorageAt', args: [GUARD_SLOT, 1n] }),
  ]);
  const guard = getAddress(`0x${guardWord.slice(-40)}`);
  return {
    address,
    owners,
    threshold: Number(threshold),
    nonce: Number(nonce),
    guard: guard === zeroAddress ? null : guard,
  };
}

export interface OwnerSignature {
  readonly signer: Address;
  readonly signature: Hex;
}

/** The Safe wants signatures in ascending order of owner address, 65 bytes each. */
export function packSignatures(signatures: readonly OwnerSignature[]): Hex {
  const ordered = [...signatures].sort((a, b) => (a.signer.toLowerCase() < b.signer.toLowerCase() ? -1 : 1));
  return concat(ordered.map(({ signature }) => signature));
}

/**
 * The distinct owners who really signed this hash. A refused Safe transaction says only GS026 for a bad signature, order,
 * chain or nonce alike, so everything is checked before it is sent.
 */
export async function recoveredOwners(
  safeTxHash: Hex,
  signatures: readonly OwnerSignature[],
  owners: readonly Address[],
): Promise<readonly OwnerSignature[]> {
  const allowed = new Set(owners.map((owner) => owner.toLowerCase()));
  const valid = new Map<string, OwnerSignature>();
  for (const { signer, signature } of signatures) {
    const recovered = (await recoverAddress({ hash: safeTxHash, signature })).toLowerCase();
    if (recovered !== signer.toLowerCase())
      throw new ChainError(
        'CHN-401',
        `A signature said to be by ${signer} was made by ${recovered}. Ask ${signer} to sign hash ${safeTxHash}.`,
        { signer, recovered },
      );
    if (!allowed.has(recovered))
      throw new ChainError(
        'CHN-402',
        `${signer} signed but owns no seat of the Safe. Owners: ${owners.join(', ')}.`,
        { signer, owners },
      );
    valid.set(recovered, { signer: getAddress(recovered), signature });
  }
  return [...valid.values()];
}

export interface SafeCall {
  readonly to: Address;
  readonly data: Hex;
  readonly operation: 0 | 1;
}

/** Call data of `execTransaction` with every gas and refund field zero: an inner failure then reverts the whole and keeps the nonce. */
export function encodeSafeExecution(
  { to, data, operation }: SafeCall,
  signatures: readonly OwnerSignature[],
): Hex {
  return encodeFunctionData({
    abi: safeAbi,
    functionName: 'execTransaction',
    args: [to, 0n, data, operation, 0n, 0n, 0n, zeroAddress, zeroAddress, packSignatures(signatures)],
  });
}

export type SafeOutcome =
  | { readonly outcome: 'executed' | 'inner-failure'; readonly safeTxHash: Hex }
  | { readonly outcome: 'reverted' | 'not-a-safe-execution' };

/** A mined receipt alone proves nothing about the inner call; the Safe's own event does. */
export function safeOutcome(
  receipt: Pick<TransactionReceipt, 'status' | 'logs'>,
  safe: Address,
): SafeOutcome {
  if (receipt.status === 'reverted') return { outcome: 'reverted' };
  for (const log of receipt.logs) {
    if (log.address.toLowerCase() !== safe.toLowerCase()) continue;
    const event = safeEvent(log.data, log.topics);
    if (event !== null) return event;
  }
  return { outcome: 'not-a-safe-execution' };
}

const SUCCESS_TOPIC = '0x442e715f626346e8c54381002da614f62bee8d27386535b2521ec8540898556e';
const FAILURE_TOPIC = '0x23428b18acfb3ea64b08dc0c1d296ea9c09702c09083ca5272e64d115b687d23';

function safeEvent(data: Hex, topics: readonly Hex[]): SafeOutcome | null {
  const [first, ...rest] = topics;
  if (first !== SUCCESS_TOPIC && first !== FAILURE_TOPIC) return null;
  const { eventName, args } = decodeEventLog({ abi: safeAbi, data, topics: [first, ...rest] });
  return {
    outcome: eventName === 'ExecutionSuccess' ? 'executed' : 'inner-failure',
    safeTxHash: args.txHash,
  };
}
