import { parseAbiItem } from 'viem';
import type { PinnedReader } from './pinned-reader.js';

const transfer = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
const FIRST_SPAN = 20_000n;
const NOBODY = '0x0000000000000000000000000000000000000000';

/**
 * Every address that ever received one of these tokens up to the reader's block, ascending. Aave's aTokens and debt tokens
 * emit Transfer for each mint, so these are all suppliers and borrowers.
 */
export async function holdersByEvents(
  reader: PinnedReader,
  tokens: readonly `0x${string}`[],
  fromBlock: number,
): Promise<`0x${string}`[]> {
  const holders = new Set<string>();
  const last = reader.block.number;
  let span = FIRST_SPAN;
  for (let from = BigInt(fromBlock); from <= last;) {
    const to = from + span - 1n < last ? from + span - 1n : last;
    const logs = await reader
      .attempt(() =>
        reader.client.getLogs({
          address: [...tokens],
          event: transfer,
          fromBlock: from,
          toBlock: to,
          strict: true,
        }),
      )
      .catch((error: unknown) => {
        // Endpoints refuse long spans in many words; a shorter one is tried before giving up.
        if (span > 16n) return null;
        throw error;
      });
    if (logs === null) {
      span /= 4n;
      continue;
    }
    for (const { args } of logs) holders.add(args.to.toLowerCase());
    from = to + 1n;
  }
  holders.delete(NOBODY);
  return [...holders].sort().map((holder) => holder as `0x${string}`);
}
