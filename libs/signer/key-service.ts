import type { TransactionSerializable, TypedDataDefinition } from 'viem';
import { serializeSignature, toAccount } from 'viem/accounts';
import {
  hashMessage,
  hashTypedData,
  hexToBytes,
  keccak256,
  numberToHex,
  recoverAddress,
  serializeTransaction,
} from 'viem/utils';
import { RemoteSignatureError } from './errors.js';
import { type Signer, signerOf } from './signer.js';

/** What a key-management service must do: sign a 32-byte digest with ECDSA over secp256k1 and answer ASN.1 DER, as AWS, Google and Azure do. */
export interface KeyService {
  readonly address: `0x${string}`;
  signDigest(digest: Uint8Array): Promise<Uint8Array>;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export function signerFromKeyService(service: KeyService, expected?: `0x${string}`): Signer {
  const account = toAccount({
    address: service.address,
    signMessage: async ({ message }) => serializeSignature(await sign(service, hashMessage(message))),
    signTypedData: async (data) =>
      serializeSignature(await sign(service, hashTypedData(data as TypedDataDefinition))),
    signTransaction: async (transaction, options) => {
      const serialise = options?.serializer ?? serializeTransaction;
      const unsigned = await serialise(transaction as TransactionSerializable);
      return serialise(transaction as TransactionSerializable, await sign(service, keccak256(unsigned)));
    },
  });
  return signerOf(account, expected);
}

async function sign(service: KeyService, digest: `0x${string}`) {
  const der = await service.signDigest(hexToBytes(digest)).catch((cause: unknown) => {
    throw new RemoteSignatureError(service.address, 'the request failed', cause);
  });
  const { r, s } = parseDer(der, service.address);
  // Ethereum accepts only the lower of the two valid s (EIP-2); a service may return either.
  const low = s > ORDER / 2n ? ORDER - s : s;
  const signature = { r: numberToHex(r, { size: 32 }), s: numberToHex(low, { size: 32 }) };
  for (const yParity of [0, 1] as const) {
    const signer = await recoverAddress({ hash: digest, signature: { ...signature, yParity } });
    if (signer.toLowerCase() === service.address.toLowerCase()) return { ...signature, yParity };
  }
  throw new RemoteSignatureError(service.address, 'it was made by another key');
}

/** SEQUENCE { INTEGER r, INTEGER s } with one-byte lengths, as every 256-bit ECDSA signature has. */
export function parseDer(der: Uint8Array, address: string): { r: bigint; s: bigint } {
  const bad = (reason: string): never => {
    throw new RemoteSignatureError(address, reason);
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) bad('it is not a DER sequence');
  const r = readInteger(der, 2) ?? bad('r is not a DER integer');
  const s = readInteger(der, r.end) ?? bad('s is not a DER integer');
  if (s.end !== der.length) bad('bytes follow s');
  for (const value of [r.value, s.value])
    if (value <= 0n || value >= ORDER) bad('r or s lies outside the group order');
  return { r: r.value, s: s.value };
}

function readInteger(der: Uint8Array, start: number): { value: bigint; end: number } | null {
  const length = der[start + 1] ?? 0;
  const end = start + 2 + length;
  if (der[start] !== 0x02 || length === 0 || length > 33 || end > der.length) return null;
  return { value: BigInt(`0x${Buffer.from(der.subarray(start + 2, end)).toString('hex')}`), end };
}
