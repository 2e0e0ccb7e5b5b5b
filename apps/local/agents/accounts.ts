import { erc20Abi, parseAbi, type Address } from 'viem';
import { aavePoolAbi, priceFeedReadAbi } from '../aave/abis.js';
import { wholeAmount } from '../deploy/amounts.js';
import type { AssetEntry, LocalMarket, ReserveEntry } from './market.js';
import { assetOf } from './market.js';

const WAD = 1e18;

export interface Health {
  readonly account: Address;
  readonly healthFactor: number;
  readonly collateralUsd: number;
  readonly debtUsd: number;
}

/** The market's own view of each account. */
export async function readHealth({ ground, lending }: LocalMarket, accounts: readonly Address[]): Promise<readonly Health[]> {
  const face = { address: lending.pool, abi: aavePoolAbi, functionName: 'getUserAccountData' } as const;
  const all = await Promise.all(accounts.map((account) => ground.client.readContract({ ...face, args: [account] })));
  return all.map(([collateral, debt, , , , healthFactor], i) => ({
    account: accounts[i] as Address,
    healthFactor: Number(healthFactor) / WAD,
    collateralUsd: wholeAmount(collateral, 8),
    debtUsd: wholeAmount(debt, 8),
  }));
}

export interface Holding {
  readonly asset: AssetEntry;
  readonly reserve: ReserveEntry;
  readonly raw: bigint;
  readonly units: number;
  readonly usd: number;
}

export interface Holdings {
  readonly account: Address;
  readonly collateral: readonly Holding[];
  readonly debt: readonly Holding[];
  readonly eMode: number;
}

const userEModeAbi = parseAbi(['function getUserEMode(address user) view returns (uint256)']);

/** Balances of one account in every reserve, valued at the given prices. */
export async function readHoldings({ ground, deployment, lending }: LocalMarket, account: Address, prices: ReadonlyMap<string, number>): Promise<Holdings> {
  const side = async (token: 'aToken' | 'variableDebtToken'): Promise<Holding[]> => {
    const raws = await Promise.all(lending.reserves.map((reserve) => ground.client.readContract({ address: reserve[token], abi: erc20Abi, functionName: 'balanceOf', args: [account] })));
    return lending.reserves.flatMap((reserve, i) => {
      const raw = raws[i] ?? 0n;
      const asset = assetOf(deployment, reserve.asset);
      const units = wholeAmount(raw, asset.decimals);
      return raw === 0n ? [] : [{ asset, reserve, raw, units, usd: units * (prices.get(asset.id) ?? 0) }];
    });
  };
  const [collateral, debt, eMode] = await Promise.all([side('aToken'), side('variableDebtToken'), ground.client.readContract({ address: lending.pool, abi: userEModeAbi, functionName: 'getUserEMode', args: [account] })]);
  return { account, collateral, debt, eMode: Number(eMode) };
}

/** What the feeds say now, USD by asset id. */
export async function readFeeds({ ground, deployment }: LocalMarket): Promise<ReadonlyMap<string, number>> {
  const answers = await Promise.all(deployment.feeds.map(({ address }) => ground.client.readContract({ address, abi: priceFeedReadAbi, functionName: 'latestAnswer' })));
  return new Map(deployment.feeds.map(({ asset, decimals }, i) => [asset, wholeAmount(answers[i] ?? 0n, decimals)]));
}
