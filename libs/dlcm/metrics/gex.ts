import type { Venues } from '../amm/index.js';
import {
  AT_SNAPSHOT,
  bsGreeks,
  linesDelta,
  linesGreek,
  type OptionLines,
  type OptionType,
} from '../options/index.js';
import { lac } from './lac.js';
import { forcedFlow, type LiquidationAccount } from './forced-flow.js';

/** One per cent: the move gamma exposure refers to. */
const MOVE = 0.01;
const PROFILE_POINTS = 201;
const PROFILE_LOW = 0.5;
const PROFILE_STEP = 0.005;

/** Gamma exposure at one spot price, USD of delta per 1 % move; positive stabilises, negative amplifies. */
export interface GexPoint {
  readonly spot: number;
  readonly optionsUsd: number;
  readonly liquidationsUsd: number;
  readonly totalUsd: number;
}

export interface Gex {
  /** Exposure of the options at the snapshot price. */
  readonly atSpotUsd: number;
  /** 201 points on S / S0 in [0.5, 1.5]. */
  readonly profile: readonly GexPoint[];
  /** True when signs were assumed from open interest instead of known positions. */
  readonly naive: boolean;
}

/**
 * Gamma exposure GEX(S) = sum q Gamma(S) S^2 0.01 in the owners' sign, frozen volatilities, and its profile together
 * with that of forced sales, -dQ/dS S^2 0.01, binned between the midpoints of the grid (MODEL 7 and 0.20).
 *
 * @param accounts lending accounts that trade the same asset when liquidated; none by default
 * @example gex(optionLines(book.options, { spot: 3000 })).atSpotUsd
 */
export function gex(lines: OptionLines, accounts: readonly LiquidationAccount[] = []): Gex {
  const profile: GexPoint[] = [];
  for (let i = 0; i < PROFILE_POINTS; i += 1) {
    const spot = lines.spot * profileShare(i);
    const optionsUsd = gexAt(lines, spot);
    const liquidationsUsd = liquidationGex(accounts, spot, lines.spot * PROFILE_STEP);
    profile.push({ spot, optionsUsd, liquidationsUsd, totalUsd: optionsUsd + liquidationsUsd });
  }
  return { atSpotUsd: gexAt(lines, lines.spot), profile, naive: false };
}

/** GEX of the options at one spot price, USD of delta per 1 % move. */
export function gexAt(lines: OptionLines, spot: number): number {
  return linesGreek(lines, 'gamma', { ...AT_SNAPSHOT, spot }) * spot * spot * MOVE;
}

/** Open interest of one listed option, from which dealer positions are guessed. */
export interface OpenInterest {
  readonly type: OptionType;
  readonly strike: number;
  readonly tenorYears: number;
  readonly vol: number;
  /** Contracts outstanding in base units, never negative. */
  readonly openInterest: number;
}

/**
 * GEX at spot when only open interest is known: dealers taken as long every call and short every put (SqueezeMetrics,
 * "Gamma Exposure", 2016). The result is flagged `naive` and has no profile of forced sales.
 */
export function gexNaive(listed: readonly OpenInterest[], spot: number): Gex {
  const at = (price: number): number => {
    let usd = 0;
    for (const option of listed) {
      const sign = option.type === 'C' ? 1 : -1;
      usd += sign * option.openInterest * bsGreeks({ ...option, spot: price }).gamma * price * price * MOVE;
    }
    return usd;
  };
  const profile: GexPoint[] = [];
  for (let i = 0; i < PROFILE_POINTS; i += 1) {
    const price = spot * profileShare(i);
    const optionsUsd = at(price);
    profile.push({ spot: price, optionsUsd, liquidationsUsd: 0, totalUsd: optionsUsd });
  }
  return { atSpotUsd: at(spot), profile, naive: true };
}

/**
 * GEX index: gamma exposure over the USD volume that moves the price by 1 %. Dimensionless; -1 or less means that the
 * hedge of a move causes at least the same move again. Null when the venues hold no depth.
 */
export function gexIndex(gexUsd: number, venues: Venues, quoteUsd: number = 1): number | null {
  const volumeUsd = lac(venues, MOVE, quoteUsd).usd;
  return volumeUsd > 0 ? gexUsd / volumeUsd : null;
}

/** Hedge flow at one spot price in base units: positive buys. */
export interface HedgeFlowPoint {
  readonly spot: number;
  readonly flowUnits: number;
}

/**
 * Hedge flow Q(S) = -(Delta(S) - Delta(S0)) of exactly hedged books on the 201 profile points, frozen volatilities.
 */
export function hedgeFlowCurve(lines: OptionLines): readonly HedgeFlowPoint[] {
  const start = linesDelta(lines, lines.spot, AT_SNAPSHOT);
  const points: HedgeFlowPoint[] = [];
  for (let i = 0; i < PROFILE_POINTS; i += 1) {
    const spot = lines.spot * profileShare(i);
    points.push({ spot, flowUnits: start - linesDelta(lines, spot, AT_SNAPSHOT) });
  }
  return points;
}

/** Forced-sale exposure in a bin of the given width around a spot price, USD of delta per 1 % move. */
function liquidationGex(accounts: readonly LiquidationAccount[], spot: number, width: number): number {
  if (accounts.length === 0) return 0;
  const rise = forcedFlow(accounts, spot + width / 2) - forcedFlow(accounts, spot - width / 2);
  return -(rise / width) * spot * spot * MOVE;
}

/** S / S0 of profile point i; exactly 1 in the middle. */
function profileShare(i: number): number {
  return i === (PROFILE_POINTS - 1) / 2 ? 1 : PROFILE_LOW + i * PROFILE_STEP;
}
