import { MetricInputError } from '../metrics/error.js';

/** Liability-side Greeks: minus the owner's. Delta in base units, gamma per USD, vega per 1.00 of volatility. */
export interface LiabilityGreeks {
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly volga: number;
  readonly vanna: number;
}

/** A move of the price (USD) and of volatility (1.00 = 100 points). */
export interface MarketMove {
  readonly spotChange: number;
  readonly volChange: number;
}

export interface CapitalDemand {
  /** Capital needed, USD; positive drains. */
  readonly usd: number;
  readonly terms: {
    readonly delta: number;
    readonly gamma: number;
    readonly vega: number;
    readonly volga: number;
    readonly vanna: number;
  };
  /** Second-order profit of the owner, -(terms with one half on the squares), USD. */
  readonly ownerProfitUsd: number;
  /** Demand over |delta dS| + |vega d sigma|; null when both are 0. */
  readonly amplification: number | null;
}

/**
 * Capital demand of an option book (MODEL 10): dC = (delta + gamma dS) dS + (vega + volga d sigma) d sigma + vanna dS d sigma,
 * literally, without halves; the second-order profit is reported beside it.
 *
 * @example capitalDemand(greeks, { spotChange: -200, volChange: 0.2 }).usd
 */
export function capitalDemand(greeks: LiabilityGreeks, move: MarketMove): CapitalDemand {
  const { spotChange: dS, volChange: dv } = move;
  const terms = {
    delta: greeks.delta * dS,
    gamma: greeks.gamma * dS * dS,
    vega: greeks.vega * dv,
    volga: greeks.volga * dv * dv,
    vanna: greeks.vanna * dS * dv,
  };
  const usd = terms.delta + terms.gamma + (terms.vega + terms.volga) + terms.vanna;
  const linear = Math.abs(terms.delta) + Math.abs(terms.vega);
  return {
    usd,
    terms,
    ownerProfitUsd: -(terms.delta + terms.gamma / 2 + (terms.vega + terms.volga / 2) + terms.vanna),
    amplification: linear > 0 ? usd / linear : null,
  };
}

/**
 * Delta vega systemic leverage: max(0, dC) / max(floor, E0 + change of collateral) (MODEL 10); above 1 the book is
 * undercapitalised for the move.
 *
 * @throws MetricInputError for a floor that is not positive
 */
export function deltaVegaLeverage(input: {
  readonly demandUsd: number;
  readonly equityUsd: number;
  readonly collateralChangeUsd: number;
  readonly floorUsd?: number;
}): number {
  const { demandUsd, equityUsd, collateralChangeUsd, floorUsd = 1 } = input;
  if (!(floorUsd > 0)) throw new MetricInputError('floorUsd', floorUsd, 'USD above 0');
  return Math.max(0, demandUsd) / Math.max(floorUsd, equityUsd + collateralChangeUsd);
}

/**
 * Convexity exponent d ln dC / d ln |dS| along d sigma = -beta dS / S (MODEL 10): with dC = a dS + b dS^2 it is
 * (a + 2 b dS) / (a + b dS); 1 linear, 2 quadratic. Null where no capital is demanded.
 *
 * @throws MetricInputError for a spot that is not positive
 */
export function convexityExponent(
  greeks: LiabilityGreeks,
  at: { readonly spot: number; readonly spotChange: number; readonly volBeta: number },
): number | null {
  if (!(at.spot > 0)) throw new MetricInputError('spot', at.spot, 'a price above 0');
  const slope = -at.volBeta / at.spot;
  const linear = greeks.delta + greeks.vega * slope;
  const square = greeks.gamma + greeks.volga * slope * slope + greeks.vanna * slope;
  const demand = linear * at.spotChange + square * at.spotChange * at.spotChange;
  if (!(demand > 0)) return null;
  return (linear + 2 * square * at.spotChange) / (linear + square * at.spotChange);
}

/** Factor by which quotes widen: 1 + c max(0, leverage - 0.5) (MODEL 10). */
export function spreadWidening(leverage: number, sensitivity: number = 1): number {
  return 1 + sensitivity * Math.max(0, leverage - 0.5);
}
