import type { LocalAccount, TransactionSerializableEIP1559, TypedDataDefinition } from 'viem';
import { getAddress } from 'viem/utils';
import { SignerAddressError } from './errors.js';

/** EIP-712 data as any library of typed data writes it. */
export interface TypedData {
  readonly domain: object;
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: object;
}

/** One key behind one face, wherever it lives. Nothing on it reveals the key. */
export interface Signer {
  readonly address: `0x${string}`;
  signTypedData(data: TypedData): Promise<`0x${string}`>;
  signTransaction(transaction: TransactionSerializableEIP1559): Promise<`0x${string}`>;
}

/** The account stays in the closure: inspecting or serialising a signer shows its address alone. */
export function signerOf(account: LocalAccount, expected?: `0x${string}`): Signer {
  if (expected !== undefined && getAddress(expected) !== getAddress(account.address)) {
    throw new SignerAddressError(getAddress(expected), getAddress(account.address));
  }
  return Object.freeze({
    address: getAddress(account.address),
    signTypedData: (data: TypedData) => account.signTypedData(data as TypedDataDefinition),
    signTransaction: (transaction: TransactionSerializableEIP1559) => account.signTransaction(transaction),
  });
}
