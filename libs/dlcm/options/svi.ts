/** Raw SVI parameters (Gatheral 2004): w(k) = a + b [rho (k - m) + sqrt((k - m)^2 + sigma^2)]. */
export interface SviParameters {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

/** Total implied variance and its first two derivatives in log-moneyness k. */
export interface TotalVariance {
  readonly w: number;
  readonly slope: number;
  readonly curvature: number;
}

/** Result of the no-arbitrage check of one slice. */
export interface SviCheck {
  /** Parameters inside the domain b >= 0, |rho| < 1, sigma > 0, a + b sigma sqrt(1 - rho^2) >= 0. */
  readonly valid: boolean;
  /** g >= 0 on [-3, 3] and Lee's bound holds. */
  readonly butterflyFree: boolean;
  /** Smallest g found and where. */
  readonly minimumG: number;
  readonly at: number;
  /** Lee's bound on the wings: b (1 + |rho|) <= 2. */
  readonly withinLeeBound: boolean;
}

const CHECK_RANGE = 3;
const CHECK_POINTS = 1201;
const REFINEMENTS = 60;
const NO_DENSITY = -1;

/** w(k), w'(k), w''(k) of a raw SVI slice; k = ln(strike / forward). */
export function sviSlice(slice: SviParameters, k: number): TotalVariance {
  const offset = k - slice.m;
  const root = Math.sqrt(offset * offset + slice.sigma * slice.sigma);
  return {
    w: slice.a + slice.b * (slice.rho * offset + root),
    slope: slice.b * (slice.rho + offset / root),
    curvature: (slice.b * slice.sigma * slice.sigma) / (root * root * root),
  };
}

/** Annual volatility sqrt(w / T) of the slice at log-moneyness k; T in years, positive. */
export function sviVol(slice: SviParameters, k: number, tenorYears: number): number {
  return Math.sqrt(Math.max(0, sviSlice(slice, k).w) / tenorYears);
}

/** Whether the parameters define a non-negative variance (Gatheral and Jacquier 2014, section 3.1). */
export function sviValid(slice: SviParameters): boolean {
  const { a, b, rho, sigma } = slice;
  return b >= 0 && Math.abs(rho) < 1 && sigma > 0 && a + b * sigma * Math.sqrt(1 - rho * rho) >= 0;
}

/**
 * g(k) = (1 - k w' / 2w)^2 - w'^2 / 4 (1/w + 1/4) + w'' / 2: negative where the slice implies a negative density
 * (Gatheral and Jacquier 2014, lemma 2.2). -1 where w <= 0: an option at its intrinsic value leaves no density beyond its strike.
 */
export function sviDensityFactor(slice: SviParameters, k: number): number {
  const { w, slope, curvature } = sviSlice(slice, k);
  if (!(w > 0)) return NO_DENSITY;
  const tilt = 1 - (k * slope) / (2 * w);
  return tilt * tilt - ((slope * slope) / 4) * (1 / w + 0.25) + curvature / 2;
}

/**
 * Butterfly check of one slice: g on 1,201 points of [-3, 3], refined around the smallest, and Lee's wing bound.
 *
 * @example sviArbitrageCheck({ a: -0.041, b: 0.1331, m: 0.3586, rho: 0.306, sigma: 0.4153 }).butterflyFree // false
 */
export function sviArbitrageCheck(slice: SviParameters): SviCheck {
  const valid = sviValid(slice);
  const withinLeeBound = slice.b * (1 + Math.abs(slice.rho)) <= 2;
  if (!valid) return { valid, butterflyFree: false, minimumG: NO_DENSITY, at: 0, withinLeeBound };
  let at = -CHECK_RANGE;
  let minimumG = sviDensityFactor(slice, at);
  for (const k of checkPoints()) {
    const g = sviDensityFactor(slice, k);
    if (g < minimumG) [at, minimumG] = [k, g];
  }
  [at, minimumG] = refine(slice, at);
  const vertex = slice.m - (slice.rho * slice.sigma) / Math.sqrt(1 - slice.rho * slice.rho);
  if (!(sviSlice(slice, vertex).w > 0)) [at, minimumG] = [vertex, NO_DENSITY];
  return { valid, butterflyFree: minimumG >= 0 && withinLeeBound, minimumG, at, withinLeeBound };
}

/** Where the later slice lies below the earlier one: null when total variance is non-decreasing in T on [-3, 3]. */
export function sviCalendarCheck(
  earlier: SviParameters,
  later: SviParameters,
): { readonly at: number; readonly deficit: number } | null {
  let worst: { at: number; deficit: number } | null = null;
  for (const k of checkPoints()) {
    const deficit = sviSlice(earlier, k).w - sviSlice(later, k).w;
    if (deficit > (worst?.deficit ?? 0)) worst = { at: k, deficit };
  }
  return worst;
}

function* checkPoints(): Generator<number> {
  for (let i = 0; i < CHECK_POINTS; i += 1)
    yield (CHECK_RANGE * (2 * i - (CHECK_POINTS - 1))) / (CHECK_POINTS - 1);
}

/** Narrows the minimum of g between the neighbours of a grid point by thirds. */
function refine(slice: SviParameters, near: number): [number, number] {
  const width = (2 * CHECK_RANGE) / (CHECK_POINTS - 1);
  let lo = near - width;
  let hi = near + width;
  for (let i = 0; i < REFINEMENTS; i += 1) {
    const third = (hi - lo) / 3;
    if (sviDensityFactor(slice, lo + third) <= sviDensityFactor(slice, hi - third)) hi -= third;
    else lo += third;
  }
  const middle = (lo + hi) / 2;
  const g = sviDensityFactor(slice, middle);
  const gNear = sviDensityFactor(slice, near);
  return g < gNear ? [middle, g] : [near, gNear];
}
