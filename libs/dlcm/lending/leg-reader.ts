import { idAt, type LegColumns, type LendingDesk, type PositionColumns } from '#libs/market/index';
import { SnapshotContentError } from '../cascade/error.js';
import { rowOn, type AssetIndex } from '../cascade/lookup.js';
import type { Shape } from './shape-table.js';
import type { TermsTable } from './terms-table.js';

/** Reads the positions of one batch one by one, legs in the order of the account table. */
export interface LegReader {
  readonly batch: PositionColumns;
  /** Shape of a row; valid until the next call. */
  read(row: number): Shape;
  /** Writes the values of the row read last. */
  writeUnits(units: Float64Array, first: number): void;
}

interface Source {
  readonly protocol: LendingDesk;
  readonly p: number;
  readonly batch: PositionColumns;
  readonly terms: TermsTable;
}

/** Legs of the row at hand: keys (terms rows or assets) and units side by side. */
interface Legs {
  readonly keys: number[];
  readonly units: number[];
}

/**
 * A reader of one batch.
 *
 * @throws SnapshotContentError (DLCM-141), from read, for an unknown asset, market or e-mode, or a negative amount
 */
export function legReader(source: Source, assets: AssetIndex): LegReader {
  const { batch } = source;
  const assetOf = batch.assets.map((id) => rowOn(assets, id, source.protocol.chain) ?? -1);
  const collateral: Legs = { keys: [], units: [] };
  const debt: Legs = { keys: [], units: [] };
  const shape = { protocol: source.p, collateral: collateral.keys, debt: debt.keys, reserve: -1 };
  const at: At = { source, assetOf, row: 0 };
  return {
    batch,
    read(row) {
      at.row = row;
      clear(collateral);
      clear(debt);
      readDebt(at, debt);
      readCollateral(at, collateral);
      shape.reserve = readReserve(at, collateral, debt);
      return shape;
    },
    writeUnits(units, first) {
      let row = first;
      for (const value of collateral.units) units[row++] = value;
      for (const value of debt.units) units[row++] = value;
      if (shape.reserve < 0) return;
      units[row++] = batch.topUp!.amount[at.row]!;
      units[row] = batch.topUp!.ifHfBelow[at.row]!;
    },
  };
}

interface At {
  readonly source: Source;
  /** Asset of each entry of the batch's dictionary, -1 where the snapshot does not price it. */
  readonly assetOf: readonly number[];
  row: number;
}

function clear(legs: Legs): void {
  legs.keys.length = 0;
  legs.units.length = 0;
}

function readDebt(at: At, debt: Legs): void {
  const columns = at.source.batch.debt;
  const end = columns.first[at.row + 1]!;
  for (let leg = columns.first[at.row]!; leg < end; leg += 1) {
    const units = unitsOf(at, 'debt', leg);
    const asset = assetAt(at, columns.asset[leg]!);
    if (units > 0) insert(debt, { key: asset, units }, (a, b) => a < b);
  }
}

function readCollateral(at: At, collateral: Legs): void {
  const columns = at.source.batch.collateral;
  const end = columns.first[at.row + 1]!;
  for (let leg = columns.first[at.row]!; leg < end; leg += 1) {
    const units = unitsOf(at, 'collateral', leg);
    const asset = assetAt(at, columns.asset[leg]!);
    if (units === 0) continue;
    const row = termsRow(at, asset, columns.asset[leg]!);
    if (at.source.terms.lt[row]! > 0) insertCollateral(at, collateral, { key: row, units });
  }
}

/** Also adds an empty leg for a top-up in an asset that the account does not hold yet. @returns the reserve's asset or -1 */
function readReserve(at: At, collateral: Legs, debt: Legs): number {
  const { topUp } = at.source.batch;
  if (topUp === null || topUp.chain[at.row]! < 0) return -1;
  const entry = topUp.asset[at.row]!;
  const asset = assetAt(at, entry);
  const { terms } = at.source;
  const held = debt.keys.includes(asset) || collateral.keys.some((row) => terms.asset[row] === asset);
  if (!held) insertCollateral(at, collateral, { key: termsRow(at, asset, entry), units: 0 });
  return asset;
}

function insertCollateral(at: At, legs: Legs, leg: { key: number; units: number }): void {
  const { bonus, asset } = at.source.terms;
  insert(legs, leg, (a, b) => bonus[a]! > bonus[b]! || (bonus[a] === bonus[b] && asset[a]! < asset[b]!));
}

function insert(
  legs: Legs,
  leg: { key: number; units: number },
  before: (a: number, b: number) => boolean,
): void {
  let i = legs.keys.length;
  while (i > 0 && before(leg.key, legs.keys[i - 1]!)) {
    legs.keys[i] = legs.keys[i - 1]!;
    legs.units[i] = legs.units[i - 1]!;
    i -= 1;
  }
  legs.keys[i] = leg.key;
  legs.units[i] = leg.units;
}

function unitsOf(at: At, field: 'collateral' | 'debt', leg: number): number {
  const columns: LegColumns = at.source.batch[field];
  const units = columns.units[leg]!;
  if (units >= 0 && units < Infinity) return units;
  const id = at.source.batch.assets[columns.asset[leg]!]!;
  throw new SnapshotContentError(nameOf(at), `${field} ${id}`, `${units}`, 'a finite amount of at least 0');
}

function assetAt(at: At, entry: number): number {
  const asset = at.assetOf[entry]!;
  if (asset >= 0) return asset;
  throw new SnapshotContentError(
    nameOf(at),
    'asset',
    at.source.batch.assets[entry] ?? `${entry}`,
    'an asset of the snapshot',
  );
}

function termsRow(at: At, asset: number, entry: number): number {
  const { source, row } = at;
  const { batch, protocol } = source;
  const mode = batch.eMode?.[row] ?? -1;
  const modeId = mode < 0 ? null : batch.eModes[mode]!;
  const rows = source.terms.rows[source.p]!;
  const found = rows.get(modeId)?.get(asset);
  if (found !== undefined) return found;
  if (rows.get(null)?.has(asset) === true) {
    throw new SnapshotContentError(
      `position ${idAt(batch, row)}`,
      'eMode',
      `${modeId}`,
      `an e-mode of ${protocol.id}`,
    );
  }
  throw new SnapshotContentError(
    `position ${idAt(batch, row)}`,
    'collateral',
    batch.assets[entry]!,
    `a market of ${protocol.id}`,
  );
}

function nameOf({ source, row }: At): string {
  return `position ${idAt(source.batch, row)} of ${source.protocol.id}`;
}
