import type { VotingPowerReader } from '#libs/application/index';
import { coalitionTokenAbi } from '#contracts/coalition-token';
import type { LineContext } from './context.js';

/**
 * Token facts at past timestamps. The vault and the executor (the coalition's own holdings) delegate to themselves, so that
 * their past votes are their past balance and can be left out of the counted supply.
 */
export function votingPowerReader({ client, deployment }: LineContext): VotingPowerReader {
  const token = { address: deployment.contracts.coalitionToken, abi: coalitionTokenAbi } as const;
  const own = [deployment.contracts.backstopVault, deployment.contracts.openExecutor];
  const votes = (voter: `0x${string}`, timepoint: number): Promise<bigint> =>
    client.readContract({ ...token, functionName: 'getPastVotes', args: [voter, BigInt(timepoint)] });
  return {
    votes,
    async countedSupply(timepoint) {
      const [supply, ...held] = await Promise.all([
        client.readContract({ ...token, functionName: 'getPastTotalSupply', args: [BigInt(timepoint)] }),
        ...own.map((holder) => votes(holder, timepoint)),
      ]);
      return held.reduce((rest, balance) => rest - balance, supply);
    },
  };
}
