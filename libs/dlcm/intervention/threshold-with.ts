import type { Snapshot } from '#libs/market/index';
import { systemOf } from '../cascade/system.js';
import { scenarioOf, type Parameters } from '../parameters.js';
import { publishOptional } from '../publication.js';
import { shockAssetOf } from '../shock-asset.js';
import { ssfThreshold } from '../solvency/ssf-threshold.js';
import { addBackstop, tightenMargins } from './apply.js';
import { thresholdNumber } from './minimal-backstop.js';
import type { BackstopRemedy, MarginRemedy } from './minimal-remedy.js';

/** A margin change in either direction; a baseline change reads the same. */
type MarginChange = Omit<MarginRemedy, 'lever'> & { readonly lever: 'margin-tightening' | 'margin-baseline' };

const BPS = 10_000;

/**
 * SSF threshold of a snapshot after actions were applied to it, or after they were taken back (`undo`): the same market
 * with and without the remedy. Rounded down as published; null beyond the searched range.
 *
 * Applying lowers thresholds with orderly deleveraging and adds the tranche to the money behind the member; undoing sets
 * thresholds back and removes the tranche, but nobody borrows again.
 *
 * @throws DlcmError for a snapshot or parameters the engine refuses
 */
export function thresholdWith(input: {
  readonly snapshot: Snapshot;
  readonly parameters: Parameters;
  readonly actions: readonly (MarginChange | BackstopRemedy)[];
  readonly undo: boolean;
}): string | null {
  const { parameters, undo } = input;
  const asset = shockAssetOf(systemOf(input.snapshot), parameters);
  const snapshot = input.actions.reduce(
    (changed, action) => (undo ? taken(changed, action) : applied(changed, action)),
    input.snapshot,
  );
  const outcome = ssfThreshold({
    snapshot,
    scenario: scenarioOf(parameters, asset, 0),
    search: parameters.search,
  });
  return publishOptional('remedy.thresholdAfter', thresholdNumber(outcome));
}

function applied(snapshot: Snapshot, action: MarginChange | BackstopRemedy): Snapshot {
  if (action.lever === 'backstop-tranche') return addBackstop(snapshot, action.member, action.maxSpendUsd);
  const { member, asset } = action;
  const lt = (action.ltBpsFrom - action.ltBpsTo) / BPS;
  const ltv = (action.ltvBpsFrom - action.ltvBpsTo) / BPS;
  if (lt >= 0 && ltv >= 0)
    return tightenMargins(snapshot, [{ member, asset, lt, ltv }], 'orderlyDeleverage').snapshot;
  return raised(snapshot, { member, asset, lt: -lt, ltv: -ltv });
}

function taken(snapshot: Snapshot, action: MarginChange | BackstopRemedy): Snapshot {
  if (action.lever === 'backstop-tranche') return withoutTranche(snapshot, action);
  const { member, asset } = action;
  return raised(snapshot, {
    member,
    asset,
    lt: (action.ltBpsFrom - action.ltBpsTo) / BPS,
    ltv: (action.ltvBpsFrom - action.ltvBpsTo) / BPS,
  });
}

function raised(
  snapshot: Snapshot,
  change: { readonly member: string; readonly asset: string; readonly lt: number; readonly ltv: number },
): Snapshot {
  const raise = <T extends { readonly lt: number; readonly ltv: number }>(terms: T): T => ({
    ...terms,
    lt: Math.min(1, terms.lt + change.lt),
    ltv: Math.min(1, terms.ltv + change.ltv),
  });
  return {
    ...snapshot,
    lending: snapshot.lending.map((protocol) =>
      protocol.member !== change.member
        ? protocol
        : {
            ...protocol,
            markets: protocol.markets.map((market) =>
              market.asset === change.asset ? raise(market) : market,
            ),
          },
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
