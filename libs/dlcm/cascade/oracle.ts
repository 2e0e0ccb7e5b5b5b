import { exp, log } from '#libs/numeric/index';
import type { OracleRule } from '#libs/market/index';
import { rowOf, type PriceHistory } from './price-history.js';

/**
 * One protocol's oracle during a run (MODEL 4.5, 0.17): the geometric mean of the market prices of ticks
 * k - lag - j, j = 0..samples-1, where the current tick has the current round's price; with a heartbeat or a deviation
 * rule that candidate is only seen once it has been pushed, which is judged at the end of a tick.
 */
export interface Oracle {
  readonly lag: number;
  readonly samples: number;
  readonly push: { readonly heartbeatSec: number; readonly deviation: number } | null;
  /** Price in use, by asset. */
  readonly price: Float64Array;
  readonly pushedSec: Float64Array;
}

/** The oracle at the snapshot: its prices are the snapshot's. */
export function oracleOf(rule: OracleRule, stepSec: number, spot: Float64Array): Oracle {
  const pushes = rule.heartbeatSec !== null || rule.deviation !== null;
  return {
    lag: Math.ceil(rule.latencySec / stepSec),
    samples: Math.max(1, Math.ceil(rule.twapSec / stepSec)),
    push: pushes
      ? { heartbeatSec: rule.heartbeatSec ?? Infinity, deviation: rule.deviation ?? Infinity }
      : null,
    price: spot.slice(),
    pushedSec: new Float64Array(spot.length),
  };
}

/** True when a trade of the current round can change the price the oracle shows. */
export function followsRounds(oracle: Oracle): boolean {
  return oracle.lag === 0 && oracle.push === null;
}

/**
 * Brings the price in use up to date at tick k. A pushed oracle keeps its last push.
 *
 * @returns whether any price changed
 */
export function readOracle(
  oracle: Oracle,
  at: { history: PriceHistory; k: number; market: Float64Array },
): boolean {
  if (oracle.push !== null) return false;
  let changed = false;
  for (let i = 0; i < oracle.price.length; i += 1) {
    const price = candidate(oracle, at, i);
    if (price === oracle.price[i]) continue;
    oracle.price[i] = price;
    changed = true;
  }
  return changed;
}

/**
 * Judges the push rule at the end of tick k, at `sec`; what is pushed is seen from the next tick on.
 *
 * @returns whether anything was pushed
 */
export function pushOracle(
  oracle: Oracle,
  at: { history: PriceHistory; k: number; market: Float64Array; sec: number },
): boolean {
  if (oracle.push === null) return false;
  let pushed = false;
  for (let i = 0; i < oracle.price.length; i += 1) {
    const price = candidate(oracle, at, i);
    const moved = Math.abs(price / oracle.price[i]! - 1) >= oracle.push.deviation;
    const old = at.sec - oracle.pushedSec[i]! >= oracle.push.heartbeatSec;
    if (!moved && !old) continue;
    oracle.price[i] = price;
    oracle.pushedSec[i] = at.sec;
    pushed = true;
  }
  return pushed;
}

function candidate(
  oracle: Oracle,
  at: { history: PriceHistory; k: number; market: Float64Array },
  asset: number,
): number {
  const { history, k } = at;
  const newest = k - oracle.lag;
  if (oracle.samples === 1) {
    return newest >= k ? at.market[asset]! : history.prices[rowOf(history, newest) + asset]!;
  }
  let sum = 0;
  for (let j = oracle.samples - 1; j >= 0; j -= 1) {
    const tick = newest - j;
    sum +=
      tick >= k ? log(at.market[asset]! / history.spot[asset]!) : history.logs[rowOf(history, tick) + asset]!;
  }
  return history.spot[asset]! * exp(sum / oracle.samples);
}
