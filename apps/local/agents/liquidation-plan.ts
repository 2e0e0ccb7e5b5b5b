import type { Holding, Holdings } from './accounts.js';
import type { LiquidationTerms, MarketTerms } from './liquidation-terms.js';

/** Aave's rules of size, USD: below the first the whole debt may be repaid, a rest below the second is refused. */
const FULL_BELOW_USD = 2_000;
const SMALLEST_REST_USD = 1_000;
const FULL_BELOW_HF = 0.95;
const CLOSE_FACTOR = 0.5;

export interface LiquidationPlan {
  readonly holdings: Holdings;
  readonly collateral: Holding;
  readonly debt: Holding;
  /** Debt to repay, in whole tokens. */
  readonly cover: number;
  /** Collateral that reaches the liquidator, in whole tokens, the market's fee taken off. */
  readonly seized: number;
  /** True for the largest liquidation the market allows, which it sizes itself to the last unit. */
  readonly whole: boolean;
  readonly coverUsd: number;
  /** Collateral the account loses, the market's fee included. */
  readonly lostUsd: number;
  /** Net price per unit of collateral, in units of debt, below which the liquidation does not pay. */
  readonly limit: number;
}

/** The largest liquidation the market allows of an account, as a liquidator chooses it: best bonus first, largest debt first. */
export function planLiquidation(
  holdings: Holdings,
  {
    healthFactor,
    terms,
    prices,
  }: {
    readonly healthFactor: number;
    readonly terms: MarketTerms;
    readonly prices: ReadonlyMap<string, number>;
  },
): LiquidationPlan | null {
  const termsOf = (holding: Holding): LiquidationTerms => terms.termsOf(holdings.eMode, holding.asset.id);
  const collateral = [...holdings.collateral].sort(
    (a, b) => termsOf(b).bonus - termsOf(a).bonus || (a.asset.id < b.asset.id ? -1 : 1),
  )[0];
  const debt = [...holdings.debt].sort((a, b) => b.usd - a.usd || (a.asset.id < b.asset.id ? -1 : 1))[0];
  if (collateral === undefined || debt === undefined || healthFactor >= 1) return null;
  const totalDebt = holdings.debt.reduce((sum, { usd }) => sum + usd, 0);
  const partial =
    healthFactor > FULL_BELOW_HF && collateral.usd >= FULL_BELOW_USD && debt.usd >= FULL_BELOW_USD;
  const repayUsd = partial ? Math.min(debt.usd, CLOSE_FACTOR * totalDebt) : debt.usd;
  const { bonus, protocolFee } = termsOf(collateral);
  const coverUsd = Math.min(repayUsd, collateral.usd / (1 + bonus));
  const share = coverUsd * (1 + bonus * (1 - protocolFee));
  const priceOf = (asset: string): number => prices.get(asset) ?? 0;
  return {
    holdings,
    collateral,
    debt,
    cover: coverUsd / priceOf(debt.asset.id),
    seized: share / priceOf(collateral.asset.id),
    whole: true,
    coverUsd,
    lostUsd: coverUsd * (1 + bonus),
    limit: priceOf(collateral.asset.id) / priceOf(debt.asset.id) / (1 + bonus * (1 - protocolFee)),
  };
}

/**
 * The plan cut to a share, or null when the market would refuse the cut: it leaves either nothing or at least its
 * smallest rest on both sides.
 */
export function cutPlan(plan: LiquidationPlan, share: number): LiquidationPlan | null {
  if (share >= 1) return plan;
  const restDebt = plan.debt.usd - plan.coverUsd * share;
  const restCollateral = plan.collateral.usd - plan.lostUsd * share;
  const allowed = restDebt >= SMALLEST_REST_USD && restCollateral >= SMALLEST_REST_USD;
  return allowed && share > 0 ? scaled(plan, share) : null;
}

function scaled(plan: LiquidationPlan, share: number): LiquidationPlan {
  return {
    ...plan,
    whole: false,
    cover: plan.cover * share,
    seized: plan.seized * share,
    coverUsd: plan.coverUsd * share,
    lostUsd: plan.lostUsd * share,
  };
}
