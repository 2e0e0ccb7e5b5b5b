import type { RunObserver } from '../cascade/run.js';
import type { RunState } from '../cascade/run-state.js';
import { debtUsd, weightedCollateralUsd } from '../lending/health.js';

/** First moment of a run at which a lending book as a whole is short of collateral. */
export interface PathBreakpoint {
  readonly protocol: string;
  /** Market price of the asked asset then, USD; null when the book holds out to the end. */
  readonly price: number | null;
  readonly sec: number | null;
}

/** Watches a run for the dynamic collateral haircut breakpoints. */
export interface BreakpointWatch extends RunObserver {
  /** One per protocol, in id order. */
  readonly found: () => readonly PathBreakpoint[];
}

/**
 * Dynamic collateral haircut breakpoint (MODEL 7): the market price on the path of a run when sum C price LT / sum D price
 * of all indebted accounts of a protocol, at its oracle's prices, first falls below 1. Unlike the static one it sees oracle
 * latency, what liquidations have already settled, and the price impact of everyone's sales. Judged at the start of
 * every tick's rounds.
 *
 * @param asset the shocked asset, by whose price the breakpoint is named
 */
export function breakpointWatch(asset: string): BreakpointWatch {
  const first = new Map<number, { readonly price: number; readonly sec: number }>();
  let protocols: readonly string[] = [];
  let judged = 0;
  return {
    roundStarts(state) {
      const { system, scenario, tick, market, oracles } = state;
      if (tick === judged) return;
      judged = tick;
      protocols = system.protocols.map((protocol) => protocol.id);
      const price = market[system.assets.index.get(asset) ?? -1];
      if (price === undefined) return;
      oracles.forEach((_, p) => {
        if (!first.has(p) && isShort(state, p)) first.set(p, { price, sec: tick * scenario.path.stepSec });
      });
    },
    liquidated: () => undefined,
    roundEnds: () => undefined,
    found: () =>
      protocols.map((protocol, p) => ({
        protocol,
        price: first.get(p)?.price ?? null,
        sec: first.get(p)?.sec ?? null,
      })),
  };
}

function isShort(state: RunState, p: number): boolean {
  const { accounts } = state.system;
  const { price } = state.oracles[p]!;
  let capacity = 0;
  let debt = 0;
  for (let account = accounts.firstOfProtocol[p]!; account < accounts.firstOfProtocol[p + 1]!; account += 1) {
    const own = debtUsd(accounts, state, { account, price });
    if (own === 0) continue;
    debt += own;
    capacity += weightedCollateralUsd(accounts, state, { account, price });
  }
  return capacity < debt;
}
