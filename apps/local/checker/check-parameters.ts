import { parseAbi } from 'viem';
import type { Evidence, Outcome } from './checks.js';
import { readApi, type ProposalView } from './read-api.js';

const aavePoolAbi = parseAbi(['function getConfiguration(address asset) view returns (uint256)']);

/** Reads the market itself: at the block of each effect, and now for what the vote made permanent. */
export async function parametersAreChanged({ claims, client, deployment }: Evidence): Promise<Outcome> {
  const found: string[] = [];
  let holds = true;
  for (const id of [...claims.fastProposals, claims.votedProposal]) {
    const { body, effects } = await readApi<ProposalView>(claims.apiUrl, `/v1/proposals/${id}`);
    const { action } = body;
    if (action.lever === 'backstop-tranche') continue;
    const market = deployment.lending.find(({ member }) => member === action.member);
    const reserve = market?.reserves.find(({ asset }) => asset === action.asset);
    const effect = effects.find(({ body: { asIntended } }) => asIntended);
    if (market === undefined || reserve === undefined || effect === undefined)
      return { holds: false, found: `no effect of ${id}` };
    const word = await client.readContract({
      address: market.pool,
      abi: aavePoolAbi,
      functionName: 'getConfiguration',
      args: [reserve.underlying],
      blockNumber: BigInt(effect.body.blockNumber),
    });
    const [ltv, lt] = [Number(word & 0xffffn), Number((word >> 16n) & 0xffffn)];
    const changed =
      ltv === action.ltvBpsTo &&
      lt === action.ltBpsTo &&
      (ltv < action.ltvBpsFrom || lt < action.ltBpsFrom || id === claims.votedProposal);
    holds &&= changed;
    found.push(
      `${action.asset} LTV ${ltv}, LT ${lt} at block ${effect.body.blockNumber} (intended ${action.ltvBpsTo}, ${action.ltBpsTo})`,
    );
  }
  return { holds: holds && found.length > 0, found: found.join('; ') || 'no margin was changed' };
}
