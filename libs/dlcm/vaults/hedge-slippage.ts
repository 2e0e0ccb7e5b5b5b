import { requireNotNegative, requireShare } from './error.js';

/**
 * Share of an order's value lost to its own price impact when the impact is linear in the amount (MODEL 12.3):
 * the price moves by theta over LAC(theta), the average fill by half of it, so |units| theta / (2 LAC(theta)), at most 1.
 * Without capacity everything is lost.
 *
 * @param capacity LAC(theta) in base units and theta itself
 * @throws VaultInputError (DLCM-160) for a negative amount or a shift outside [0, 1]
 * @example hedgeSlippage(200, { units: 1000, shift: 0.05 }) // 0.005
 */
export function hedgeSlippage(
  units: number,
  capacity: { readonly units: number; readonly shift: number },
): number {
  const wanted = Math.abs(units);
  requireNotNegative('units', wanted);
  requireNotNegative('capacity.units', capacity.units);
  requireShare('capacity.shift', capacity.shift);
  if (wanted === 0) return 0;
  return capacity.units > 0 ? Math.min(1, (wanted / capacity.units) * (capacity.shift / 2)) : 1;
}
