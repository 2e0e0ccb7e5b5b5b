import { exp, log } from '#libs/numeric/index';
import type { GridModel, SabrModel, Surface, SurfaceSlice } from '#libs/market/index';
import { SurfaceError } from './error.js';
import { sabrVol } from './sabr.js';
import { sviSlice } from './svi.js';
import { SECONDS_PER_YEAR } from './year.js';

/** Beyond this log-moneyness a wing continues straight, no steeper than Lee's bound of 2 in total variance. */
const WING = 3;
const LEE_SLOPE = 2;

/**
 * Annual volatility of a surface at log-moneyness k = ln(strike / forward) and `expirySec` from t0.
 *
 * Total variance is linear in T between slices at fixed k; before the first and after the last slice the volatility
 * is constant in T; wings beyond |k| = 3 are straight with at most Lee's slope (MODEL 3).
 *
 * @throws SurfaceError for a surface without slices or a slice at or before t0; OptionInputError where a SABR slice breaks down
 */
export function surfaceVol(surface: Surface, k: number, expirySec: number): number {
  const { before, after, weight } = neighbours(surface, expirySec);
  const early = cappedVariance(before, k);
  if (before === after) return Math.sqrt(early / years(before.expirySec));
  const late = cappedVariance(after, k);
  return Math.sqrt((early + weight * (late - early)) / years(expirySec));
}

/** Forward of the surface for an expiry: log-linear in T between slices, the nearest slice's outside them. */
export function surfaceForward(surface: Surface, expirySec: number): number {
  const { before, after, weight } = neighbours(surface, expirySec);
  if (before === after) return before.forward;
  return exp(log(before.forward) + weight * (log(after.forward) - log(before.forward)));
}

interface Neighbours {
  readonly before: SurfaceSlice;
  readonly after: SurfaceSlice;
  /** Position of the expiry between the two, 0 to 1. */
  readonly weight: number;
}

function neighbours(surface: Surface, expirySec: number): Neighbours {
  const slices = [...surface.slices].sort((a, b) => a.expirySec - b.expirySec);
  const first = slices[0];
  const last = slices.at(-1);
  if (first === undefined || last === undefined || !(first.expirySec > 0)) {
    throw new SurfaceError(
      `Surface "${surface.id}"`,
      'it has no slice after t0',
      'Give it a slice that expires later.',
    );
  }
  if (expirySec <= first.expirySec) return { before: first, after: first, weight: 0 };
  if (expirySec >= last.expirySec) return { before: last, after: last, weight: 0 };
  const index = slices.findIndex((slice) => slice.expirySec >= expirySec);
  const before = slices[index - 1]!;
  const after = slices[index]!;
  return { before, after, weight: (expirySec - before.expirySec) / (after.expirySec - before.expirySec) };
}

function cappedVariance(slice: SurfaceSlice, k: number): number {
  if (slice.model.kind === 'grid') return gridVariance(slice.model, slice, k);
  const inside = Math.max(-WING, Math.min(WING, k));
  if (slice.model.kind === 'sabr') return sabrVariance(slice.model, slice, inside);
  const { w, slope } = sviSlice(slice.model, inside);
  const outward = Math.max(-LEE_SLOPE, Math.min(LEE_SLOPE, slope));
  return Math.max(0, w + outward * (k - inside));
}

/** Flat beyond the wings: the expansion is not meant for them. */
function sabrVariance(model: SabrModel, slice: SurfaceSlice, k: number): number {
  const tenorYears = years(slice.expirySec);
  const vol = sabrVol(model, { forward: slice.forward, strike: slice.forward * exp(k), tenorYears });
  return vol * vol * tenorYears;
}

/** Total variance linear in k between the points, flat volatility outside them. */
function gridVariance(model: GridModel, slice: SurfaceSlice, k: number): number {
  const points = model.points
    .map((point) => ({
      k: log(point.strike / slice.forward),
      variance: point.iv * point.iv * years(slice.expirySec),
    }))
    .sort((a, b) => a.k - b.k);
  const next = points.findIndex((point) => point.k >= k);
  if (next === 0 || points.length === 1) return points[0]!.variance;
  if (next < 0) return points.at(-1)!.variance;
  const from = points[next - 1]!;
  const to = points[next]!;
  return from.variance + ((k - from.k) / (to.k - from.k)) * (to.variance - from.variance);
}

function years(seconds: number): number {
  return seconds / SECONDS_PER_YEAR;
}
