import { compensatedSum, exp, log, normalCdf, powerOfTwoAtMost, quantise } from '#libs/numeric/index';
import type { OptionLine, Surface } from '#libs/market/index';
import { bsGreeks, spotDelta, type Greeks, type SpotOptionInput } from './black76.js';
import { SurfaceError } from './error.js';
import { soundSurface } from './sound-surface.js';
import { surfaceForward, surfaceVol } from './surface.js';
import { SECONDS_PER_YEAR, THIRTY_DAYS_SEC } from './year.js';

const MIN_VOL = 0.05;
const MAX_VOL = 5;
const TWO_51 = 2251799813685248;

/** What option lines are priced against: the asset's snapshot values and the surfaces lines refer to. */
export interface LineMarket {
  /** Snapshot spot S0 in USD. */
  readonly spot: number;
  /** Continuous annual rate and yield; 0 by default. */
  readonly rate?: number;
  readonly yield?: number;
  readonly surfaces?: readonly Surface[];
  /** Skew stickiness R: 1 (default) keeps the volatility of a strike, 0 that of a moneyness (MODEL 3). */
  readonly stickiness?: number;
}

/** Time and volatility level inside a run. */
export interface OptionClock {
  /** Seconds since t0. */
  readonly elapsedSec: number;
  /** u_k of MODEL 5 stage 3; null freezes every line at its own input volatility. */
  readonly volShift: number | null;
}

/** The clock of the snapshot itself. */
export const AT_SNAPSHOT: OptionClock = { elapsedSec: 0, volShift: null };

/** Option lines of one asset as columns, with their volatilities looked up. Quantities are the owner's, + long. */
export interface OptionLines {
  readonly count: number;
  readonly ids: readonly string[];
  readonly isCall: Uint8Array;
  readonly strike: Float64Array;
  /** ln(strike / snapshot spot). */
  readonly logStrike: Float64Array;
  readonly expirySec: Float64Array;
  readonly vol: Float64Array;
  readonly quantity: Float64Array;
  /** Surface of each line for which stickiness differs from 1; null keeps the volatility of the strike. */
  readonly surface: readonly (Surface | null)[];
  readonly spot: number;
  readonly rate: number;
  readonly yield: number;
  readonly stickiness: number;
  /** Sum of |quantity|. */
  readonly gross: number;
  /** Power of two to whose multiples delta terms are rounded, so that their sum has no order. */
  readonly quantum: number;
}

/**
 * Prepares option lines for evaluation.
 *
 * Surfaces that lines refer to are checked for arbitrage and repaired first (`soundSurface`).
 *
 * @throws SurfaceError for a line with neither volatility nor a known surface, or a surface beyond repair
 * @example optionLines([{ id: 'p', type: 'P', strike: 2400, expirySec: 604800, iv: 0.9, surface: null, quantity: -10 }],
 *   { spot: 3000 })
 */
export function optionLines(options: readonly OptionLine[], market: LineMarket): OptionLines {
  const surfaces = referencedSurfaces(options, market.surfaces ?? []);
  const stickiness = market.stickiness ?? 1;
  const gross = compensatedSum(options.map((line) => Math.abs(line.quantity)));
  return {
    count: options.length,
    ids: options.map((line) => line.id),
    isCall: Uint8Array.from(options, (line) => (line.type === 'C' ? 1 : 0)),
    strike: Float64Array.from(options, (line) => line.strike),
    logStrike: Float64Array.from(options, (line) => log(line.strike / market.spot)),
    expirySec: Float64Array.from(options, (line) => line.expirySec),
    vol: Float64Array.from(options, (line) => snapshotVol(line, surfaces)),
    quantity: Float64Array.from(options, (line) => line.quantity),
    surface: options.map((line) => (stickiness === 1 || line.iv !== null ? null : surfaceOf(line, surfaces))),
    spot: market.spot,
    rate: market.rate ?? 0,
    yield: market.yield ?? 0,
    stickiness,
    gross,
    quantum: gross > 0 ? powerOfTwoAtMost(gross) / TWO_51 : 1,
  };
}

/**
 * Volatility of line `i` at a spot and time: its snapshot volatility when frozen, else the smile moved by the
 * stickiness rule k' = ln(K/F) + R ln(F/F0) plus u min(1, sqrt(30 d / T)), clipped to [0.05, 5] (MODEL 3, 5 stage 3).
 */
export function lineVol(lines: OptionLines, i: number, at: OptionClock & { readonly spot: number }): number {
  if (at.volShift === null) return lines.vol[i]!;
  const remaining = lines.expirySec[i]! - at.elapsedSec;
  const decay = remaining > THIRTY_DAYS_SEC ? Math.sqrt(THIRTY_DAYS_SEC / remaining) : 1;
  return Math.max(MIN_VOL, Math.min(MAX_VOL, smileVol(lines, i, at.spot) + at.volShift * decay));
}

/** Inputs of the pricing kernel for line `i`, one long unit. */
export function lineOption(
  lines: OptionLines,
  i: number,
  at: OptionClock & { readonly spot: number },
): Required<SpotOptionInput> {
  return {
    type: lines.isCall[i] === 1 ? 'C' : 'P',
    spot: at.spot,
    strike: lines.strike[i]!,
    tenorYears: (lines.expirySec[i]! - at.elapsedSec) / SECONDS_PER_YEAR,
    vol: lineVol(lines, i, at),
    rate: lines.rate,
    yield: lines.yield,
  };
}

/**
 * Owner delta of all lines in base units at a spot, every line evaluated. Terms are rounded to a power-of-two quantum
 * (gross / 2^51), so that the sum does not depend on their order.
 */
export function linesDelta(lines: OptionLines, spot: number, clock: OptionClock): number {
  const at = { ...clock, spot };
  let sum = 0;
  for (let i = 0; i < lines.count; i += 1) sum += quantise(lineDelta(lines, i, at), lines.quantum);
  return sum;
}

/** Owner delta of line `i` in base units: quantity times spot delta. */
export function lineDelta(
  lines: OptionLines,
  i: number,
  at: OptionClock & { readonly spot: number },
): number {
  return lines.quantity[i]! * spotDelta(lineOption(lines, i, at));
}

/** Owner-signed sum of one Greek (or the price, USD) over all lines. */
export function linesGreek(
  lines: OptionLines,
  greek: keyof Greeks,
  at: OptionClock & { readonly spot: number },
): number {
  const terms = new Float64Array(lines.count);
  for (let i = 0; i < lines.count; i += 1) {
    terms[i] = lines.quantity[i]! * bsGreeks(lineOption(lines, i, at))[greek];
  }
  return compensatedSum(terms);
}

/**
 * Owner-signed value of all lines in USD, every volatility times `volFactor`: D [F N(d1) - K N(d2)] for a call, its mirror
 * for a put, intrinsic when expired. For judging capital many times over: exact to a few units in the last place of the
 * notional, not of each premium, which `linesGreek(lines, 'price', at)` gives.
 */
export function linesValue(
  lines: OptionLines,
  at: OptionClock & { readonly spot: number },
  volFactor: number = 1,
): number {
  const { rate, yield: carry, strike, quantity } = lines;
  const logSpot = log(at.spot / lines.spot);
  const values = new Float64Array(lines.count);
  for (let i = 0; i < lines.count; i += 1) {
    const years = Math.max(0, (lines.expirySec[i]! - at.elapsedSec) / SECONDS_PER_YEAR);
    const sign = lines.isCall[i] === 1 ? 1 : -1;
    const base = at.spot * (carry === 0 ? 1 : exp(-carry * years));
    const cash = strike[i]! * (rate === 0 ? 1 : exp(-rate * years));
    const deviation = volFactor * lineVol(lines, i, at) * Math.sqrt(years);
    const d1 = (logSpot - lines.logStrike[i]! + (rate - carry) * years) / deviation + deviation / 2;
    const value =
      deviation > 0
        ? sign * (base * normalCdf(sign * d1) - cash * normalCdf(sign * (d1 - deviation)))
        : Math.max(0, sign * (base - cash));
    values[i] = quantity[i]! * value;
  }
  return compensatedSum(values);
}

/**
 * At-the-money volatility of the lines at a tenor (30 days by default), the sigma_ATM,0 of MODEL 5 stage 3: per expiry
 * the mean volatility of the lines at the strike nearest to the forward, total variance linear in T between expiries,
 * constant volatility outside them. Null without a live line.
 */
export function atTheMoneyVol(lines: OptionLines, tenorSec: number = THIRTY_DAYS_SEC): number | null {
  const expiries = [...new Set(lines.expirySec)].filter((expiry) => expiry > 0).sort((a, b) => a - b);
  if (expiries.length === 0) return null;
  const variance = (expiry: number): number => {
    const vol = nearestStrikeVol(lines, expiry);
    return vol * vol * expiry;
  };
  const after = expiries.find((expiry) => expiry >= tenorSec) ?? expiries.at(-1)!;
  const before = expiries.findLast((expiry) => expiry <= tenorSec) ?? expiries[0]!;
  if (before === after) return nearestStrikeVol(lines, before);
  if (after < tenorSec || before > tenorSec)
    return nearestStrikeVol(lines, after < tenorSec ? after : before);
  const weight = (tenorSec - before) / (after - before);
  return Math.sqrt((variance(before) + weight * (variance(after) - variance(before))) / tenorSec);
}

function nearestStrikeVol(lines: OptionLines, expiry: number): number {
  const forward = lines.spot * exp(((lines.rate - lines.yield) * expiry) / SECONDS_PER_YEAR);
  const rows = [...lines.expirySec.keys()].filter((i) => lines.expirySec[i] === expiry);
  const distance = (i: number): number => Math.abs(log(lines.strike[i]! / forward));
  const nearest = Math.min(...rows.map(distance));
  const vols = rows.filter((i) => distance(i) === nearest).map((i) => lines.vol[i]!);
  return compensatedSum(vols) / vols.length;
}

function smileVol(lines: OptionLines, i: number, spot: number): number {
  const surface = lines.surface[i]!;
  if (surface === null) return lines.vol[i]!;
  const expiry = lines.expirySec[i]!;
  const k = log(lines.strike[i]! / surfaceForward(surface, expiry));
  return surfaceVol(surface, k - (1 - lines.stickiness) * log(spot / lines.spot), expiry);
}

function referencedSurfaces(
  options: readonly OptionLine[],
  surfaces: readonly Surface[],
): ReadonlyMap<string, Surface> {
  const wanted = new Set(options.filter((line) => line.iv === null).map((line) => line.surface));
  const found = surfaces.filter((surface) => wanted.has(surface.id));
  return new Map(found.map((surface) => [surface.id, soundSurface(surface)]));
}

function snapshotVol(line: OptionLine, surfaces: ReadonlyMap<string, Surface>): number {
  if (line.iv !== null) return line.iv;
  const surface = surfaceOf(line, surfaces);
  return surfaceVol(surface, log(line.strike / surfaceForward(surface, line.expirySec)), line.expirySec);
}

function surfaceOf(line: OptionLine, surfaces: ReadonlyMap<string, Surface>): Surface {
  const surface = line.surface === null ? undefined : surfaces.get(line.surface);
  if (surface !== undefined) return surface;
  throw new SurfaceError(
    `Option line "${line.id}"`,
    `it has no volatility and surface "${line.surface}" is not in the snapshot`,
    'Give the line an iv or a surface of the snapshot.',
  );
}
