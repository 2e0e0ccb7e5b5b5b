import type { SafeReader } from '#libs/application/index';
import { readSafe } from '../safe.js';
import type { LineContext } from './context.js';

/** Owners, threshold and next nonce of the two Safes. */
export function safeReader({ client, deployment }: LineContext): SafeReader {
  return {
    async safe(role) {
      const { owners, threshold, nonce } = await readSafe(client, deployment.safes[role].address);
      return { owners, threshold, nonce };
    },
  };
}
