import type { LendingProtocol, Position } from '#libs/market/index';
import { SnapshotContentError } from '../cascade/error.js';
import { byId, requireAsset, type AssetIndex } from '../cascade/lookup.js';

/**
 * All lending accounts of all protocols as columns, in the order of protocol id, then position id. The legs of
 * account a are rows `collateralFirst[a]` to `collateralFirst[a + 1] - 1`, debts alike.
 *
 * Collateral that carries no liquidation threshold cannot be seized and is left out. Collateral legs stand in the
 * order in which liquidators take them: highest bonus first, ties by asset id; debts in asset id order.
 */
export interface AccountTable {
  readonly count: number;
  readonly ids: readonly string[];
  readonly protocol: Int32Array;
  /** First account of each protocol, one more row than protocols. */
  readonly firstOfProtocol: Int32Array;
  readonly collateralFirst: Int32Array;
  readonly collateralAsset: Int32Array;
  readonly collateralUnits: Float64Array;
  readonly collateralLt: Float64Array;
  readonly collateralBonus: Float64Array;
  readonly collateralFee: Float64Array;
  readonly debtFirst: Int32Array;
  readonly debtAsset: Int32Array;
  readonly debtUnits: Float64Array;
  /** Top-up of the account: asset (-1 for none), units, and the health below which it is used. */
  readonly topUpAsset: Int32Array;
  readonly topUpUnits: Float64Array;
  readonly topUpBelow: Float64Array;
}

interface CollateralLeg {
  readonly asset: number;
  readonly units: number;
  readonly lt: number;
  readonly bonus: number;
  readonly fee: number;
}

interface DebtLeg {
  readonly asset: number;
  readonly units: number;
}

interface Account {
  readonly id: string;
  readonly protocol: number;
  readonly collateral: readonly CollateralLeg[];
  readonly debt: readonly DebtLeg[];
  readonly topUp: { readonly asset: number; readonly units: number; readonly below: number };
}

const NO_TOP_UP = { asset: -1, units: 0, below: 0 } as const;

/**
 * Builds the columns of all accounts.
 *
 * @param protocols in id order
 * @throws SnapshotContentError (DLCM-141) for an unknown asset, market or e-mode, or a negative amount
 */
export function accountTable(protocols: readonly LendingProtocol[], assets: AssetIndex): AccountTable {
  const accounts = protocols.flatMap((protocol, p) =>
    [...protocol.positions].sort(byId).map((position) => accountOf({ protocol, position, p }, assets)),
  );
  const collateral = accounts.flatMap((account) => account.collateral);
  const debt = accounts.flatMap((account) => account.debt);
  return {
    count: accounts.length,
    ids: accounts.map((account) => account.id),
    protocol: Int32Array.from(accounts, (account) => account.protocol),
    firstOfProtocol: offsets(protocols.map((protocol) => protocol.positions.length)),
    collateralFirst: offsets(accounts.map((account) => account.collateral.length)),
    collateralAsset: Int32Array.from(collateral, (leg) => leg.asset),
    collateralUnits: Float64Array.from(collateral, (leg) => leg.units),
    collateralLt: Float64Array.from(collateral, (leg) => leg.lt),
    collateralBonus: Float64Array.from(collateral, (leg) => leg.bonus),
    collateralFee: Float64Array.from(collateral, (leg) => leg.fee),
    debtFirst: offsets(accounts.map((account) => account.debt.length)),
    debtAsset: Int32Array.from(debt, (leg) => leg.asset),
    debtUnits: Float64Array.from(debt, (leg) => leg.units),
    topUpAsset: Int32Array.from(accounts, (account) => account.topUp.asset),
    topUpUnits: Float64Array.from(accounts, (account) => account.topUp.units),
    topUpBelow: Float64Array.from(accounts, (account) => account.topUp.below),
  };
}

function offsets(lengths: readonly number[]): Int32Array {
  const first = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (first[i + 1] = first[i]! + length));
  return first;
}

interface Owned {
  readonly protocol: LendingProtocol;
  readonly position: Position;
  readonly p: number;
}

function accountOf(owned: Owned, assets: AssetIndex): Account {
  const { position, protocol } = owned;
  const object = `position ${position.id} of ${protocol.id}`;
  const amounts = (field: string, legs: Readonly<Record<string, number>>) =>
    Object.keys(legs)
      .sort()
      .map((id) => {
        const units = legs[id]!;
        if (!(units >= 0 && units < Infinity)) {
          throw new SnapshotContentError(
            object,
            `${field} ${id}`,
            `${units}`,
            'a finite amount of at least 0',
          );
        }
        return { id, asset: requireAsset(assets, id, object), units };
      })
      .filter((leg) => leg.units > 0);
  const collateral = amounts('collateral', position.collateral)
    .map((leg) => ({ asset: leg.asset, units: leg.units, ...termsOf(owned, leg.id) }))
    .filter((leg) => leg.lt > 0);
  const debt = amounts('debt', position.debt).map(({ asset, units }) => ({ asset, units }));
  const wanted = position.topUp;
  const topUp =
    wanted === null
      ? NO_TOP_UP
      : { asset: requireAsset(assets, wanted.asset, object), units: wanted.amount, below: wanted.ifHfBelow };
  const legs = [...collateral, ...topUpCollateral(owned, { topUp, collateral, debt })];
  legs.sort((a, b) => b.bonus - a.bonus || a.asset - b.asset);
  return { id: position.id, protocol: owned.p, collateral: legs, debt, topUp };
}

/** An empty leg that receives a top-up in an asset the account does not hold yet. */
function topUpCollateral(
  owned: Owned,
  account: Pick<Account, 'topUp' | 'collateral' | 'debt'>,
): readonly CollateralLeg[] {
  const { topUp } = account;
  const held = [...account.collateral, ...account.debt].some((leg) => leg.asset === topUp.asset);
  if (topUp.asset < 0 || held) return [];
  return [{ asset: topUp.asset, units: 0, ...termsOf(owned, owned.position.topUp!.asset) }];
}

function termsOf(owned: Owned, asset: string): { lt: number; bonus: number; fee: number } {
  const { protocol, position } = owned;
  const market = protocol.markets.find((candidate) => candidate.asset === asset);
  if (market === undefined) {
    throw new SnapshotContentError(
      `position ${position.id}`,
      'collateral',
      asset,
      `a market of ${protocol.id}`,
    );
  }
  if (position.eMode === null) return { lt: market.lt, bonus: market.bonus, fee: market.protocolFee };
  const mode = protocol.eModes.find((candidate) => candidate.id === position.eMode);
  if (mode === undefined) {
    throw new SnapshotContentError(
      `position ${position.id}`,
      'eMode',
      position.eMode,
      `an e-mode of ${protocol.id}`,
    );
  }
  const terms = mode.collateral.includes(asset) ? mode : market;
  return { lt: terms.lt, bonus: terms.bonus, fee: market.protocolFee };
}
