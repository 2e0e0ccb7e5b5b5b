import {
  concat,
  decodeFunctionData,
  encodeFunctionData,
  encodePacked,
  getAddress,
  hexToBigInt,
  hexToNumber,
  parseAbi,
  size,
  slice,
} from 'viem/utils';
import type { Address, Hex } from './hex.js';
import { ProtocolError } from './errors.js';

/** A call without value. */
export interface ContractCall {
  readonly to: Address;
  readonly data: Hex;
}

const multiSendAbi = parseAbi(['function multiSend(bytes transactions) payable']);
const HEAD_BYTES = 85;

/** Call data of MultiSendCallOnly 1.4.1 for a batch of calls, in order. */
export function encodeMultiSend(calls: readonly ContractCall[]): Hex {
  const packed = calls.map(({ to, data }) =>
    encodePacked(['uint8', 'address', 'uint256', 'uint256', 'bytes'], [0, to, 0n, BigInt(size(data)), data]),
  );
  return encodeFunctionData({ abi: multiSendAbi, functionName: 'multiSend', args: [concat(packed)] });
}

/**
 * The calls of a batch; the inverse of `encodeMultiSend`.
 *
 * @throws ProtocolError (PRO-105) for anything that `encodeMultiSend` cannot have made.
 */
export function decodeMultiSend(data: Hex): readonly ContractCall[] {
  const { args } = decodeFunctionData({ abi: multiSendAbi, data });
  const calls: ContractCall[] = [];
  let rest: Hex = args[0];
  while (size(rest) > 0) {
    const call = firstCall(rest);
    calls.push(call);
    const used = HEAD_BYTES + size(call.data);
    rest = used === size(rest) ? '0x' : slice(rest, used);
  }
  if (encodeMultiSend(calls) !== data.toLowerCase()) throw malformed(data);
  return calls;
}

function firstCall(batch: Hex): ContractCall {
  if (size(batch) < HEAD_BYTES) throw malformed(batch);
  const operation = hexToNumber(slice(batch, 0, 1));
  const value = hexToBigInt(slice(batch, 21, 53));
  const length = hexToBigInt(slice(batch, 53, HEAD_BYTES));
  if (operation !== 0 || value !== 0n || length > BigInt(size(batch) - HEAD_BYTES)) throw malformed(batch);
  const to = getAddress(slice(batch, 1, 21));
  return { to, data: length === 0n ? '0x' : slice(batch, HEAD_BYTES, HEAD_BYTES + Number(length)) };
}

const malformed = (data: Hex): ProtocolError =>
  new ProtocolError(
    'PRO-105',
    'This is not a batch of calls without value, packed as MultiSendCallOnly 1.4.1 reads it.',
    data,
  );
