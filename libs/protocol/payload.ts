import { backstopVaultAbi } from '#contracts/backstop-vault';
import { marginGuardAbi } from '#contracts/margin-guard';
import {
  concat,
  decodeFunctionData,
  encodeFunctionData,
  getAddress,
  isAddressEqual,
  keccak256,
  numberToHex,
  pad,
  slice,
} from 'viem/utils';
import type { Address, Hex } from './hex.js';
import {
  AUCTION_TERMS,
  type BackstopAction,
  type FastAuthority,
  type MarginAction,
  type PayloadAction,
  type PayloadAddresses,
} from './actions.js';
import { ProtocolError } from './errors.js';
import { memberKey, memberOfKey } from './member-key.js';
import type { ContractCall } from './multi-send.js';

/** The authority that a payload hash does not cover. */
export const NO_AUTHORITY: FastAuthority = {
  proposalId: pad('0x'),
  evaluationDigest: pad('0x'),
  payloadHash: pad('0x'),
  validUntil: 0,
};
const WORD = 32;
const AUTHORITY_WORDS = 4;

/**
 * The call that an action makes: `MarginGuard.tighten`, `MarginGuard.moveBaseline` or `BackstopVault.openAuction`.
 *
 * @param authority carried by the calls of the fast path, ignored by a voted baseline
 * @throws ProtocolError (PRO-101) for a bad member id, (PRO-106) for an unknown asset or a number without a form on chain.
 */
export function encodeAction(
  addresses: PayloadAddresses,
  action: PayloadAction,
  authority: FastAuthority,
): ContractCall {
  if (action.lever === 'backstop-tranche')
    return { to: addresses.contracts.backstopVault, data: auctionData(addresses, action, authority) };
  return { to: addresses.contracts.marginGuard, data: marginData(addresses, action, authority) };
}

function marginData(addresses: PayloadAddresses, action: MarginAction, authority: FastAuthority): Hex {
  const member = memberKey(action.member);
  const asset = assetOf(addresses, action.asset).address;
  const ltvBps = whole(action.ltvBpsTo, 'ltvBpsTo', 10_000);
  const ltBps = whole(action.ltBpsTo, 'ltBpsTo', 10_000);
  const rampSec = whole(action.rampSec, 'rampSec', 0xffffffff);
  if (action.lever === 'margin-baseline') {
    return encodeFunctionData({
      abi: marginGuardAbi,
      functionName: 'moveBaseline',
      args: [member, asset, ltvBps, ltBps, rampSec],
    });
  }
  return encodeFunctionData({
    abi: marginGuardAbi,
    functionName: 'tighten',
    args: [{ member, asset, ltvBps, ltBps, rampSec }, encoded(authority)],
  });
}

function auctionData(addresses: PayloadAddresses, action: BackstopAction, authority: FastAuthority): Hex {
  const units = assetOf(addresses, action.debtAsset).decimals;
  const maxSpend =
    BigInt(whole(action.maxSpendUsd, 'maxSpendUsd', Number.MAX_SAFE_INTEGER)) *
    BigInt(`1${'0'.repeat(units)}`);
  const params = {
    member: memberKey(action.member),
    collateral: assetOf(addresses, action.collateral).address,
    maxSpend,
    ...AUCTION_TERMS,
  };
  return encodeFunctionData({
    abi: backstopVaultAbi,
    functionName: 'openAuction',
    args: [params, encoded(authority)],
  });
}

const encoded = (authority: FastAuthority) => ({ ...authority, validUntil: BigInt(authority.validUntil) });

/**
 * Payload hash of an action: keccak256(abi.encode(chain id, target, selector, parameters)), without the authority; equal to
 * `hashTighten` of MarginGuard and `hashOpenAuction` of BackstopVault.
 *
 * @throws ProtocolError as `encodeAction`.
 */
export function payloadHashOf(addresses: PayloadAddresses, action: PayloadAction): Hex {
  const { to, data } = encodeAction(addresses, action, NO_AUTHORITY);
  const authorityBytes = action.lever === 'margin-baseline' ? 0 : AUTHORITY_WORDS * WORD;
  const end = (data.length - 2) / 2 - authorityBytes;
  const selector = pad(slice(data, 0, 4), { dir: 'right' });
  return keccak256(
    concat([numberToHex(addresses.chainId, { size: WORD }), pad(to), selector, slice(data, 4, end)]),
  );
}

/** One payload hash for several actions of a proposal, in order: that of the only one, else the hash of all. */
export function payloadSetHash(addresses: PayloadAddresses, actions: readonly PayloadAction[]): Hex {
  const hashes = actions.map((action) => payloadHashOf(addresses, action));
  const [only] = hashes;
  if (only === undefined) throw new ProtocolError('PRO-106', 'A payload has at least one action.', actions);
  return hashes.length === 1 ? only : keccak256(concat(hashes));
}

/** What a call does, read back from its bytes. Targets by id, spending in units of the debt asset. */
export type DecodedCall =
  | {
      readonly kind: 'tighten';
      readonly member: string;
      readonly asset: string;
      readonly ltvBps: number;
      readonly ltBps: number;
      readonly rampSec: number;
      readonly authority: FastAuthority;
    }
  | {
      readonly kind: 'move-baseline';
      readonly member: string;
      readonly asset: string;
      readonly ltvBps: number;
      readonly ltBps: number;
      readonly rampSec: number;
    }
  | {
      readonly kind: 'open-auction';
      readonly member: string;
      readonly collateral: string;
      readonly maxSpend: bigint;
      readonly startDiscountBps: number;
      readonly endDiscountBps: number;
      readonly durationSec: number;
      readonly authority: FastAuthority;
    };

/**
 * Reads a call that `encodeAction` makes.
 *
 * @throws ProtocolError (PRO-107) for another target or function, or bytes that do not encode back to themselves.
 */
export function decodeAction(addresses: PayloadAddresses, call: ContractCall): DecodedCall {
  const { marginGuard, backstopVault } = addresses.contracts;
  if (isAddressEqual(call.to, marginGuard)) return decodeMargin(addresses, call);
  if (isAddressEqual(call.to, backstopVault)) return decodeAuction(addresses, call);
  throw unknownCall(call);
}

function decodeMargin(addresses: PayloadAddresses, call: ContractCall): DecodedCall {
  const decoded = readable(call, () => decodeFunctionData({ abi: marginGuardAbi, data: call.data }));
  if (decoded.functionName === 'tighten') {
    exact(call, encodeFunctionData({ abi: marginGuardAbi, ...decoded }));
    const [{ member, asset, ...values }, authority] = decoded.args;
    return {
      kind: 'tighten',
      member: memberOfKey(member),
      asset: assetAt(addresses, asset),
      ...values,
      authority: plain(authority),
    };
  }
  if (decoded.functionName !== 'moveBaseline') throw unknownCall(call);
  exact(call, encodeFunctionData({ abi: marginGuardAbi, ...decoded }));
  const [member, asset, ltvBps, ltBps, rampSec] = decoded.args;
  return {
    kind: 'move-baseline',
    member: memberOfKey(member),
    asset: assetAt(addresses, asset),
    ltvBps,
    ltBps,
    rampSec,
  };
}

function decodeAuction(addresses: PayloadAddresses, call: ContractCall): DecodedCall {
  const decoded = readable(call, () => decodeFunctionData({ abi: backstopVaultAbi, data: call.data }));
  if (decoded.functionName !== 'openAuction') throw unknownCall(call);
  exact(call, encodeFunctionData({ abi: backstopVaultAbi, ...decoded }));
  const [{ member, collateral, ...terms }, authority] = decoded.args;
  return {
    kind: 'open-auction',
    member: memberOfKey(member),
    collateral: assetAt(addresses, collateral),
    ...terms,
    authority: plain(authority),
  };
}

/** viem's decoding errors become ours. */
function readable<T>(call: ContractCall, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw Object.assign(unknownCall(call), { cause });
  }
}

/** Bytes that a second encoding would not give again carry something that this reading does not show. */
function exact(call: ContractCall, again: Hex): void {
  if (again !== call.data.toLowerCase()) throw unknownCall(call);
}

const plain = (authority: {
  proposalId: Hex;
  evaluationDigest: Hex;
  payloadHash: Hex;
  validUntil: bigint;
}): FastAuthority => ({ ...authority, validUntil: Number(authority.validUntil) });

const unknownCall = (call: ContractCall): ProtocolError =>
  new ProtocolError(
    'PRO-107',
    `The call ${call.data.slice(0, 10)} to ${call.to} is none that a proposal makes. Accepted: MarginGuard.tighten, MarginGuard.moveBaseline, BackstopVault.openAuction.`,
    call,
  );

function assetOf(
  addresses: PayloadAddresses,
  id: string,
): { readonly address: Address; readonly decimals: number } {
  const asset = addresses.assets.find((candidate) => candidate.id === id);
  if (asset !== undefined) return asset;
  throw new ProtocolError(
    'PRO-106',
    `Asset "${id}" is not in the deployment. It has: ${addresses.assets.map((candidate) => candidate.id).join(', ')}.`,
    id,
  );
}

function assetAt(addresses: PayloadAddresses, address: Address): string {
  const asset = addresses.assets.find((candidate) => isAddressEqual(candidate.address, address));
  if (asset !== undefined) return asset.id;
  throw new ProtocolError(
    'PRO-106',
    `No asset of the deployment has address ${getAddress(address)}.`,
    address,
  );
}

function whole(value: number, field: string, largest: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= largest) return value;
  throw new ProtocolError(
    'PRO-106',
    `${field} is ${value}; the chain takes whole numbers from 0 to ${largest}.`,
    { [field]: value },
  );
}
