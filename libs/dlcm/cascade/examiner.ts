import { lookAt, wantLiquidation, type Look } from './margin-calls.js';
import { addOrder } from './round-orders.js';
import type { RunState } from './run-state.js';

/**
 * Chooses the accounts a round looks at; whoever is left out must be sure to need no look. `scan` looks at everyone and is
 * the reference; `indexed` looks at those a proven bound cannot clear, and gives the same bits.
 */
export type Examine = 'scan' | 'indexed';

/** One way of choosing. */
export interface Examiner {
  /** Before the first round of a run. */
  begin(state: RunState): void;
  /** Looks at accounts of protocol `p` at this round's prices. @returns whether any top-up was made */
  examine(state: RunState, p: number): boolean;
  /** Puts on the book the orders of a market that were held back because they could not be filled. */
  release(state: RunState, market: number): void;
  /** Takes note of the round that ended: orders still on the book go back to be looked at. */
  endRound(state: RunState): void;
}

/** The plain examiner: every account, every round. */
export function scanExaminer(): Examiner {
  const look: Look = { health: 0, toppedUp: false };
  return {
    examine(state, p) {
      const { firstOfProtocol, cohorts } = state.system.accounts;
      const { price } = state.oracles[p]!;
      for (let g = cohorts.firstOfProtocol[p]!; g < cohorts.firstOfProtocol[p + 1]!; g += 1)
        state.reached[g] = cohorts.first[g + 1]!;
      let toppedUp = false;
      const end = firstOfProtocol[p + 1]!;
      for (let account = firstOfProtocol[p]!; account < end; account += 1) {
        if (state.writtenOff[account] !== 0) continue;
        lookAt(state, { account, price }, look);
        if (look.toppedUp) toppedUp = true;
        if (look.health < 1 && wantLiquidation(state, { account, price, health: look.health }))
          addOrder(state, price);
      }
      return toppedUp;
    },
    begin: () => undefined,
    release: () => undefined,
    endRound: () => undefined,
  };
}
