import { parseAbiItem, type Address } from 'viem';
import type { ReadClient } from '../clients.js';
import type { Deployment } from '../deployment.js';

const BORROW = parseAbiItem(
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
);

/** Every account that ever borrowed from the market, in ascending order. */
export async function aaveBorrowers(
  client: ReadClient,
  market: Deployment['lending'][number],
): Promise<readonly Address[]> {
  const logs = await client.getLogs({
    address: market.pool,
    event: BORROW,
    fromBlock: BigInt(market.fromBlock),
    toBlock: 'latest',
    strict: true,
  });
  return [...new Set(logs.map(({ args }) => args.onBehalfOf))].sort();
}
