import type { PerpEvent, PerpLiquidationEvent } from './events.js';
import { markOf, type PerpState } from './perp-state.js';
import type { RunState } from './run-state.js';

/** What the perpetual venues did in the round that ends; venues without an action are left out. */
export function perpEvents(state: RunState): readonly PerpEvent[] {
  const { perps } = state;
  if (perps === null) return [];
  const { table, batch } = perps;
  return table.venues.flatMap((venue, v) => {
    const liquidations = liquidationsOf(perps, v);
    if (liquidations.length === 0 && batch.sells[v] === 0 && batch.buys[v] === 0 && batch.passed[v] === 0)
      return [];
    return [
      {
        venue: venue.id,
        asset: venue.asset,
        markBefore: batch.mark[v]!,
        markAfter: markOf(state, perps, v),
        passedToSpot: batch.passed[v]!,
        liquidations,
      },
    ];
  });
}

function liquidationsOf({ batch, table }: PerpState, v: number): readonly PerpLiquidationEvent[] {
  return batch.orders
    .slice(0, batch.count)
    .filter((row) => row.venue === v && row.closed !== 0)
    .map(({ account, closed, price, equityUsd, badDebtUsd }) => ({
      account: table.ids[account]!,
      closed,
      averagePrice: price,
      equityUsd,
      badDebtUsd,
    }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
}
