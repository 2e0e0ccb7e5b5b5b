import {
  positionsOf,
  type Asset,
  type LendingDesk,
  type LendingMarket,
  type LendingTerms,
  type MarketSnapshot,
  type Position,
} from '#libs/market/index';
import { MetricInputError } from './error.js';
import type { LiquidationAccount } from './forced-flow.js';
import {
  collateralHaircutBreakpoint,
  type HaircutBreakpoint,
  type HaircutHolding,
} from './haircut-breakpoint.js';

/** Which protocol of a snapshot is meant, and along which asset's price. */
export interface LendingView {
  readonly snapshot: MarketSnapshot;
  readonly protocol: string;
  readonly asset: string;
}

/**
 * Collateral haircut breakpoint of a whole lending book: the highest price of `asset` at which all collateral of
 * indebted positions, each counted at its liquidation threshold, falls short of their debt (haircut = 1 - threshold,
 * minimum ratio 1). Other assets move with their beta to `asset`.
 *
 * @throws MetricInputError for a protocol or asset that the snapshot does not hold
 */
export function lendingHaircutBreakpoint(view: LendingView): HaircutBreakpoint {
  const protocol = protocolOf(view);
  const assets = new Map(view.snapshot.assets.map((asset) => [asset.id, asset]));
  const indebted = [...positionsOf(protocol)].filter(hasDebt);
  const collateral = indebted.flatMap((position) =>
    Object.entries(position.collateral).map(([id, units]): HaircutHolding => ({
      ...moving(assetOf(assets, id), units, view.asset),
      haircut: 1 - thresholdOf(protocol, position, id).lt,
    })),
  );
  const debt = indebted.flatMap((position) =>
    Object.entries(position.debt).map(([id, units]) => moving(assetOf(assets, id), units, view.asset)),
  );
  return collateralHaircutBreakpoint({
    collateral,
    debt,
    minimumRatio: 1,
    spot: assetOf(assets, view.asset).spot,
  });
}

/**
 * Indebted positions of a protocol as accounts of one asset, everything else held at its snapshot price.
 *
 * @throws MetricInputError for a protocol or asset that the snapshot does not hold
 */
export function liquidationAccounts(view: LendingView): readonly LiquidationAccount[] {
  const protocol = protocolOf(view);
  const assets = new Map(view.snapshot.assets.map((asset) => [asset.id, asset]));
  const usd = (id: string, units: number): number => assetOf(assets, id).spot * units;
  return [...positionsOf(protocol)].filter(hasDebt).map((position): LiquidationAccount => {
    const own = thresholdOf(protocol, position, view.asset);
    const others = Object.entries(position.collateral).filter(([id]) => id !== view.asset);
    const otherDebt = Object.entries(position.debt).filter(([id]) => id !== view.asset);
    return {
      collateralUnits: position.collateral[view.asset] ?? 0,
      liquidationThreshold: own.lt,
      bonus: own.bonus,
      closeFactor: protocol.closeFactor.normal,
      debtUsd: sum(otherDebt.map(([id, units]) => usd(id, units))),
      debtUnits: position.debt[view.asset] ?? 0,
      otherCollateralUsd: sum(others.map(([id, units]) => usd(id, units))),
      otherCapacityUsd: sum(
        others.map(([id, units]) => usd(id, units) * thresholdOf(protocol, position, id).lt),
      ),
    };
  });
}

function protocolOf(view: LendingView): LendingDesk {
  const found = view.snapshot.lending.find((protocol) => protocol.id === view.protocol);
  if (found !== undefined) return found;
  const known = view.snapshot.lending.map((protocol) => protocol.id).join(', ');
  throw new MetricInputError('protocol', view.protocol, `one of: ${known}`);
}

function assetOf(assets: ReadonlyMap<string, Asset>, id: string): Asset {
  const found = assets.get(id);
  if (found !== undefined) return found;
  throw new MetricInputError('asset', id, `one of: ${[...assets.keys()].join(', ')}`);
}

/** Threshold and bonus of an asset as a position's collateral: its e-mode's when the category covers it. */
function thresholdOf(
  protocol: LendingTerms,
  position: Position,
  id: string,
): Pick<LendingMarket, 'lt' | 'bonus'> {
  const mode = protocol.eModes.find((entry) => entry.id === position.eMode);
  if (mode?.collateral.includes(id) === true) return mode;
  return protocol.markets.find((market) => market.asset === id) ?? { lt: 0, bonus: 0 };
}

function moving(
  asset: Asset,
  units: number,
  factor: string,
): { units: number; priceUsd: number; beta: number } {
  return { units, priceUsd: asset.spot, beta: asset.beta[factor] ?? 0 };
}

function hasDebt(position: Position): boolean {
  return Object.values(position.debt).some((units) => units > 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
