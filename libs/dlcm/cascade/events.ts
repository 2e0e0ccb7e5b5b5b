import { splitSum, type SplitSum } from '#libs/numeric/index';
import type { DeltaAttribution } from './hedge-attribution.js';

/** One executed liquidation. Units in whole tokens, prices in USD. */
export interface LiquidationEvent {
  readonly tick: number;
  readonly round: number;
  readonly sec: number;
  readonly protocol: string;
  readonly account: string;
  readonly collateral: string;
  readonly debt: string;
  /** Health before the liquidation, at the oracle prices of the round. */
  readonly health: number;
  readonly seized: number;
  readonly repaid: number;
  readonly collateralPrice: number;
  readonly debtPrice: number;
  /** seized x oracle price. */
  readonly valueUsd: number;
  /** Share of the wanted liquidation that the market let through. */
  readonly filled: number;
  readonly toxic: boolean;
  /** Debt left without collateral by this liquidation, USD at the oracle prices of the round; 0 if none. */
  readonly badDebtUsd: number;
}

/** One book's trade in one round. */
export interface HedgeEvent {
  readonly tick: number;
  readonly round: number;
  readonly sec: number;
  readonly book: string;
  readonly asset: string;
  /** Base units, + bought. */
  readonly trade: number;
  readonly averagePrice: number;
  readonly why: HedgeAttribution;
}

/**
 * Why a book traded, base units: the change of its option delta since its last trade by cause, and `carried`, what is left
 * of the trade: band, unfilled orders, an opening hedge off the mark, the close of a whole hedge.
 * trade = -(gamma + speed + vanna + charm + residual) + carried.
 */
export interface HedgeAttribution extends DeltaAttribution {
  readonly carried: number;
}

/** One book closed on its capital: options bought back at their marks, the hedge given up as market orders. */
export interface ClosureEvent {
  readonly tick: number;
  readonly round: number;
  readonly sec: number;
  readonly book: string;
  readonly asset: string;
  readonly reason: 'capitalRatio' | 'equityGone';
  /** Capital of a vault, USD; null for a market maker. */
  readonly requiredUsd: number | null;
  readonly availableUsd: number | null;
  /** Its capital ratio and the smallest one allowed. */
  readonly ratio: number | null;
  readonly minRatio: number | null;
  readonly equityUsd: number;
  /** Value of the options, owner sign, USD: negative is what the buy-back costs. */
  readonly optionsUsd: number;
  /** Base units of hedge to be closed. */
  readonly hedge: number;
}

/** One perpetual account closed in one round. */
export interface PerpLiquidationEvent {
  readonly account: string;
  /** Base units of the position that were closed, + long. */
  readonly closed: number;
  readonly averagePrice: number;
  /** Equity at the mark of the round, before the close, USD. */
  readonly equityUsd: number;
  /** Loss beyond the margin left by the close, USD; 0 if none or if part of the position stays open. */
  readonly badDebtUsd: number;
}

/** What one perpetual venue did in one round. */
export interface PerpEvent {
  readonly venue: string;
  readonly asset: string;
  readonly markBefore: number;
  readonly markAfter: number;
  /** Base units that arbitrage traded on spot for it, + bought, and took back from its order book. */
  readonly passedToSpot: number;
  readonly liquidations: readonly PerpLiquidationEvent[];
}

/** Market prices in USD before and after one round that had an action. */
export interface RoundRecord {
  readonly tick: number;
  readonly round: number;
  readonly sec: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly hedges: readonly HedgeEvent[];
  readonly closures: readonly ClosureEvent[];
  /** Perpetual venues with an action, in id order. */
  readonly perps: readonly PerpEvent[];
  readonly liquidations: readonly LiquidationEvent[];
  /** Liquidations wanted but blocked by the liquidators' limit or the chain's capacity. */
  readonly blocked: number;
}

/** Sums over one run that need no event list. */
export interface RunTotals {
  /** USD at the oracle prices of the events. */
  readonly valueLiquidated: SplitSum;
  readonly debtRepaid: SplitSum;
  liquidations: number;
  toxicLiquidations: number;
  firstLiquidationSec: number | null;
}

/** Totals before the first event. */
export function noTotals(): RunTotals {
  return {
    valueLiquidated: splitSum(),
    debtRepaid: splitSum(),
    liquidations: 0,
    toxicLiquidations: 0,
    firstLiquidationSec: null,
  };
}
