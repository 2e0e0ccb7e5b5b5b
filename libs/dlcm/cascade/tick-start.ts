import { exp, log } from '#libs/numeric/index';
import { recentre, withdrawDepth } from '../amm/index.js';
import { followLeaders } from './market-segments.js';
import { priceExogenous, priceUntraded } from './nested-prices.js';
import { exogenousPrice, pathShare } from './shock-path.js';
import { rowOf } from './price-history.js';
import type { RunState } from './run-state.js';

/** Memory of the liquidity flight and shortest time over which a price velocity is taken, seconds (MODEL 5, 0.19). */
const FLIGHT_SEC = 60;

/**
 * Stage 1 of a tick: moves the exogenous prices along the path and lets arbitrage re-centre every venue to
 * m_j = f_j exp(lambda ln(m_j(k-1) / f_j(k-1))), roots of the quote tree first; then liquidity providers flee.
 */
export function startTick(state: RunState): void {
  const { scenario, system, exogenous, market } = state;
  const { leafToRoot, quote, spot } = system.assets;
  const share = pathShare(
    scenario.path.shape,
    (state.tick * scenario.path.stepSec) / scenario.path.durationSec,
  );
  for (let row = 0; row < market.length; row += 1) {
    // The gap that trading opened waits in the market's place until the new exogenous prices are known.
    market[row]! /= exogenous[row]!;
    exogenous[row] = exogenousPrice(spot[row]! * state.peg[row]!, state.logReturns[row]!, share);
  }
  priceExogenous(state);
  for (let j = leafToRoot.length - 1; j >= 0; j -= 1) {
    const asset = leafToRoot[j]!;
    if (state.segments.leader[asset] !== asset) continue;
    market[asset] = exogenous[asset]! * keptGap(market[asset]!, scenario.permanentImpact);
    const venues = state.venues[asset] ?? null;
    if (venues === null) continue;
    const moved = recentre(venues, market[asset]! / market[quote[asset]!]!);
    state.holdings.arbitrage[asset]! += moved.base;
    state.holdings.arbitrage[quote[asset]!]! += moved.quote;
  }
  followLeaders(state, exogenous);
  followLeaders(state, market);
  priceUntraded(state);
  if (scenario.liquidityFlight > 0) flee(state);
}

function keptGap(gap: number, kept: number): number {
  if (gap === 1 || kept === 1) return gap;
  return exp(kept * log(gap));
}

/** depth_k = exp(-kappa 60 s TV_(k-1)), TV the total variation of the price velocity up to the previous tick. */
function flee(state: RunState): void {
  const { flight, scenario, history } = state;
  const jump = scenario.path.shape === 'jump';
  const seconds = jump ? Math.max(scenario.path.stepSec, FLIGHT_SEC) : scenario.path.stepSec;
  for (let asset = 0; asset < state.market.length; asset += 1) {
    const now = history.logs[rowOf(history, state.tick - 1) + asset]!;
    const before = history.logs[rowOf(history, state.tick - 2) + asset]!;
    const velocity = (now - before) / seconds;
    flight.variation[asset]! += Math.abs(velocity - flight.velocity[asset]!);
    flight.velocity[asset] = velocity;
    const venues = state.venues[asset] ?? null;
    const depth = exp(-scenario.liquidityFlight * FLIGHT_SEC * flight.variation[asset]!);
    if (venues !== null && depth < venues.depth)
      withdrawDepth(venues, Math.max(depth, Number.MIN_VALUE * 1e16));
  }
}
