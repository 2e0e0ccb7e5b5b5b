import { idAt, positionBatches, type LendingDesk, type PositionColumns } from '#libs/market/index';
import type { AssetIndex } from '../cascade/lookup.js';
import { cohortTable, type CohortTable } from './cohort-table.js';
import { legReader, type LegReader } from './leg-reader.js';
import { shapeCollector, shapeTable, type ShapeTable } from './shape-table.js';
import { termsTable, type TermsTable } from './terms-table.js';

/**
 * All lending accounts of all protocols as columns. Accounts are numbered by protocol, cohort and health at the snapshot, so
 * that those a price fall reaches stand together; nothing that is computed depends on the numbering.
 *
 * The values of account a begin at row `first[a]` of `units`: its collateral, then its debts in the order of the legs of
 * its shape, then, if the shape has a reserve, the units of the top-up and the health below which it is used. Collateral
 * that carries no liquidation threshold cannot be seized and is left out. Collateral legs stand in the order in which
 * liquidators take them: highest bonus first, ties by asset id; debts in asset id order.
 */
export interface AccountTable {
  readonly count: number;
  readonly terms: TermsTable;
  readonly shapes: ShapeTable;
  readonly cohorts: CohortTable;
  /** Shape of each account. */
  readonly shape: Int32Array;
  /** First row of each account's values; one more row than accounts. */
  readonly first: Int32Array;
  readonly units: Float64Array;
  /** First account of each protocol, one more row than protocols. */
  readonly firstOfProtocol: Int32Array;
  /** Row of each account in the snapshot's positions, counted through `sources`. */
  readonly source: Int32Array;
  readonly sources: readonly PositionColumns[];
  /** Whether some protocol waits before it liquidates an unhealthy account. */
  readonly waits: boolean;
}

/**
 * Builds the columns of all accounts.
 *
 * @param protocols in id order
 * @throws SnapshotContentError (DLCM-141) for an unknown asset, market or e-mode, or a negative amount
 */
export function accountTable(
  protocols: readonly LendingDesk[],
  assets: AssetIndex & { readonly spot: Float64Array },
): AccountTable {
  const terms = termsTable(protocols, assets);
  const collector = shapeCollector({ terms: terms.asset.length, assets: assets.spot.length });
  const readers = protocols.flatMap((protocol, p) =>
    positionBatches(protocol).map((batch) => legReader({ protocol, p, batch, terms }, assets)),
  );
  const shapeOfRow = new Int32Array(readers.reduce((sum, reader) => sum + reader.batch.count, 0));
  let at = 0;
  for (const reader of readers) {
    for (let row = 0; row < reader.batch.count; row += 1)
      shapeOfRow[at++] = collector.numberOf(reader.read(row));
  }
  const shapes = shapeTable(collector.shapes);
  const rows = valueRows(shapes, shapeOfRow, readers);
  const cohorts = cohortTable({ terms, shapes, spot: assets.spot, protocols: protocols.length }, rows);
  const waits = protocols.some((protocol) => protocol.liquidationDelaySec > 0);
  return {
    ...renumbered({ terms, shapes, cohorts: cohorts.table, rows, order: cohorts.order, readers }),
    waits,
  };
}

/** Accounts in the order of the snapshot's rows. */
export interface AccountRows {
  readonly shape: Int32Array;
  readonly first: Int32Array;
  readonly units: Float64Array;
}

function valueRows(shapes: ShapeTable, shape: Int32Array, readers: readonly LegReader[]): AccountRows {
  const first = new Int32Array(shape.length + 1);
  for (let row = 0; row < shape.length; row += 1)
    first[row + 1] = first[row]! + valueCount(shapes, shape[row]!);
  const units = new Float64Array(first[shape.length]!);
  let at = 0;
  for (const reader of readers) {
    for (let row = 0; row < reader.batch.count; row += 1, at += 1) {
      reader.read(row);
      reader.writeUnits(units, first[at]!);
    }
  }
  return { shape, first, units };
}

/** Rows an account of this shape has in `units`. */
function valueCount(shapes: ShapeTable, shape: number): number {
  const reserve = shapes.reserve[shape]! >= 0 ? 2 : 0;
  return shapes.first[shape + 1]! - shapes.first[shape]! + reserve;
}

interface Parts {
  readonly terms: TermsTable;
  readonly shapes: ShapeTable;
  readonly cohorts: CohortTable;
  readonly rows: AccountRows;
  /** Snapshot row of each account. */
  readonly order: Int32Array;
  readonly readers: readonly LegReader[];
}

function renumbered({ terms, shapes, cohorts, rows, order, readers }: Parts): Omit<AccountTable, 'waits'> {
  const count = order.length;
  const shape = new Int32Array(count);
  const first = new Int32Array(count + 1);
  const units = new Float64Array(rows.units.length);
  let to = 0;
  for (let account = 0; account < count; account += 1) {
    const row = order[account]!;
    shape[account] = rows.shape[row]!;
    for (let from = rows.first[row]!; from < rows.first[row + 1]!; from += 1) units[to++] = rows.units[from]!;
    first[account + 1] = to;
  }
  const firstOfProtocol = new Int32Array(cohorts.firstOfProtocol.length);
  cohorts.firstOfProtocol.forEach((cohort, p) => (firstOfProtocol[p] = cohorts.first[cohort]!));
  return {
    count,
    terms,
    shapes,
    cohorts,
    shape,
    first,
    units,
    firstOfProtocol,
    source: order,
    sources: readers.map((reader) => reader.batch),
  };
}

/** Id of an account within its protocol. */
export function accountId(table: AccountTable, account: number): string {
  const { batch, row } = sourceOf(table, account);
  return idAt(batch, row);
}

/** Chain on which an account's reserve lies; null without one. */
export function reserveChain(table: AccountTable, account: number): string | null {
  const { batch, row } = sourceOf(table, account);
  const chain = batch.topUp?.chain[row] ?? -1;
  return batch.topUp?.chains[chain] ?? null;
}

function sourceOf(
  table: AccountTable,
  account: number,
): { readonly batch: PositionColumns; readonly row: number } {
  let row = table.source[account]!;
  let batch = 0;
  while (row >= table.sources[batch]!.count) row -= table.sources[batch++]!.count;
  return { batch: table.sources[batch]!, row };
}

/** Protocol of an account, an index in id order. */
export function protocolOf(table: Pick<AccountTable, 'shapes' | 'shape'>, account: number): number {
  return table.shapes.protocol[table.shape[account]!]!;
}
