import { exp, log } from '#libs/numeric/index';
import {
  bestBid,
  flowToPrice,
  marginalPrice,
  quoteLeftBelow,
  sellCapacityTo,
  sellProceedsTo,
  type Venues,
} from '../amm/index.js';
import { MetricInputError } from './error.js';

/** Liquidity absorption capacity of one asset at one price shift. */
export interface Lac {
  /** Price shift theta, e.g. 0.05. */
  readonly shift: number;
  /** Fee-exclusive price p from which the shift is measured, quote per base. */
  readonly price: number;
  /** Base units (fees included) that move the fee-exclusive price to (1 - theta) p. The headline number. */
  readonly units: number;
  /** `units` valued at p in USD. */
  readonly usd: number;
  /** Base units whose routed sale has the average price (1 - theta) p net of fees. */
  readonly averageExecutionUnits: number;
  /** Liquidity ends before the shifted price: `units` is all that can be sold. */
  readonly exhausted: boolean;
  /** Liquidity ends before the average price falls to (1 - theta) p. */
  readonly averageExhausted: boolean;
}

/**
 * LAC(theta): how much base the venues absorb before the price has fallen by theta (MODEL 7 and 0.21).
 *
 * Two numbers: `units` by price move (constant product: x (1 / sqrt(1 - theta) - 1) / (1 - fee), summed over venues,
 * each counted from its own price) and `averageExecutionUnits` of the routed order (constant product without fee:
 * x theta / (1 - theta)). A fee above theta leaves nothing for the latter.
 *
 * @param shift theta in (0, 1)
 * @param quoteUsd USD price of the quote asset
 * @throws MetricInputError for a shift outside (0, 1)
 * @example lac(venuesOf(pools, 3000), 0.05).usd
 */
export function lac(venues: Venues, shift: number, quoteUsd: number = 1): Lac {
  if (!(shift > 0 && shift < 1)) throw new MetricInputError('shift', shift, 'a share above 0 and below 1');
  const price = marginalPrice(venues);
  const target = (1 - shift) * price;
  const units = -Math.min(0, flowToPrice(venues, target));
  const average = soldAtAverage(venues, target);
  return {
    shift,
    price,
    units,
    usd: units * price * quoteUsd,
    averageExecutionUnits: average.units,
    exhausted: !(quoteLeftBelow(venues, target) > 0),
    averageExhausted: average.exhausted,
  };
}

/** Bisection on the logarithm of the common net price until the routed order's average price is the target. */
function soldAtAverage(venues: Venues, target: number): { units: number; exhausted: boolean } {
  const bid = bestBid(venues);
  if (bid <= target) return { units: 0, exhausted: false };
  const average = (netPrice: number): number => {
    const sold = sellCapacityTo(venues, netPrice);
    return sold > 0 ? sellProceedsTo(venues, netPrice) / sold : netPrice;
  };
  let above = log(bid);
  let below = log(venues.curves.floorPrice);
  if (average(exp(below)) > target) return { units: sellCapacityTo(venues, exp(below)), exhausted: true };
  for (;;) {
    const mid = (above + below) / 2;
    if (mid === above || mid === below)
      return { units: sellCapacityTo(venues, exp(above)), exhausted: false };
    if (average(exp(mid)) >= target) above = mid;
    else below = mid;
  }
}
