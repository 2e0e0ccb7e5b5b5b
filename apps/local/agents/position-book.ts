import { erc20Abi, type Address } from 'viem';
import { aavePoolAbi } from '../aave/abis.js';
import { wholeAmount } from '../deploy/amounts.js';
import type { Holding, Holdings } from './accounts.js';
import { readTerms, userEModeAbi, type MarketTerms } from './liquidation-terms.js';
import { assetOf, type LocalMarket } from './market.js';

interface Balances {
  readonly account: Address;
  readonly collateral: ReadonlyMap<string, bigint>;
  readonly debt: ReadonlyMap<string, bigint>;
  readonly eMode: number;
}

export interface Unhealthy {
  readonly holdings: Holdings;
  readonly healthFactor: number;
}

/** So far below or above 1 the own arithmetic decides; in between the market is asked. */
const CLOSE_CALL = 1e-4;

/** What a liquidator's bot keeps: every account's balances, read once and again after each change, and its health from them. */
export class PositionBook {
  private readonly balances = new Map<Address, Balances>();

  private constructor(
    private readonly market: LocalMarket,
    readonly terms: MarketTerms,
  ) {}

  static async open(market: LocalMarket, accounts: readonly Address[]): Promise<PositionBook> {
    const book = new PositionBook(market, await readTerms(market));
    await book.refresh(accounts);
    return book;
  }

  /** Reads the accounts again. */
  async refresh(accounts: readonly Address[]): Promise<void> {
    const read = await Promise.all(accounts.map((account) => this.read(account)));
    for (const balances of read) this.balances.set(balances.account, balances);
  }

  private async read(account: Address): Promise<Balances> {
    const { ground, lending } = this.market;
    const side = async (token: 'aToken' | 'variableDebtToken'): Promise<Map<string, bigint>> => {
      const raws = await Promise.all(lending.reserves.map((reserve) => ground.client.readContract({ address: reserve[token], abi: erc20Abi, functionName: 'balanceOf', args: [account] })));
      return new Map(lending.reserves.map(({ asset }, i) => [asset, raws[i] ?? 0n]));
    };
    const [collateral, debt, eMode] = await Promise.all([side('aToken'), side('variableDebtToken'), ground.client.readContract({ address: lending.pool, abi: userEModeAbi, functionName: 'getUserEMode', args: [account] })]);
    return { account, collateral, debt, eMode: Number(eMode) };
  }

  /** Accounts whose health factor is below 1 at these prices, the unhealthiest first. */
  async below(prices: ReadonlyMap<string, number>): Promise<Unhealthy[]> {
    const near = [...this.balances.values()]
      .map((balances) => this.valued(balances, prices))
      .filter(({ healthFactor }) => healthFactor < 1 + CLOSE_CALL);
    const decided = await Promise.all(near.map(async (entry) => ({ ...entry, healthFactor: Math.abs(entry.healthFactor - 1) < CLOSE_CALL ? await this.asked(entry.holdings.account) : entry.healthFactor })));
    return decided.filter(({ healthFactor }) => healthFactor < 1).sort((a, b) => a.healthFactor - b.healthFactor);
  }

  /** Debt beyond the value of its collateral, USD, summed over all accounts. */
  uncovered(prices: ReadonlyMap<string, number>): number {
    const gaps = [...this.balances.values()].map((balances) => {
      const { holdings } = this.valued(balances, prices);
      return Math.max(0, total(holdings.debt) - total(holdings.collateral));
    });
    return gaps.reduce((sum, gap) => sum + gap, 0);
  }

  private async asked(account: Address): Promise<number> {
    const { ground, lending } = this.market;
    const data = await ground.client.readContract({ address: lending.pool, abi: aavePoolAbi, functionName: 'getUserAccountData', args: [account] });
    return Number(data[5]) / 1e18;
  }

  private valued({ account, collateral, debt, eMode }: Balances, prices: ReadonlyMap<string, number>): Unhealthy {
    const holdings = { account, eMode, collateral: this.holdings(collateral, prices), debt: this.holdings(debt, prices) };
    const backing = holdings.collateral.reduce((sum, { asset, usd }) => sum + usd * this.terms.termsOf(eMode, asset.id).lt, 0);
    const owed = total(holdings.debt);
    return { holdings, healthFactor: owed === 0 || holdings.collateral.length === 0 ? Number.POSITIVE_INFINITY : backing / owed };
  }

  private holdings(raws: ReadonlyMap<string, bigint>, prices: ReadonlyMap<string, number>): Holding[] {
    return this.market.lending.reserves.flatMap((reserve) => {
      const raw = raws.get(reserve.asset) ?? 0n;
      const asset = assetOf(this.market.deployment, reserve.asset);
      const units = wholeAmount(raw, asset.decimals);
      return raw === 0n ? [] : [{ asset, reserve, raw, units, usd: units * (prices.get(asset.id) ?? 0) }];
    });
  }
}

function total(holdings: readonly Holding[]): number {
  return holdings.reduce((sum, { usd }) => sum + usd, 0);
}
