import { accountId } from '../lending/account-table.js';
import type { LiquidationOrder } from '../lending/liquidation-order.js';
import { bookJournal, closureEvents, hedgeEvents, type BookJournal } from './book-events.js';
import type { LiquidationEvent, RoundRecord } from './events.js';
import { perpEvents } from './perp-events.js';
import type { Executed, RunObserver } from './run.js';
import type { RunState } from './run-state.js';

/** An observer that keeps every event of a run, round by round. */
export interface Recorder extends RunObserver {
  readonly rounds: readonly RoundRecord[];
}

/** A recorder with nothing in it yet. */
export function recorder(): Recorder {
  const rounds: RoundRecord[] = [];
  let before: Readonly<Record<string, number>> = {};
  let liquidations: LiquidationEvent[] = [];
  let journal: BookJournal | null = null;
  return {
    rounds,
    roundStarts(state) {
      before = pricesOf(state);
      journal ??= bookJournal(state);
      journal.decidedAt.set(state.market);
      liquidations = [];
    },
    liquidated(state, order, fill) {
      liquidations.push(liquidationEvent(state, order, fill));
    },
    roundEnds(state) {
      rounds.push({
        tick: state.tick,
        round: state.rounds,
        sec: secondsOf(state),
        before,
        after: pricesOf(state),
        hedges: journal === null ? [] : hedgeEvents(state, journal),
        closures: closureEvents(state),
        perps: perpEvents(state),
        liquidations: liquidations.sort(inReportOrder),
        blocked: state.orders.count - liquidations.length,
      });
    },
  };
}

/** USD price of every asset by id, on its home chain. */
export function pricesOf(state: RunState): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from(state.system.assets.index, ([id, row]) => [id, state.market[row]!]));
}

/** Events of a round by health, then account id, then protocol (the order of every published list). */
function inReportOrder(a: LiquidationEvent, b: LiquidationEvent): number {
  return a.health - b.health || compare(a.account, b.account) || compare(a.protocol, b.protocol);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const secondsOf = (state: RunState): number => state.tick * state.scenario.path.stepSec;

function liquidationEvent(state: RunState, order: LiquidationOrder, fill: Executed): LiquidationEvent {
  const { accounts, assets, protocols } = state.system;
  const p = accounts.terms.protocol[order.terms]!;
  const { price } = state.oracles[p]!;
  return {
    tick: state.tick,
    round: state.rounds,
    sec: secondsOf(state),
    protocol: protocols[p]!.id,
    account: accountId(accounts, order.account),
    collateral: assets.ids[order.collateral]!,
    debt: assets.ids[order.debt]!,
    health: order.health,
    seized: fill.seized,
    repaid: fill.repaid,
    collateralPrice: price[order.collateral]!,
    debtPrice: price[order.debt]!,
    valueUsd: fill.seized * price[order.collateral]!,
    filled: fill.filled,
    toxic: order.toxic,
    badDebtUsd: fill.badDebtUsd,
  };
}
