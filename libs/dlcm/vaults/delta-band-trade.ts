import { requireFinite, requireNotNegative } from './error.js';

/** Smallest hedge trade as a share of the book's gross quantity (MODEL 5 stage 2). */
const MIN_TRADE = 1e-9;

export interface DeltaBand {
  /** Largest |delta| over gross quantity that is left alone: 0 for a market maker, 0.05 for a vault. */
  readonly band: number;
  /** Where a trade brings the delta: to zero, or to the nearer edge of the band. */
  readonly rebalanceTo: 'zero' | 'edge';
}

/**
 * Hedge trade of a book in base units, + buys (MODEL 5 stage 2, 12.2): nothing while |delta| <= band x gross, else
 * -delta (to zero) or -(delta - sgn(delta) band gross) (to the edge); trades below a billionth of gross are left out.
 *
 * @param exposure delta of the options plus the hedge, base units; `gross` is the sum of |quantity| over the lines
 * @throws VaultInputError (DLCM-160) for a number out of range
 * @example deltaBandTrade({ delta: 8, gross: 100 }, { band: 0.05, rebalanceTo: 'edge' }) // -3
 */
export function deltaBandTrade(
  exposure: { readonly delta: number; readonly gross: number },
  rule: DeltaBand,
): number {
  const { delta, gross } = exposure;
  requireFinite('delta', delta);
  requireNotNegative('gross', gross);
  requireNotNegative('band', rule.band);
  const band = rule.band * gross;
  if (gross === 0 || Math.abs(delta) <= band) return 0;
  const target = rule.rebalanceTo === 'zero' ? 0 : Math.sign(delta) * band;
  const trade = target - delta;
  return Math.abs(trade) < MIN_TRADE * gross ? 0 : trade;
}
