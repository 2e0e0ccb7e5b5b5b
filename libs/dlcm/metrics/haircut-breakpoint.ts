import { bisect, exp, log } from '#libs/numeric/index';
import { MetricInputError } from './error.js';

/** An amount whose price follows the shocked asset: price(S) = priceUsd (S / S0)^beta. */
export interface MovingHolding {
  readonly units: number;
  /** USD per unit at S0. */
  readonly priceUsd: number;
  /** Sensitivity of the log price to the shocked asset's: 1 for the asset itself, 0 for a stable. */
  readonly beta: number;
}
export interface HaircutHolding extends MovingHolding {
  /** Share of the value that does not count as collateral. */
  readonly haircut: number;
}

export interface HaircutBreakpointInput {
  readonly collateral: readonly HaircutHolding[];
  readonly debt: readonly MovingHolding[];
  /** Collateral ratio below which the venue acts, e.g. 1.5. */
  readonly minimumRatio: number;
  /** S0, USD per unit of the shocked asset. */
  readonly spot: number;
}

export interface HaircutBreakpoint {
  /** Highest price at or below S0 where the ratio falls under its minimum; null when it holds down to 1e-4 S0. */
  readonly price: number | null;
  readonly alreadyBreached: boolean;
}

const LOWEST_LOG_SHARE = log(1e-4);
const SCAN_POINTS = 1025;

/**
 * Static collateral haircut breakpoint: the highest S <= S0 with sum C price(S) (1 - h) / sum D price(S) < minimumRatio
 * (MODEL 7). One collateral and stable debt give minimumRatio D / (C (1 - h)). Scanned from S0 down to 1e-4 S0 on 1,025
 * log points, then bisected, so that the first breach below spot is found even if debt falls with the price.
 *
 * @throws MetricInputError for a spot or minimum ratio that is not positive
 */
export function collateralHaircutBreakpoint(input: HaircutBreakpointInput): HaircutBreakpoint {
  if (!(input.spot > 0)) throw new MetricInputError('spot', input.spot, 'a price above 0');
  if (!(input.minimumRatio > 0))
    throw new MetricInputError('minimumRatio', input.minimumRatio, 'a ratio above 0');
  const breached = (logShare: number): boolean => breachedAt(input, logShare);
  if (breached(0)) return { price: input.spot, alreadyBreached: true };
  let safe = 0;
  for (let i = 1; i < SCAN_POINTS; i += 1) {
    const logShare = (LOWEST_LOG_SHARE * i) / (SCAN_POINTS - 1);
    if (breached(logShare)) {
      const [, failing] = bisect((fall) => breached(-fall), [-safe, -logShare], 0);
      return { price: input.spot * exp(-failing), alreadyBreached: false };
    }
    safe = logShare;
  }
  return { price: null, alreadyBreached: false };
}

function breachedAt(input: HaircutBreakpointInput, logShare: number): boolean {
  let collateral = 0;
  let debt = 0;
  for (const holding of input.collateral) collateral += valueAt(holding, logShare) * (1 - holding.haircut);
  for (const holding of input.debt) debt += valueAt(holding, logShare);
  return collateral < input.minimumRatio * debt;
}

function valueAt(holding: MovingHolding, logShare: number): number {
  return holding.units * holding.priceUsd * exp(holding.beta * logShare);
}
