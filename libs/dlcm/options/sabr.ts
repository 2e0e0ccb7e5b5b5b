import type { SabrModel } from '#libs/market/index';
import { log, log1p, pow } from '#libs/numeric/index';
import { OptionInputError } from './error.js';

/** Parameters of the SABR model dF = a F^beta dW, da = nu a dZ, correlation rho, a(0) = alpha. */
export type SabrParameters = Omit<SabrModel, 'kind'>;

/**
 * Black volatility of the SABR model by the expansion of Hagan, Kumar, Lesniewski and Woodward ("Managing smile risk", 2002,
 * eq. 2.17), with its limit at the money: sigma = alpha / (m (1 + b^2 l^2 / 24 + b^4 l^4 / 1920)) x z / x(z) x
 * (1 + (b^2 alpha^2 / (24 m^2) + rho beta nu alpha / (4 m) + (2 - 3 rho^2) nu^2 / 24) T), b = 1 - beta, l = ln(F / K),
 * m = (F K)^(b / 2), z = nu m l / alpha.
 *
 * @throws OptionInputError for a strike, forward, tenor or parameter outside its domain, or where the expansion breaks down (a
 *   volatility that is not positive: long tenors with |rho| near 1)
 * @example sabrVol({ alpha: 0.8, beta: 1, nu: 0, rho: 0 }, { forward: 2000, strike: 1500, tenorYears: 1 }) // 0.8
 */
export function sabrVol(
  parameters: SabrParameters,
  at: { readonly forward: number; readonly strike: number; readonly tenorYears: number },
): number {
  requireDomain(parameters, at);
  const { alpha, beta, nu, rho } = parameters;
  const { forward, strike, tenorYears } = at;
  const b = 1 - beta;
  const l = log(forward / strike);
  const m = b === 0 ? 1 : pow(forward, b / 2) * pow(strike, b / 2);
  const bl = b * b * l * l;
  const level = alpha / (m * (1 + bl / 24 + (bl * bl) / 1920));
  const drift =
    (b * b * alpha * alpha) / (24 * m * m) +
    (rho * beta * nu * alpha) / (4 * m) +
    ((2 - 3 * rho * rho) * nu * nu) / 24;
  const vol = level * skewRatio((nu * m * l) / alpha, rho) * (1 + drift * tenorYears);
  if (vol > 0 && vol < Infinity) return vol;
  throw new OptionInputError('tenorYears', tenorYears, 'a tenor for which the expansion stays positive');
}

/** z / x(z), x(z) = ln((sqrt(1 - 2 rho z + z^2) + z - rho) / (1 - rho)); written without cancellation, x(-z; rho) = -x(z; -rho). */
function skewRatio(z: number, rho: number): number {
  if (z < 0) return skewRatio(-z, -rho);
  if (z === 0) return 1;
  const root = Math.sqrt(1 - 2 * rho * z + z * z);
  const x = log1p(((z * z - 2 * rho * z) / (root + 1) + z) / (1 - rho));
  return x > 0 ? z / x : 1;
}

function requireDomain(
  { alpha, beta, nu, rho }: SabrParameters,
  at: { readonly forward: number; readonly strike: number; readonly tenorYears: number },
): void {
  const check = (argument: string, value: number, [holds, accepted]: readonly [boolean, string]): void => {
    if (!holds || !(Math.abs(value) < Infinity)) throw new OptionInputError(argument, value, accepted);
  };
  check('alpha', alpha, [alpha > 0, 'a number above 0']);
  check('beta', beta, [beta >= 0 && beta <= 1, 'a number in [0, 1]']);
  check('nu', nu, [nu >= 0, 'a number of at least 0']);
  check('rho', rho, [rho > -1 && rho < 1, 'a number in (-1, 1)']);
  check('forward', at.forward, [at.forward > 0, 'a price above 0']);
  check('strike', at.strike, [at.strike > 0, 'a price above 0']);
  check('tenorYears', at.tenorYears, [at.tenorYears >= 0, 'a number of at least 0']);
}
