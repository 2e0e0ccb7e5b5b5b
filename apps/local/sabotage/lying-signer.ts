import { hexToBigInt, toHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

// Loaded before a co-signer's own code, this replaces every signature it posts by one of the same key over another hash.
const key = process.env['ATTESTER_PRIVATE_KEY'] as Hex | undefined;
const honest = globalThis.fetch;

async function lie(body: string): Promise<string> {
  const posted = JSON.parse(body) as { signature?: Hex };
  if (posted.signature === undefined || key === undefined) return body;
  const other = toHex(hexToBigInt(posted.signature) >> 272n, { size: 32 });
  return JSON.stringify({ ...posted, signature: await privateKeyToAccount(key).sign({ hash: other }) });
}

globalThis.fetch = async (input, init) => {
  if (init?.method !== 'POST' || typeof init.body !== 'string') return honest(input, init);
  return honest(input, { ...init, body: await lie(init.body) });
};
