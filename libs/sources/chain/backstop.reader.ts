import { parseAbi } from 'viem';
import type { Deployment } from '#libs/chain/index';
import type { Fund } from '#libs/market/index';
import { memberKey } from '#libs/protocol/index';
import { SourceError } from '../source-error.js';
import type { PinnedReader } from './pinned-reader.js';
import { wholeTokens } from './whole-tokens.js';

const vaultAbi = parseAbi([
  'function asset() view returns (address)',
  'function authorisedUnspent(bytes32 member) view returns (uint256)',
]);

/** Money already committed to each member: the authorised, unspent part of the backstop. The vault behind it does not count. */
export async function readBackstopFunds(reader: PinnedReader, deployment: Deployment): Promise<Fund[]> {
  const address = deployment.contracts.backstopVault;
  const token = await reader.one(vaultAbi, 'asset', { address });
  const asset = deployment.assets.find(
    (candidate) => candidate.address.toLowerCase() === token.toLowerCase(),
  );
  if (asset === undefined || asset.kind !== 'stable') {
    throw new SourceError(
      'SRC-109',
      `Backstop vault ${address} holds ${token}, which is no stable asset of the deployment file. Correct assets[].`,
      { address: token },
    );
  }
  const unspent = await reader.all(
    vaultAbi,
    'authorisedUnspent',
    deployment.members.map((member) => ({ address, args: [memberKey(member)] as const })),
  );
  return deployment.members.map((member, i) => ({
    id: `backstop-${member}`,
    usd: wholeTokens(unspent[i]!, asset.decimals),
    covers: [member],
  }));
}
