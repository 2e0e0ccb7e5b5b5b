import { compensatedSum } from '#libs/numeric/index';
import { markOf, type PerpState } from '../cascade/perp-state.js';
import type { RunState } from '../cascade/run-state.js';
import { perpEquity } from '../perps/index.js';

/** One perpetual venue at the end of a run, USD. */
export interface PerpVenueLoss {
  readonly venue: string;
  readonly member: string;
  readonly mark: number;
  /** Losses beyond the margin of accounts that were closed. */
  readonly badDebtUsd: number;
  /** The same of accounts still open, at the final mark. */
  readonly latentBadDebtUsd: number;
}

/** Losses beyond margin per perpetual venue, in venue id order; empty below level v3 (MODEL 5 stage 4, 6.1). */
export function perpLosses(state: RunState): readonly PerpVenueLoss[] {
  const { perps } = state;
  if (perps === null) return [];
  return perps.table.venues.map((venue, v) => {
    const mark = markOf(state, perps, v);
    const { closed, open } = deficits(perps, v, mark);
    return {
      venue: venue.id,
      member: venue.member,
      mark,
      badDebtUsd: compensatedSum(closed),
      latentBadDebtUsd: compensatedSum(open),
    };
  });
}

/**
 * Deficits of closed and open accounts of venue `v`. An account without equity is below maintenance, so its liquidation price
 * was reached: only accounts that the queues have passed are looked at.
 */
function deficits(
  perps: PerpState,
  v: number,
  mark: number,
): { readonly closed: number[]; readonly open: number[] } {
  const { table, nextLong, nextShort } = perps;
  const found: { closed: number[]; open: number[] } = { closed: [], open: [] };
  const passed = [
    table.longs[v]!.accounts.subarray(0, nextLong[v]!),
    table.shorts[v]!.accounts.subarray(0, nextShort[v]!),
  ];
  for (const account of passed.flatMap((rows) => [...rows])) {
    const quantity = perps.quantity[account]!;
    const position = {
      quantity,
      entry: table.entry[account]!,
      margin: perps.margin[account]!,
      fundingPaid: perps.fundingPaid[v]!,
    };
    const deficit = -perpEquity(position, mark);
    if (deficit > 0) (quantity === 0 ? found.closed : found.open).push(deficit);
  }
  return found;
}
