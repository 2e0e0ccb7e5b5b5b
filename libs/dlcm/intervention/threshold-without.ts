import type { LendingProtocol, Position, Snapshot } from '#libs/market/index';
import { systemOf } from '../cascade/system.js';
import { scenarioOf, type Parameters } from '../parameters.js';
import { publishOptional } from '../publication.js';
import { shockAssetOf } from '../shock-asset.js';
import { ssfThreshold } from '../solvency/ssf-threshold.js';
import { tightenMargins } from './apply.js';
import { thresholdNumber } from './scan-to-target.js';
import type { BackstopRemedy, MarginRemedy } from './remedy.js';

/** A margin change in either direction; a baseline change reads the same. */
type MarginChange = Omit<MarginRemedy, 'lever'> & { readonly lever: 'margin-tightening' | 'margin-baseline' };
type Action = MarginChange | BackstopRemedy;

const BPS = 10_000;

/**
 * SSF threshold of a snapshot had the actions on it not been taken: the same market without the remedy. Rounded down as
 * published; null beyond the searched range.
 *
 * Margins are set back, the tranche is taken out of the money behind the member, and the debt that owners repaid because of
 * the cut is owed again: for every account that the cut alone would have made liquidatable in `before`, and whose
 * collateral no liquidator has touched since, the larger of its debts then and now.
 *
 * @param input.before the snapshot on which the remedy was decided
 * @throws DlcmError for a snapshot or parameters the engine refuses
 */
export function thresholdWithout(input: {
  readonly snapshot: Snapshot;
  readonly before: Snapshot;
  readonly parameters: Parameters;
  readonly actions: readonly Action[];
}): string | null {
  const { parameters, actions, before } = input;
  const asset = shockAssetOf(systemOf(input.snapshot), parameters);
  const margins = actions.reduce((changed, action) => withoutAction(changed, action), input.snapshot);
  const snapshot = withRepaymentsUndone(margins, before, actions);
  const outcome = ssfThreshold({
    snapshot,
    scenario: scenarioOf(parameters, asset, 0),
    search: parameters.search,
  });
  return publishOptional('remedy.thresholdAfter', thresholdNumber(outcome));
}

function withoutAction(snapshot: Snapshot, action: Action): Snapshot {
  return action.lever === 'backstop-tranche'
    ? withoutTranche(snapshot, action)
    : withMarginsSetBack(snapshot, action);
}

function withMarginsSetBack(snapshot: Snapshot, action: MarginChange): Snapshot {
  const lt = (action.ltBpsFrom - action.ltBpsTo) / BPS;
  const ltv = (action.ltvBpsFrom - action.ltvBpsTo) / BPS;
  const markets = (protocol: LendingProtocol) =>
    protocol.markets.map((market) =>
      market.asset === action.asset
        ? { ...market, lt: Math.min(1, market.lt + lt), ltv: Math.min(1, market.ltv + ltv) }
        : market,
    );
  return {
    ...snapshot,
    lending: snapshot.lending.map((protocol) =>
      protocol.member === action.member ? { ...protocol, markets: markets(protocol) } : protocol,
    ),
  };
}

/** Takes a tranche out of the funds that cover the member, in their order, as far as they reach. */
function withoutTranche(snapshot: Snapshot, action: BackstopRemedy): Snapshot {
  let left = action.maxSpendUsd;
  const funds = snapshot.funds.map((fund) => {
    if (!fund.covers.includes(action.member)) return fund;
    const usd = Math.max(0, fund.usd - left);
    left -= fund.usd - usd;
    return { ...fund, usd };
  });
  return { ...snapshot, funds };
}

function withRepaymentsUndone(snapshot: Snapshot, before: Snapshot, actions: readonly Action[]): Snapshot {
  const obliged = obligedAccounts(before, actions);
  if (obliged.size === 0) return snapshot;
  return {
    ...snapshot,
    lending: snapshot.lending.map((protocol) => ({
      ...protocol,
      positions: protocol.positions.map((position) => {
        const then = obliged.get(accountKey(protocol, position));
        return then !== undefined && holdsAtLeast(position, then) ? owingAgain(position, then) : position;
      }),
    })),
  };
}

const accountKey = (protocol: LendingProtocol, position: Position): string => `${protocol.id}/${position.id}`;

/** Accounts of `before` that the cuts make act, as they were then: those whose debt an orderly deleveraging changes. */
function obligedAccounts(before: Snapshot, actions: readonly Action[]): ReadonlyMap<string, Position> {
  const cuts = actions.flatMap((action) =>
    action.lever === 'backstop-tranche'
      ? []
      : [
          {
            member: action.member,
            asset: action.asset,
            lt: (action.ltBpsFrom - action.ltBpsTo) / BPS,
            ltv: (action.ltvBpsFrom - action.ltvBpsTo) / BPS,
          },
        ],
  );
  const after = tightenMargins(before, cuts, 'orderlyDeleverage').snapshot;
  return new Map(
    before.lending.flatMap((protocol, p) =>
      protocol.positions.flatMap((position, i) =>
        after.lending[p]?.positions[i] === position
          ? []
          : [[accountKey(protocol, position), position] as const],
      ),
    ),
  );
}

function holdsAtLeast(position: Position, then: Position): boolean {
  return Object.entries(then.collateral).every(
    ([asset, units]) => (position.collateral[asset] ?? 0) >= units,
  );
}

function owingAgain(position: Position, then: Position): Position {
  const debt = { ...position.debt };
  for (const [asset, units] of Object.entries(then.debt)) debt[asset] = Math.max(debt[asset] ?? 0, units);
  return { ...position, debt };
}
