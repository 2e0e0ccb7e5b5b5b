import { startAnvil, type Anvil } from './anvil.js';
import { publicClientOf } from './clients.js';

export interface ForkOptions {
  readonly url: string;
  /** Absent: the newest block of the origin. */
  readonly blockNumber?: bigint;
  readonly gasLimit?: number;
}

/** A private copy of a chain at one block. What happens on it never reaches the origin. The copy keeps the origin's chain id. */
export async function forkChain({
  url,
  blockNumber,
  gasLimit,
}: ForkOptions): Promise<Anvil & { readonly blockNumber: bigint }> {
  const origin = publicClientOf([url]);
  const at = blockNumber ?? (await origin.getBlockNumber());
  const fork = await startAnvil({
    fork: { url, blockNumber: at },
    ...(gasLimit === undefined ? {} : { gasLimit }),
  });
  return { ...fork, blockNumber: at };
}
