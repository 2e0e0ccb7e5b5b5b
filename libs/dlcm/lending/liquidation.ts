import { quantiseDown } from '#libs/numeric/index';
import type { CloseFactorRule } from '#libs/market/index';

/** A protocol's rules for the size of one liquidation. */
export interface LiquidationRules {
  readonly closeFactor: CloseFactorRule;
  readonly dustUsd: number;
  readonly minLeftoverUsd: number;
}

/**
 * One collateral and one debt of an unhealthy account, at oracle prices. Units in whole tokens, prices in USD. Mutable: rounds
 * reuse one record.
 */
export interface LiquidationPair {
  health: number;
  /** Debt of the whole account in USD. */
  totalDebtUsd: number;
  collateralUnits: number;
  debtUnits: number;
  collateralPrice: number;
  debtPrice: number;
  bonus: number;
}

/** How much one liquidation takes. Mutable: rounds reuse one record. */
export interface LiquidationSize {
  repay: number;
  seize: number;
  /** The whole collateral leg goes; what rounding leaves of it is less than one quantum. */
  seizesAll: boolean;
  /** The whole debt of the pair is repaid. */
  closesDebt: boolean;
}

/**
 * Largest liquidation the rules allow (Aave v3.3+, MODEL 5 stage 4, 0.3, 0.7, 0.16).
 *
 * The whole debt of the pair may be repaid if health <= fullBelowHf or the collateral or the debt of the pair is below
 * dustUsd, else `normal` of the account's total debt. Seized Z = R o_d (1 + b) / o_c, at most the collateral there is.
 * A partial liquidation that would leave less than minLeftoverUsd on a side takes the whole pair. Z is rounded down to
 * the asset's quantum and R recomputed from it, except that a debt repaid in full is closed exactly.
 *
 * @param quantum smallest amount of the collateral asset, a power of two
 * @param size receives the result; `seize` 0 means nothing can be done
 */
export function sizeLiquidation(
  pair: LiquidationPair,
  rules: LiquidationRules,
  to: { readonly quantum: number; readonly size: LiquidationSize },
): void {
  const { collateralUnits, debtUnits, collateralPrice, debtPrice, bonus } = pair;
  const { size } = to;
  const perRepaid = (debtPrice * (1 + bonus)) / collateralPrice;
  size.repay = repayLimit(pair, rules);
  size.seize = size.repay * perRepaid;
  if (leavesDust(pair, rules, size)) {
    size.repay = debtUnits;
    size.seize = debtUnits * perRepaid;
  }
  size.seizesAll = size.seize >= collateralUnits;
  size.closesDebt = size.repay === debtUnits && size.seize <= collateralUnits;
  size.seize = quantiseDown(Math.min(size.seize, collateralUnits), to.quantum);
  if (!size.closesDebt) size.repay = Math.min(debtUnits, size.seize / perRepaid);
}

function repayLimit(pair: LiquidationPair, rules: LiquidationRules): number {
  const { closeFactor, dustUsd } = rules;
  const debtUsd = pair.debtUnits * pair.debtPrice;
  const small = debtUsd < dustUsd || pair.collateralUnits * pair.collateralPrice < dustUsd;
  const factor = small || pair.health <= closeFactor.fullBelowHf ? closeFactor.full : closeFactor.normal;
  const limitUsd = factor * pair.totalDebtUsd;
  return limitUsd >= debtUsd ? pair.debtUnits : limitUsd / pair.debtPrice;
}

function leavesDust(pair: LiquidationPair, rules: LiquidationRules, size: LiquidationSize): boolean {
  if (size.repay === pair.debtUnits || size.seize >= pair.collateralUnits) return false;
  const debtLeftUsd = (pair.debtUnits - size.repay) * pair.debtPrice;
  const collateralLeftUsd = (pair.collateralUnits - size.seize) * pair.collateralPrice;
  return debtLeftUsd < rules.minLeftoverUsd || collateralLeftUsd < rules.minLeftoverUsd;
}

/**
 * Lowest price ratio market(collateral) / market(debt), net of fees, at which a liquidator still breaks even:
 * (o_c / o_d) / (1 + b (1 - protocolFee)) (MODEL 0.3).
 */
export function breakEvenRatio(
  pair: Pick<LiquidationPair, 'collateralPrice' | 'debtPrice' | 'bonus'>,
  protocolFee: number,
): number {
  return pair.collateralPrice / pair.debtPrice / (1 + pair.bonus * (1 - protocolFee));
}

/** Share of the seized collateral that the liquidator receives: the protocol keeps its fee out of the bonus. */
export function liquidatorShare(bonus: number, protocolFee: number): number {
  return 1 - (bonus * protocolFee) / (1 + bonus);
}

/** Whether a liquidation lowers the health of the account: its liquidation threshold times (1 + bonus) exceeds it. */
export function isToxic(health: number, lt: number, bonus: number): boolean {
  return lt * (1 + bonus) > health;
}
