import { recoverAddress, type Hex } from 'viem';
import { safeAbi } from '#libs/chain/index';
import { safeTxHash } from '#libs/protocol/index';
import type { Evidence, Outcome } from './checks.js';
import { readApi, type ProposalView, type View } from './read-api.js';

interface Signed extends View<'safe-transaction'> {
  readonly signatures: readonly { readonly signer: Hex; readonly signature: Hex }[];
}

/** Recovers every signature over the hash computed here, and finds the Safe's own success event for that hash. */
export async function signersAreDistinct({ claims, client, deployment }: Evidence): Promise<Outcome> {
  const { items } = await readApi<{ items: Signed[] }>(claims.apiUrl, '/v1/safe-transactions?open=false');
  const found: string[] = [];
  for (const id of [...claims.fastProposals, claims.votedProposal]) {
    const { safeTransactions } = await readApi<ProposalView>(claims.apiUrl, `/v1/proposals/${id}`);
    const executed = await Promise.all(
      safeTransactions.map((transaction) => isExecuted({ claims, client, deployment }, transaction)),
    );
    const transaction = safeTransactions.find((_, i) => executed[i]);
    if (transaction === undefined)
      return { holds: false, found: `no Safe transaction of ${id} was executed on chain` };
    const signatures = items.find((item) => item.id === transaction.id)?.signatures ?? [];
    const hash = safeTxHash(transaction.body);
    const recovered = await Promise.all(
      signatures.map(({ signature }) => recoverAddress({ hash, signature })),
    );
    const { owners, threshold } = deployment.safes[transaction.body.role];
    const distinct = new Set(recovered.filter((signer) => owners.includes(signer)));
    if (distinct.size < Math.max(2, threshold))
      return {
        holds: false,
        found: `${distinct.size} owners signed ${transaction.id}, ${threshold} are needed`,
      };
    found.push(`${transaction.body.role} ${distinct.size}`);
  }
  return { holds: true, found: found.join(', ') };
}

async function isExecuted(
  { client, deployment }: Evidence,
  { body }: View<'safe-transaction'>,
): Promise<boolean> {
  const logs = await client.getContractEvents({
    address: body.safe,
    abi: safeAbi,
    eventName: 'ExecutionSuccess',
    args: { txHash: safeTxHash(body) },
    fromBlock: BigInt(deployment.deployBlock.number),
    toBlock: 'latest',
  });
  return logs.length === 1;
}
