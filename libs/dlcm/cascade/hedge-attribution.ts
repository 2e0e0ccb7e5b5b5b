import { compensatedSum } from '#libs/numeric/index';
import {
  bsGreeks,
  lineOption,
  linesDelta,
  SECONDS_PER_YEAR,
  type OptionClock,
  type OptionLines,
} from '../options/index.js';

/**
 * Why a book's delta changed, base units (MODEL 5 stage 2): `gamma` for the price, `speed` for its curvature, `vanna` for
 * volatility, `charm` for time; `residual` is what these do not explain. Their sum is the whole change.
 */
export interface DeltaAttribution {
  readonly gamma: number;
  readonly speed: number;
  readonly vanna: number;
  readonly charm: number;
  readonly residual: number;
}

/** Spot price in USD and clock at which a book is looked at. */
export type BookMoment = OptionClock & { readonly spot: number };

/**
 * Attributes the change of a book's option delta between two moments:
 * dDelta = Gamma dS + 1/2 speed dS^2 + vanna d sigma + charm dt + residual, Greeks taken at the first moment and each line
 * with its own volatility. The residual is of third order when d sigma and dt are of second order in dS. It explains a
 * hedge, it never decides one.
 *
 * @example attributeDelta(lines, { spot: 2000, elapsedSec: 0, volShift: 0 }, { spot: 1980, elapsedSec: 12, volShift: 0 })
 */
export function attributeDelta(lines: OptionLines, from: BookMoment, to: BookMoment): DeltaAttribution {
  const dS = to.spot - from.spot;
  const years = (to.elapsedSec - from.elapsedSec) / SECONDS_PER_YEAR;
  const column = (): Float64Array => new Float64Array(lines.count);
  const terms = { gamma: column(), speed: column(), vanna: column(), charm: column() };
  for (let i = 0; i < lines.count; i += 1) {
    const option = lineOption(lines, i, from);
    const greeks = bsGreeks(option);
    const q = lines.quantity[i]!;
    terms.gamma[i] = q * greeks.gamma * dS;
    terms.speed[i] = (q * greeks.speed * dS * dS) / 2;
    terms.vanna[i] = q * greeks.vanna * (lineOption(lines, i, to).vol - option.vol);
    terms.charm[i] = q * greeks.charm * years;
  }
  const explained = {
    gamma: compensatedSum(terms.gamma),
    speed: compensatedSum(terms.speed),
    vanna: compensatedSum(terms.vanna),
    charm: compensatedSum(terms.charm),
  };
  const change = linesDelta(lines, to.spot, to) - linesDelta(lines, from.spot, from);
  return { ...explained, residual: change - compensatedSum(Object.values(explained)) };
}
