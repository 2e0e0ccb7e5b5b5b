import { OptionInputError } from './error.js';
import { sviArbitrageCheck, sviSlice, type SviParameters } from './svi.js';

/**
 * Jump-wings parameters at a tenor (Gatheral and Jacquier 2014, definition 3.3): at-the-money variance v, skew psi,
 * slopes p (put wing) and c (call wing), minimum variance vMin.
 */
export interface SviJumpWings {
  readonly v: number;
  readonly psi: number;
  readonly p: number;
  readonly c: number;
  readonly vMin: number;
}

/**
 * Raw to jump-wings parameters (equation 3.5 of the paper); tenor in years.
 *
 * @throws OptionInputError for a tenor that is not positive, or a slice without variance at the money
 */
export function sviRawToJw(raw: SviParameters, tenorYears: number): SviJumpWings {
  const atTheMoney = sviSlice(raw, 0);
  requirePositive('tenorYears', tenorYears);
  requirePositive('w(0)', atTheMoney.w);
  const root = Math.sqrt(atTheMoney.w);
  return {
    v: atTheMoney.w / tenorYears,
    psi: atTheMoney.slope / (2 * root),
    p: (raw.b * (1 - raw.rho)) / root,
    c: (raw.b * (1 + raw.rho)) / root,
    vMin: (raw.a + raw.b * raw.sigma * Math.sqrt(1 - raw.rho * raw.rho)) / tenorYears,
  };
}

/** Jump-wings to raw parameters (lemma 3.2 of the paper); tenor in years, positive. Null when no slice has them. */
export function sviJwToRaw(jw: SviJumpWings, tenorYears: number): SviParameters | null {
  const w = jw.v * tenorYears;
  const root = Math.sqrt(w);
  const b = (root * (jw.c + jw.p)) / 2;
  const rho = 1 - (jw.p * root) / b;
  const beta = rho - (2 * jw.psi * root) / b;
  if (!(b > 0 && Math.abs(rho) < 1 && Math.abs(beta) <= 1)) return null;
  const flank = Math.sqrt(1 - rho * rho);
  if (beta === 0) {
    const sigma = (w - jw.vMin * tenorYears) / (b * (1 - flank));
    return finiteSlice({ a: w - b * sigma, b, rho, m: 0, sigma });
  }
  const alpha = Math.sign(beta) * Math.sqrt(1 / (beta * beta) - 1);
  const spread = -rho + Math.sign(alpha) * Math.sqrt(1 + alpha * alpha) - alpha * flank;
  const m = ((jw.v - jw.vMin) * tenorYears) / (b * spread);
  const sigma = alpha * m;
  return finiteSlice({ a: jw.vMin * tenorYears - b * sigma * flank, b, rho, m, sigma });
}

function finiteSlice(raw: SviParameters): SviParameters | null {
  const finite = Object.values(raw).every((value) => Math.abs(value) < Infinity);
  return finite && raw.sigma > 0 ? raw : null;
}

function requirePositive(argument: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new OptionInputError(argument, value, 'a finite number above 0');
}

/**
 * The paper's repair of a slice with butterfly arbitrage (section 5.1): c' = p + 2 psi and
 * vMin' = v 4 p c' / (p + c')^2, keeping v, psi and p.
 *
 * The rule alone is no guarantee, so the result is taken only if c' > 0, sqrt(w) max(p, c') < 2,
 * (p + c') max(p, c') <= 2 and the repaired slice passes the check again; else null: reject the slice.
 */
export function sviJwRepair(raw: SviParameters, tenorYears: number): SviParameters | null {
  if (!(sviSlice(raw, 0).w > 0)) return null;
  const jw = sviRawToJw(raw, tenorYears);
  const c = jw.p + 2 * jw.psi;
  const steepest = Math.max(jw.p, c);
  const root = Math.sqrt(jw.v * tenorYears);
  if (!(c > 0 && root * steepest < 2 && (jw.p + c) * steepest <= 2)) return null;
  const vMin = (jw.v * 4 * jw.p * c) / ((jw.p + c) * (jw.p + c));
  const repaired = sviJwToRaw({ ...jw, c, vMin }, tenorYears);
  return repaired !== null && sviArbitrageCheck(repaired).butterflyFree ? repaired : null;
}
