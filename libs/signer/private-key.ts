import { privateKeyToAccount } from 'viem/accounts';
import { KeyMalformedError } from './errors.js';
import { type Signer, signerOf } from './signer.js';

const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

/** `origin` names where the key came from and is all that an error shows. */
export function signerFromPrivateKey(key: string, origin: string, expected?: `0x${string}`): Signer {
  return signerOf(accountOf(key, origin), expected);
}

function accountOf(key: string, origin: string) {
  if (!PRIVATE_KEY.test(key)) throw new KeyMalformedError(origin, key.length);
  try {
    return privateKeyToAccount(key as `0x${string}`);
  } catch {
    // The curve library's message may quote the scalar, so it is not kept as the cause.
    throw new KeyMalformedError(origin, key.length);
  }
}
