import { digestOf, fromHex, toHex, utf8Bytes, utf8Text } from '#libs/canonical/index';
import type { Address, Call, Digest, HexBytes, Proposal, RemedyAction } from '../artefacts.js';
import type { PayloadCodec } from '../chain-ports.js';

interface VotedCall<K extends 'schedule' | 'execute'> {
  readonly kind: K;
  readonly proposal: Digest;
  readonly tallyRoot: Digest;
  readonly action: RemedyAction;
}

/** Calls of the in-memory chain: plain data as hex of canonical JSON. */
export type PlainCall =
  | {
      readonly kind: 'publish';
      readonly evaluation: Digest;
      readonly computedAt: number;
      readonly parent: Digest;
      readonly signers: readonly Address[];
    }
  | {
      readonly kind: 'safe';
      readonly role: 'responder' | 'council';
      readonly nonce: number;
      readonly inner: HexBytes;
      readonly signers: readonly Address[];
    }
  | {
      readonly kind: 'fast';
      readonly proposal: Digest;
      readonly evaluation: Digest;
      readonly payloadHash: Digest;
      readonly validUntil: number;
      readonly action: RemedyAction;
    }
  | VotedCall<'schedule'>
  | VotedCall<'execute'>
  | { readonly kind: 'sync'; readonly member: string; readonly asset: string };

export const CHAIN_ID = 31_337;
export const contractAddress = (n: number): Address => `0x${(0xc000 + n).toString(16).padStart(40, '0')}`;
export const SAFES = { responder: contractAddress(1), council: contractAddress(2) } as const;
const REGISTRY = contractAddress(3);
const GUARD = contractAddress(4);
const EXECUTOR = contractAddress(5);
const TOKEN = contractAddress(6);

/** Data of a call of the in-memory chain. */
export const encodePlain = (call: PlainCall): HexBytes => toHex(utf8Bytes(JSON.stringify(call)));
export const decodePlain = (data: HexBytes): PlainCall => JSON.parse(utf8Text(fromHex(data))) as PlainCall;

const callTo = (to: Address, call: PlainCall): Call => ({ to, data: encodePlain(call) });

/** The twin of the protocol codec: same shape, plain bytes, every hash a digest of what it covers. */
export const plainCodec: PayloadCodec = {
  chainId: CHAIN_ID,
  ballotContract: TOKEN,
  safes: SAFES,
  payloadHash: (action) => digestOf({ chainId: CHAIN_ID, target: GUARD, action }),
  describe: (action) =>
    action.lever === 'backstop-tranche'
      ? `Let the backstop buy up to ${action.maxSpendUsd} USD of ${action.collateral} at ${action.member}.`
      : `${action.member} ${action.asset}: LTV ${action.ltvBpsFrom} -> ${action.ltvBpsTo}, LT ${action.ltBpsFrom} -> ${action.ltBpsTo} bps (${action.lever}).`,
  fastCall: (proposal, { evaluation, payloadHash, validUntil, action }: Proposal) =>
    callTo(GUARD, { kind: 'fast', proposal, evaluation, payloadHash, validUntil, action }),
  scheduleCall: (proposal, { action }, tallyRoot) =>
    callTo(EXECUTOR, { kind: 'schedule', proposal, tallyRoot, action }),
  executeCall: (proposal, { action }, tallyRoot) =>
    callTo(EXECUTOR, { kind: 'execute', proposal, tallyRoot, action }),
  syncCall: (member, asset) => callTo(GUARD, { kind: 'sync', member, asset }),
  publishCall: (record, attestations) =>
    callTo(REGISTRY, {
      kind: 'publish',
      evaluation: digestOf(record),
      computedAt: record.t0,
      parent: attestations[0]?.link.parentDigest ?? digestOf(null),
      signers: attestations.map((a) => a.signer),
    }),
  executeSafeCall: (transaction, signatures) =>
    callTo(transaction.safe, {
      kind: 'safe',
      role: transaction.role,
      nonce: transaction.nonce,
      inner: transaction.data,
      signers: signatures.map((s) => s.signer),
    }),
  safeTxHash: ({ chainId, safe, to, data, operation, nonce }) =>
    digestOf({ chainId, safe, to, data, operation, nonce }),
  attestationHash: (record, link) => digestOf({ record, link }),
  ballotHash: (message) => digestOf({ ballot: message }),
};

/** The twin's signature of a hash: anyone can make it, only the named signer's counts as theirs. */
export const plainSignature = (hash: Digest, signer: Address): HexBytes =>
  digestOf({ hash, signer: signer.toLowerCase() });
