import { MetricInputError } from './error.js';

/** One root asset in the LAC index. */
export interface LacIndexTerm {
  readonly asset: string;
  /** Collateral value of the asset after looking through nested tokens, USD. */
  readonly collateralUsd: number;
  /** Base units that the venues of the stressed market absorb within 10 %; Infinity for an asset that needs no venue. */
  readonly absorbableUnits: number;
  /** Base units that the reference run sells by force, hedges and liquidations together, gross. */
  readonly forcedUnits: number;
}

/**
 * LAC index, 0 to 100 (MODEL 7, 0.21): 100 sum w_i min(1, LAC_i(10 %) / ForcedFlow_i), w the shares of look-through
 * collateral. An asset without forced flow counts in full; without collateral or forced flow the index is 100.
 *
 * @throws MetricInputError for an amount below 0
 * @example lacIndex([{ asset: 'ETH', collateralUsd: 1, absorbableUnits: 50, forcedUnits: 200 }]) // 25
 */
export function lacIndex(terms: readonly LacIndexTerm[]): number {
  let total = 0;
  let covered = 0;
  for (const term of [...terms].sort((a, b) => (a.asset < b.asset ? -1 : 1))) {
    for (const field of ['collateralUsd', 'absorbableUnits', 'forcedUnits'] as const) {
      if (!(term[field] >= 0))
        throw new MetricInputError(`${field} of ${term.asset}`, term[field], 'a number of at least 0');
    }
    const share = term.forcedUnits > term.absorbableUnits ? term.absorbableUnits / term.forcedUnits : 1;
    total += term.collateralUsd;
    covered += term.collateralUsd * share;
  }
  return total > 0 ? Math.min(100, (100 * covered) / total) : 100;
}
