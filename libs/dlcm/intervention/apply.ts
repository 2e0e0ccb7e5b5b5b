import type { LendingProtocol, Position, Snapshot } from '#libs/market/index';
import { compensatedSum } from '#libs/numeric/index';

/** A lower liquidation threshold (and loan-to-value) for one asset of one member, as a reduction. */
export interface MarginCut {
  readonly member: string;
  readonly asset: string;
  /** Reduction of the liquidation threshold, e.g. 0.01 for one percentage point. */
  readonly lt: number;
  readonly ltv: number;
}

/**
 * What existing accounts do about tightened margins. `orderlyDeleverage`: each repays until it is healthy at the new
 * threshold; `immediate`: nobody reacts and unhealthy accounts are liquidated; `newOnly`: existing accounts keep their
 * terms.
 */
export type MarginMode = 'orderlyDeleverage' | 'immediate' | 'newOnly';

/** A snapshot after tightened margins, and what it took. */
export interface TightenedSnapshot {
  readonly snapshot: Snapshot;
  /** Debt repaid by deleveraging, USD. */
  readonly deleveragedUsd: number;
  /** Accounts, healthy before, that the new threshold alone would make liquidatable: they must act. */
  readonly accountsTouched: number;
  /** Debt that the existing collateral carries no longer, USD at unmoved prices: capital made unusable. */
  readonly capacityLostUsd: number;
}

/** Keeps a deleveraged account's health a hair above 1, whatever the rounding. */
const REPAY_MARGIN = 1 + 1e-9;

/**
 * Applies margin cuts to a snapshot (MODEL 13, 0.25): LT' = max(0, LT - x) for the markets; e-mode categories keep their
 * terms, as the adapters on chain leave them; D' = min(D, sum C S0 LT') in the orderly mode, repaid pro rata over the account's debts.
 *
 * @example tightenMargins(snapshot, [{ member: 'aave', asset: 'ETH', lt: 0.01, ltv: 0.01 }], 'orderlyDeleverage')
 */
export function tightenMargins(
  snapshot: Snapshot,
  cuts: readonly MarginCut[],
  mode: MarginMode,
): TightenedSnapshot {
  const effective = cuts.filter((cut) => cut.lt > 0 || cut.ltv > 0);
  if (mode === 'newOnly' || effective.length === 0)
    return { snapshot, deleveragedUsd: 0, accountsTouched: 0, capacityLostUsd: 0 };
  const price = new Map(snapshot.assets.map((asset) => [asset.id, asset.spot]));
  const repaid: number[] = [];
  const lost: number[] = [];
  let accountsTouched = 0;
  const lending = snapshot.lending.map((protocol) => {
    const own = effective.filter((cut) => cut.member === protocol.member);
    if (own.length === 0) return protocol;
    const after = cutProtocol(protocol, own);
    const positions = protocol.positions.map((position) => {
      const before = capacityUsd(protocol, position, price);
      const capacity = capacityUsd(after, position, price);
      const debt = valueUsd(position.debt, price);
      if (capacity < before) lost.push(before - capacity);
      if (!(capacity < debt) || before < debt) return position;
      accountsTouched += 1;
      if (mode === 'immediate') return position;
      const kept = capacity / REPAY_MARGIN / debt;
      repaid.push(debt * (1 - kept));
      return { ...position, debt: mapValues(position.debt, (units) => units * kept) };
    });
    return { ...after, positions };
  });
  return {
    snapshot: { ...snapshot, lending },
    deleveragedUsd: compensatedSum(repaid),
    accountsTouched,
    capacityLostUsd: compensatedSum(lost),
  };
}

/** Adds USD to the money behind one member, as a fund of its own. */
export function addBackstop(snapshot: Snapshot, member: string, usd: number): Snapshot {
  if (!(usd > 0)) return snapshot;
  const id = `intervention-backstop/${member}`;
  return { ...snapshot, funds: [...snapshot.funds, { id, usd, covers: [member] }] };
}

function cutProtocol(protocol: LendingProtocol, cuts: readonly MarginCut[]): LendingProtocol {
  const of = (asset: string): MarginCut | undefined => cuts.find((cut) => cut.asset === asset);
  return {
    ...protocol,
    markets: protocol.markets.map((market) => lowered(market, of(market.asset))),
  };
}

function lowered<T extends { readonly lt: number; readonly ltv: number }>(
  terms: T,
  cut: MarginCut | undefined,
): T {
  if (cut === undefined) return terms;
  return { ...terms, lt: Math.max(0, terms.lt - cut.lt), ltv: Math.max(0, terms.ltv - cut.ltv) };
}

/** Debt an account may carry before it is liquidatable: collateral value weighted by liquidation thresholds. */
function capacityUsd(
  protocol: LendingProtocol,
  position: Position,
  price: ReadonlyMap<string, number>,
): number {
  const mode = protocol.eModes.find((candidate) => candidate.id === position.eMode);
  return Object.entries(position.collateral).reduce((sum, [asset, units]) => {
    const covered = mode !== undefined && mode.collateral.includes(asset);
    const lt = covered ? mode.lt : (protocol.markets.find((market) => market.asset === asset)?.lt ?? 0);
    return sum + units * price.get(asset)! * lt;
  }, 0);
}

function valueUsd(amounts: Readonly<Record<string, number>>, price: ReadonlyMap<string, number>): number {
  return Object.entries(amounts).reduce((sum, [asset, units]) => sum + units * price.get(asset)!, 0);
}

function mapValues(
  amounts: Readonly<Record<string, number>>,
  change: (units: number) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(amounts).map(([asset, units]) => [asset, change(units)]));
}
