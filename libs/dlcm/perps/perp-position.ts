import { PerpInputError, requireFinite, requirePositive } from './error.js';

/** One perpetual position, cash-settled in USD. */
export interface PerpPosition {
  /** Base units, + long, - short. */
  readonly quantity: number;
  /** Average entry price, USD. */
  readonly entry: number;
  /** USD deposited, results of earlier closes included. */
  readonly margin: number;
  /** USD that one long unit has paid in funding since the snapshot; shorts receive it. 0 by default. */
  readonly fundingPaid?: number;
}

/**
 * Equity of a position at a mark price, USD: margin + q (mark - entry) - q x funding paid per unit (MODEL 5 stage 4).
 *
 * @example perpEquity({ quantity: -2, entry: 2000, margin: 500 }, 2100) // 300
 */
export function perpEquity(position: PerpPosition, mark: number): number {
  return position.margin + position.quantity * (mark - position.entry - (position.fundingPaid ?? 0));
}

/**
 * Whether a position is liquidated: equity < maintenance rate x |q| x mark, strictly (MODEL 5 stage 4).
 *
 * @param maintenanceRate share of the position's value that must stand behind it, e.g. 0.05
 */
export function isPerpLiquidatable(position: PerpPosition, mark: number, maintenanceRate: number): boolean {
  return perpEquity(position, mark) < maintenanceRate * Math.abs(position.quantity) * mark;
}

/**
 * Mark price at which a position reaches its maintenance margin (MODEL 0.9), USD: below it a long, above it a short is
 * liquidated. With a = entry + funding paid per unit: (q a - margin) / (q - mmr |q|).
 * Null when no positive price reaches it: a long whose margin covers the whole position, or no position.
 *
 * @throws PerpInputError (DLCM-161) for an entry that is not positive, a maintenance rate outside [0, 1) or a number that
 *   is not finite
 * @example perpLiquidationPrice({ quantity: 1, entry: 2000, margin: 200 }, 0.05) // 1894.7368...
 */
export function perpLiquidationPrice(position: PerpPosition, maintenanceRate: number): number | null {
  const { quantity, entry, margin } = position;
  const fundingPaid = position.fundingPaid ?? 0;
  requireFinite('quantity', quantity);
  requirePositive('entry', entry);
  requireFinite('margin', margin);
  requireFinite('fundingPaid', fundingPaid);
  if (!(maintenanceRate >= 0 && maintenanceRate < 1))
    throw new PerpInputError('maintenanceRate', maintenanceRate, 'a share in [0, 1)');
  if (quantity === 0) return null;
  const price = maintenancePrice(position, maintenanceRate);
  return price > 0 && price < Infinity ? price : null;
}

/** The same without checks for a position that is not empty; not positive when no price reaches it. */
export function maintenancePrice(position: PerpPosition, maintenanceRate: number): number {
  const { quantity, entry, margin } = position;
  const owed = quantity * (entry + (position.fundingPaid ?? 0)) - margin;
  return owed / (quantity - maintenanceRate * Math.abs(quantity));
}

/**
 * Funding that one long unit pays over `seconds`, USD: mark x rate per 8 hours x seconds / 28,800 (MODEL 9); negative when
 * shorts pay.
 */
export function fundingPerUnit(mark: number, funding8h: number, seconds: number): number {
  return mark * funding8h * (seconds / 28_800);
}
