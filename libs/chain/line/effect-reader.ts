import type { BackstopAction, EffectReader, MarginAction } from '#libs/application/index';
import { memberKey } from '#libs/protocol/index';
import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { ChainError } from '../chain-error.js';
import type { LineContext } from './context.js';

/** Reads back what an action set, from the member's own market and from the vault, at one block. */
export function effectReader(context: LineContext): EffectReader {
  return {
    async readBack(action) {
      const { number, hash } = await context.client.getBlock({ blockTag: 'latest' });
      const values = await (action.lever === 'backstop-tranche'
        ? trancheValues(context, action, number)
        : marginValues(context, action, number));
      return { values, block: { number: Number(number), hash } };
    },
  };
}

async function marginValues(
  { client, deployment }: LineContext,
  action: MarginAction,
  blockNumber: bigint,
): Promise<Record<string, number>> {
  const reserve = deployment.lending
    .find(({ member }) => member === action.member)
    ?.reserves.find(({ asset }) => asset === action.asset);
  if (reserve === undefined) {
    throw new ChainError(
      'CHN-601',
      `The deployment has no market of ${action.asset} at member ${action.member}.`,
      { action },
    );
  }
  const [live] = await client.readContract({
    address: deployment.contracts.aaveMarginAdapter,
    abi: aaveMarginAdapterAbi,
    functionName: 'liveValues',
    args: [reserve.underlying],
    blockNumber,
  });
  return { ltvBps: live.ltv, ltBps: live.lt };
}

/** Whole USD that the newest tranche of the member was authorised to spend; 0 when it is closed or another's. */
async function trancheValues(
  { client, deployment }: LineContext,
  action: BackstopAction,
  blockNumber: bigint,
): Promise<Record<string, number>> {
  const vault = { address: deployment.contracts.backstopVault, abi: backstopVaultAbi, blockNumber } as const;
  const [id, asset] = await Promise.all([
    client.readContract({ ...vault, functionName: 'auctionCount' }),
    client.readContract({ ...vault, functionName: 'asset' }),
  ]);
  const money = deployment.assets.find(({ address }) => address.toLowerCase() === asset.toLowerCase());
  if (id === 0n || money === undefined) return { spendUsd: 0 };
  const auction = await client.readContract({ ...vault, functionName: 'auctionOf', args: [id] });
  const collateral = deployment.assets
    .find(({ id: asset }) => asset === action.collateral)
    ?.address.toLowerCase();
  const its = auction.member === memberKey(action.member) && auction.collateral.toLowerCase() === collateral;
  return { spendUsd: its && !auction.closed ? Number(auction.maxSpend / 10n ** BigInt(money.decimals)) : 0 };
}
