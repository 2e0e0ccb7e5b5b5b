import type { SignatureChecker } from '#libs/application/index';
import type { LineContext } from './context.js';

/** ECDSA, ERC-1271 and ERC-6492 alike; a signature that cannot be checked is not a signature. */
export function signatureChecker({ client }: Pick<LineContext, 'client'>): SignatureChecker {
  return {
    signedBy: ({ hash, signer, signature }) => client.verifyHash({ address: signer, hash, signature }),
  };
}
