import { getAbiItem } from 'viem';
import { openExecutorAbi } from '#contracts/open-executor';
import { verifyBallotProof, type BallotProof } from '#libs/governance/index';
import type { Evidence, Outcome } from './checks.js';
import { readApi, type View } from './read-api.js';

const SCHEDULED = getAbiItem({ abi: openExecutorAbi, name: 'OperationScheduled' });

/** The latest ballot of every voter is in the tally with a proof, the sums add up, and the root is the one the executor was given. */
export async function ballotsAreProven({ claims, client, deployment }: Evidence): Promise<Outcome> {
  const id = claims.votedProposal;
  const [{ items }, tally] = await Promise.all([
    readApi<{ items: View<'ballot'>[] }>(claims.apiUrl, `/v1/proposals/${id}/ballots`),
    readApi<View<'tally'>>(claims.apiUrl, `/v1/proposals/${id}/tally`),
  ]);
  const latest = new Map<string, View<'ballot'>>();
  for (const ballot of items)
    if ((latest.get(ballot.body.voter)?.body.nonce ?? -1) < ballot.body.nonce)
      latest.set(ballot.body.voter, ballot);
  for (const { body } of latest.values()) {
    const { proof } = await readApi<{ proof: BallotProof }>(
      claims.apiUrl,
      `/v1/proposals/${id}/tally?voter=${body.voter}`,
    );
    if (proof.leaf.choice !== body.choice || !verifyBallotProof(id, tally.body.root, proof))
      return { holds: false, found: `the ballot of ${body.voter} is not proven` };
  }
  const sum = (choice: string): bigint =>
    tally.body.leaves
      .filter((leaf) => leaf.choice === choice)
      .reduce((total, { power }) => total + BigInt(power), 0n);
  const adds =
    sum('for') === BigInt(tally.body.for) &&
    sum('against') === BigInt(tally.body.against) &&
    sum('abstain') === BigInt(tally.body.abstain);
  const [scheduled] = await client.getLogs({
    address: deployment.contracts.openExecutor,
    event: SCHEDULED,
    args: { proposalId: id },
    fromBlock: BigInt(deployment.deployBlock.number),
    toBlock: 'latest',
    strict: true,
  });
  const rootOnChain = scheduled?.args.tallyRoot === tally.body.root;
  const holds =
    latest.size > 1 &&
    latest.size === tally.body.leaves.length &&
    adds &&
    rootOnChain &&
    tally.body.outcome === 'succeeded';
  return {
    holds,
    found: `${items.length} ballots of ${latest.size} voters, ${tally.body.leaves.length} leaves, root ${rootOnChain ? 'on chain' : 'NOT on chain'}`,
  };
}
