import { exp, log1p } from '#libs/numeric/index';
import type { PathKnot, PathShape, Scenario, Shock } from '../scenario.js';

/**
 * Share h of the terminal log return reached after the share `tau` of the shock's duration (MODEL 5, stage 1).
 * jump: 1 for tau > 0; linear: tau; smooth: 3 tau^2 - 2 tau^3; exp: (1 - e^(-3 tau)) / (1 - e^-3);
 * knots: monotone cubic (Fritsch and Carlson, SIAM J. Numer. Anal. 17, 1980, harmonic-mean slopes).
 *
 * @param tau time over duration, clamped to [0, 1]
 * @example pathShare('linear', 0.25) // 0.25
 */
export function pathShare(shape: PathShape, tau: number): number {
  const t = Math.min(1, Math.max(0, tau));
  if (t === 0) return 0;
  if (t === 1) return 1;
  if (typeof shape === 'object') return monotoneCubic(shape.knots, t);
  if (shape === 'jump') return 1;
  if (shape === 'linear') return t;
  if (shape === 'smooth') return t * t * (3 - 2 * t);
  return (1 - exp(-3 * t)) / (1 - exp(-3));
}

function monotoneCubic(knots: readonly PathKnot[], t: number): number {
  let cell = 0;
  while (cell < knots.length - 2 && knots[cell + 1]!.at <= t) cell += 1;
  const a = knots[cell]!;
  const b = knots[cell + 1]!;
  const width = b.at - a.at;
  const x = (t - a.at) / width;
  const startSlope = knotSlope(knots, cell) * width;
  const endSlope = knotSlope(knots, cell + 1) * width;
  const rise = b.share - a.share;
  const cubic = startSlope + endSlope - 2 * rise;
  return a.share + x * (startSlope + x * (rise - startSlope - cubic + x * cubic));
}

function knotSlope(knots: readonly PathKnot[], i: number): number {
  const secant = (j: number): number =>
    (knots[j + 1]!.share - knots[j]!.share) / (knots[j + 1]!.at - knots[j]!.at);
  if (i === 0) return secant(0);
  if (i === knots.length - 1) return secant(i - 1);
  const before = secant(i - 1);
  const after = secant(i);
  return before * after > 0 ? (2 * before * after) / (before + after) : 0;
}

/** Terminal log return of a factor under its shock: ln(1 - s) down, ln(1 + s) up. */
export function shockLogReturn(shock: Shock): number {
  return log1p(shock.direction === 'down' ? -shock.size : shock.size);
}

/**
 * Terminal log return of each asset: sum over the shocked factors of beta x the factor's log return.
 * An asset's beta to itself is 1; a beta that is not given is 0.
 */
export function terminalLogReturns(
  assets: readonly { readonly id: string; readonly beta: Readonly<Record<string, number>> }[],
  scenario: Pick<Scenario, 'shock' | 'alsoShocked'>,
): Float64Array {
  const shocks = [scenario.shock, ...scenario.alsoShocked];
  return Float64Array.from(assets, (asset) =>
    shocks.reduce((sum, shock) => sum + betaTo(asset, shock.asset) * shockLogReturn(shock), 0),
  );
}

/** Sensitivity of an asset's log price to a factor. */
export function betaTo(
  asset: { readonly id: string; readonly beta: Readonly<Record<string, number>> },
  factor: string,
): number {
  return asset.id === factor ? 1 : (asset.beta[factor] ?? 0);
}

/** Exogenous price S0 e^(R h) of one asset, h the share of the path done; exactly S0 when nothing has happened to it. */
export function exogenousPrice(spot: number, logReturn: number, share: number): number {
  const move = logReturn * share;
  return spot * exp(move);
}
