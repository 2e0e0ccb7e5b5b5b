import { ScenarioError } from './error.js';
import { rowOn } from './lookup.js';
import type { RunState } from './run-state.js';
import type { Scenario, StandingBid } from '../scenario.js';
import type { System } from './system.js';

/** One buyer of last resort during a run. */
export interface BidState {
  /** The asset on the protocol's chain. */
  readonly asset: number;
  readonly protocol: number;
  readonly terms: StandingBid;
  /** USD left for the run and for the present tick. */
  budgetUsd: number;
  tickUsd: number;
  /** True once the budget could not pay for all that was offered; what rounding leaves of it is not spent. */
  spent: boolean;
  /** Base units bought so far. */
  bought: number;
}

/** What a bid offers a group of sales. */
export interface Offer {
  readonly bid: BidState;
  /** USD per unit. */
  readonly price: number;
  /** The same over the price of the debt asset: the ratio down to which the venues are sold first. */
  readonly ratio: number;
  /** Units it can still pay for in this tick. */
  readonly units: number;
}

/**
 * The standing bids of a scenario at the start of a run.
 *
 * @throws ScenarioError (DLCM-142) for an asset or protocol the snapshot lacks
 */
export function freshBids(system: System, scenario: Scenario): readonly BidState[] {
  return (scenario.standingBids ?? []).map((terms) => {
    const protocol = system.protocols.findIndex(({ id }) => id === terms.protocol);
    const chain = system.protocols[protocol]?.chain ?? '';
    const asset = rowOn(system.assets, terms.asset, chain) ?? -1;
    if (asset < 0) throw new ScenarioError('standingBids.asset', terms.asset, 'an asset of the snapshot');
    if (protocol < 0)
      throw new ScenarioError('standingBids.protocol', terms.protocol, 'a lending protocol of the snapshot');
    return { asset, protocol, terms, budgetUsd: terms.budgetUsd, tickUsd: 0, spent: false, bought: 0 };
  });
}

/** A new tick: each bid may spend its allowance again, as far as its budget reaches. */
export function renewBids(state: RunState): void {
  for (const bid of state.bids)
    bid.tickUsd = bid.spent ? 0 : Math.min(bid.budgetUsd, bid.terms.maxUsdPerTick);
}

/**
 * The best standing bid that a group of sales would accept: at or above its limit, and with money left. Only sales against a
 * debt whose price no venue moves are offered to it. Null without one.
 */
export function standingBidFor(
  state: RunState,
  group: { readonly collateral: number; readonly debt: number; readonly limit: number },
): Offer | null {
  if (state.bids.length === 0 || state.scenario.level === 'v1' || state.venues[group.debt] !== null)
    return null;
  let best: Offer | null = null;
  for (const bid of state.bids) {
    if (state.segments.leader[bid.asset] !== group.collateral || !(bid.tickUsd > 0)) continue;
    const price = (1 - bid.terms.discount) * state.oracles[bid.protocol]!.price[bid.asset]!;
    const ratio = price / state.market[group.debt]!;
    if (ratio < group.limit || (best !== null && best.price >= price)) continue;
    best = { bid, price, ratio, units: bid.tickUsd / price };
  }
  return best;
}

/**
 * The bid pays for units of collateral in the quote asset of its venues. A bid that was offered more than it could pay for
 * stands down for the tick, so that it never holds sales back from the venues with no money behind it.
 *
 * @param taken units bought, and whether more was offered
 */
export function takeBid(
  state: RunState,
  { bid, price }: Offer,
  { units, short }: { readonly units: number; readonly short: boolean },
): void {
  const { holdings, market, system } = state;
  const usd = units * price;
  bid.bought += units;
  bid.budgetUsd = Math.max(0, bid.budgetUsd - usd);
  if (short && bid.terms.maxUsdPerTick >= bid.budgetUsd + usd) bid.spent = true;
  bid.tickUsd = short ? 0 : Math.max(0, bid.tickUsd - usd);
  const quote = system.assets.quote[bid.asset]!;
  holdings.backstops[bid.asset]! += units;
  holdings.liquidators[bid.asset]! -= units;
  if (quote < 0) return;
  holdings.backstops[quote]! -= usd / market[quote]!;
  holdings.liquidators[quote]! += usd / market[quote]!;
}
