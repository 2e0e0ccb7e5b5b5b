import { erc20Abi, type Address } from 'viem';
import { aavePoolAbi } from '../aave/abis.js';
import { wholeAmount } from '../deploy/amounts.js';
import type { Holding, Holdings } from './accounts.js';
import { readTerms, userEModeAbi, type MarketTerms } from './liquidation-terms.js';
import { assetOf, type LocalMarket, type ReserveEntry } from './market.js';

interface Balances {
  readonly account: Address;
  readonly collateral: Map<string, bigint>;
  readonly debt: Map<string, bigint>;
  eMode: number;
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
    const { reserves } = market.lending;
    for (const account of accounts)
      book.balances.set(account, { account, collateral: new Map(), debt: new Map(), eMode: 0 });
    await book.refresh(accounts.map((account) => ({ account, reserves })));
    await book.readCategories(accounts);
    return book;
  }

  /** Reads the stated balances again. */
  async refresh(
    changes: readonly { readonly account: Address; readonly reserves: readonly ReserveEntry[] }[],
  ): Promise<void> {
    await Promise.all(
      changes.map(async ({ account, reserves }) => {
        const balances = this.balances.get(account);
        await Promise.all(
          reserves.map(async (reserve) => {
            const [collateral, debt] = await Promise.all([
              this.balance(reserve.aToken, account),
              this.balance(reserve.variableDebtToken, account),
            ]);
            balances?.collateral.set(reserve.asset, collateral);
            balances?.debt.set(reserve.asset, debt);
          }),
        );
      }),
    );
  }

  private balance(address: Address, account: Address): Promise<bigint> {
    return this.market.ground.client.readContract({
      address,
      abi: erc20Abi,
      functionName: 'balanceOf',
      args: [account],
    });
  }

  private async readCategories(accounts: readonly Address[]): Promise<void> {
    const { ground, lending } = this.market;
    const read = { address: lending.pool, abi: userEModeAbi, functionName: 'getUserEMode' } as const;
    const modes = await Promise.all(
      accounts.map((account) => ground.client.readContract({ ...read, args: [account] })),
    );
    accounts.forEach((account, i) => {
      const balances = this.balances.get(account);
      if (balances !== undefined) balances.eMode = Number(modes[i]);
    });
  }

  /** Accounts whose health factor is below 1 at these prices, the unhealthiest first. */
  async below(prices: ReadonlyMap<string, number>): Promise<Unhealthy[]> {
    const near = [...this.balances.values()]
      .map((balances) => this.valued(balances, prices))
      .filter(({ healthFactor }) => healthFactor < 1 + CLOSE_CALL);
    const decided = await Promise.all(
      near.map(async (entry) => ({
        ...entry,
        healthFactor:
          Math.abs(entry.healthFactor - 1) < CLOSE_CALL
            ? await this.asked(entry.holdings.account)
            : entry.healthFactor,
      })),
    );
    return decided
      .filter(({ healthFactor }) => healthFactor < 1)
      .sort((a, b) => a.healthFactor - b.healthFactor);
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
    const data = await ground.client.readContract({
      address: lending.pool,
      abi: aavePoolAbi,
      functionName: 'getUserAccountData',
      args: [account],
    });
    return Number(data[5]) / 1e18;
  }

  private valued(
    { account, collateral, debt, eMode }: Balances,
    prices: ReadonlyMap<string, number>,
  ): Unhealthy {
    const holdings = {
      account,
      eMode,
      collateral: this.holdings(collateral, prices),
      debt: this.holdings(debt, prices),
    };
    const backing = holdings.collateral.reduce(
      (sum, { asset, usd }) => sum + usd * this.terms.termsOf(eMode, asset.id).lt,
      0,
    );
    const owed = total(holdings.debt);
    return {
      holdings,
      healthFactor:
        owed === 0 || holdings.collateral.length === 0 ? Number.POSITIVE_INFINITY : backing / owed,
    };
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
