import { createPublicClient, http } from 'viem';
import { LocalWorldError } from './local-error.js';

export const LOCAL_CHAIN_ID = 31337;

/**
 * Every act of this folder uses keys anyone can derive and moves time, so it demands the local Anvil: chain id 31337 and
 * a node that answers a method only Anvil has. A fork of a public chain keeps that chain's id and is refused.
 */
export async function demandLocalAnvil(rpcUrl: string): Promise<void> {
  const client = createPublicClient({ transport: http(rpcUrl, { timeout: 5_000, retryCount: 1 }) });
  const chainId = await client.getChainId();
  if (chainId !== LOCAL_CHAIN_ID) throw refused(rpcUrl, `it serves chain ${chainId}`);
  try {
    await client.request<{ Method: 'anvil_nodeInfo'; Parameters: []; ReturnType: object }>({
      method: 'anvil_nodeInfo',
      params: [],
    });
  } catch (cause) {
    throw refused(rpcUrl, 'it does not answer anvil_nodeInfo', cause);
  }
}

function refused(rpcUrl: string, reason: string, cause?: unknown): LocalWorldError {
  return new LocalWorldError(
    'LOC-001',
    `The local world refuses ${rpcUrl}: ${reason}. It accepts only an Anvil with chain id ${LOCAL_CHAIN_ID}. Start one with "npm start".`,
    { rpcUrl, reason },
    { cause },
  );
}
