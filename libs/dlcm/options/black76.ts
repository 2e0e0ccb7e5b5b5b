import { exp, log, normalCdf, normalPdf } from '#libs/numeric/index';
import { OptionInputError } from './error.js';
import { otmValue } from './otm-value.js';

export type OptionType = 'C' | 'P';

/**
 * Value and sensitivities of one long option, per unit of base.
 *
 * `delta` in base units, `gamma` per USD, `vega` per 1.00 of volatility, `volga` per 1.00 squared, `vanna` the change
 * of delta per 1.00 of volatility, `theta` and `charm` per year of calendar time (charm = -d delta / dT), `rho` per
 * 1.00 of the rate, `speed` = d gamma / dS, `zomma` = d gamma / d sigma (MODEL 1 and 3).
 */
export interface Greeks {
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
  readonly vanna: number;
  readonly volga: number;
  readonly charm: number;
  readonly speed: number;
  readonly zomma: number;
}

export interface BlackInput {
  readonly type: OptionType;
  /** USD per base unit for delivery at expiry. */
  readonly forward: number;
  readonly strike: number;
  /** Time to expiry in years of 365 days; zero or less means expired. */
  readonly tenorYears: number;
  /** Annual volatility, 0.8 = 80 %. */
  readonly vol: number;
  /** Discount factor to expiry; 1 by default. */
  readonly discount?: number;
}

export interface SpotOptionInput {
  readonly type: OptionType;
  readonly spot: number;
  readonly strike: number;
  readonly tenorYears: number;
  readonly vol: number;
  /** Continuous annual rate; 0 by default. */
  readonly rate?: number;
  /** Continuous annual yield of the base asset; 0 by default. */
  readonly yield?: number;
}

/**
 * Black (1976) value and Greeks on the forward: price = D [F N(d1) - K N(d2)] for a call.
 *
 * Derivatives are taken with respect to the forward; theta and charm hold it fixed; rho moves the discount alone
 * (-T price). T <= 0 gives intrinsic value and a step delta (one half at the strike), vol = 0 the discounted intrinsic.
 *
 * @throws OptionInputError for a forward, strike or discount that is not positive, or a negative volatility
 * @example black76({ type: 'C', forward: 20, strike: 20, tenorYears: 1 / 3, vol: 0.25 }).price // 1.1507
 */
export function black76(input: BlackInput): Greeks {
  const discount = input.discount ?? 1;
  requirePositive('discount', discount);
  const rate = input.tenorYears > 0 ? -log(discount) / input.tenorYears : 0;
  const greeks = bsGreeks({ ...input, spot: input.forward, rate, yield: rate });
  return { ...greeks, rho: input.tenorYears > 0 ? -input.tenorYears * greeks.price : 0 };
}

/**
 * Black-Scholes-Merton value and Greeks on the spot, F = S e^((r - q) T) (Haug 2007, chapters 1 and 2).
 *
 * @throws OptionInputError for a spot or strike that is not positive, a negative volatility, or numbers so extreme that a Greek
 *   has no double (rates that overflow over the tenor, a deviation vol sqrt(T) next to 0 at the strike)
 * @example bsGreeks({ type: 'C', spot: 42, strike: 40, tenorYears: 0.5, vol: 0.2, rate: 0.1 }).price // 4.7594
 */
export function bsGreeks(input: SpotOptionInput): Greeks {
  const option = { ...input, rate: input.rate ?? 0, yield: input.yield ?? 0 };
  requireDomain(option);
  if (option.tenorYears <= 0) return expired(option);
  const deviation = option.vol * Math.sqrt(option.tenorYears);
  const greeks = deviation > 0 ? smooth(option, deviation) : certain(option);
  requireFinite(greeks, option);
  return greeks;
}

/** Spot delta alone; the cascade's inner loop. Same value as `bsGreeks(...).delta`. */
export function spotDelta(option: Required<SpotOptionInput>): number {
  const { tenorYears } = option;
  const sign = option.type === 'C' ? 1 : -1;
  if (tenorYears <= 0) return sign * step(sign * (option.spot - option.strike));
  const carry = exp(-option.yield * tenorYears);
  const forward = option.spot * exp((option.rate - option.yield) * tenorYears);
  const deviation = option.vol * Math.sqrt(tenorYears);
  if (!(deviation > 0)) return sign * carry * step(sign * (forward - option.strike));
  return sign * carry * normalCdf(sign * (log(forward / option.strike) / deviation + deviation / 2));
}

function smooth(option: Required<SpotOptionInput>, deviation: number): Greeks {
  const { spot, strike, tenorYears, vol, rate } = option;
  const sign = option.type === 'C' ? 1 : -1;
  const discount = exp(-rate * tenorYears);
  const carry = exp(-option.yield * tenorYears);
  const forward = spot * exp((rate - option.yield) * tenorYears);
  const d1 = log(forward / strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const weight = carry * normalPdf(d1);
  const base = sign * carry * normalCdf(sign * d1);
  const cash = sign * strike * discount * normalCdf(sign * d2);
  const drift = option.yield * spot * base - rate * cash;
  const first = { price: discountedPrice(option, { forward, deviation, discount }), delta: base };
  const rho = tenorYears * cash;
  if (weight === 0) return { ...FLAT, ...first, rho, theta: drift, charm: option.yield * base };
  const gamma = weight / (spot * deviation);
  const vega = spot * weight * Math.sqrt(tenorYears);
  const pull = (2 * (rate - option.yield) * tenorYears - d2 * deviation) / (2 * tenorYears * deviation);
  return {
    ...first,
    gamma,
    vega,
    rho,
    theta: drift - (spot * weight * vol) / (2 * Math.sqrt(tenorYears)),
    vanna: (-weight * d2) / vol,
    volga: (vega * d1 * d2) / vol,
    charm: option.yield * base - weight * pull,
    speed: (-gamma / spot) * (d1 / deviation + 1),
    zomma: (gamma * (d1 * d2 - 1)) / vol,
  };
}

/** In the money: the out-of-the-money option of the other type plus the discounted forward difference (parity). */
function discountedPrice(
  option: Required<SpotOptionInput>,
  terms: { forward: number; deviation: number; discount: number },
): number {
  const { forward, deviation, discount } = terms;
  const low = Math.min(forward, option.strike);
  const high = Math.max(forward, option.strike);
  const intrinsic = Math.max(0, option.type === 'C' ? forward - option.strike : option.strike - forward);
  return discount * (otmValue(low, high, deviation) + intrinsic);
}

const FLAT: Greeks = {
  price: 0,
  delta: 0,
  gamma: 0,
  vega: 0,
  theta: 0,
  rho: 0,
  vanna: 0,
  volga: 0,
  charm: 0,
  speed: 0,
  zomma: 0,
};

function expired(option: Required<SpotOptionInput>): Greeks {
  const sign = option.type === 'C' ? 1 : -1;
  const moneyness = sign * (option.spot - option.strike);
  return { ...FLAT, price: Math.max(0, moneyness), delta: sign * step(moneyness) };
}

/** Zero volatility: the option is its discounted intrinsic value on the forward. */
function certain(option: Required<SpotOptionInput>): Greeks {
  const { spot, strike, tenorYears, rate } = option;
  const sign = option.type === 'C' ? 1 : -1;
  const discount = exp(-rate * tenorYears);
  const carry = exp(-option.yield * tenorYears);
  const moneyness = sign * (spot * exp((rate - option.yield) * tenorYears) - strike);
  const share = step(moneyness);
  const delta = sign * carry * share;
  const cash = sign * strike * discount * share;
  return {
    ...FLAT,
    price: discount * Math.max(0, moneyness),
    delta,
    theta: option.yield * spot * delta - rate * cash,
    rho: tenorYears * cash,
    charm: option.yield * delta,
  };
}

function step(moneyness: number): number {
  return moneyness > 0 ? 1 : moneyness < 0 ? 0 : 0.5;
}

function requireDomain(option: Required<SpotOptionInput>): void {
  requirePositive('spot', option.spot);
  requirePositive('strike', option.strike);
  if (!(option.vol >= 0) || option.vol === Infinity) {
    throw new OptionInputError('vol', option.vol, 'a finite annual volatility of at least 0');
  }
  for (const field of ['tenorYears', 'rate', 'yield'] as const) {
    if (!(Math.abs(option[field]) < Infinity))
      throw new OptionInputError(field, option[field], 'a finite number');
  }
}

/** A sum is finite only when every term is. */
function requireFinite(greeks: Greeks, option: Required<SpotOptionInput>): void {
  const { price, delta, gamma, vega, theta, rho, vanna, volga, charm, speed, zomma } = greeks;
  const sum = price + delta + gamma + vega + theta + rho + vanna + volga + charm + speed + zomma;
  if (Math.abs(sum) < Infinity) return;
  const accepted = 'a tenor at which, with these rates and this volatility, every Greek is a finite number';
  throw new OptionInputError('tenorYears', option.tenorYears, accepted);
}

function requirePositive(argument: string, value: number): void {
  if (!(value > 0) || value === Infinity) {
    throw new OptionInputError(argument, value, 'a finite number above 0');
  }
}
