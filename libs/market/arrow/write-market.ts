import { inCanonicalOrder } from '../canonical-order.js';
import {
  positionBatches,
  type IdColumn,
  type LegColumns,
  type LendingDesk,
  type MarketSnapshot,
  type PositionColumns,
} from '../position-columns.js';
import { idColumn } from '../position-rows.js';
import { MAX_CHUNK_BYTES } from '../row-packer.js';
import { rowsOf } from '../snapshot-rows.js';
import type { Row } from '../snapshot-tables.js';
import { bitsOf, type ArrowColumn } from './arrow-columns.js';
import { ARROW_TABLES, type ArrowTable } from './arrow-schema.js';
import { arrowStream, columnOfCells } from './write-stream.js';

/** Room for schema, dictionaries and padding in a chunk. */
const OVERHEAD_BYTES = 64 * 1024;
/** Protocol, id offset, e-mode, two list offsets, top-up, validity: what a position takes beside its id and legs. */
const POSITION_BYTES = 48;
const LEG_BYTES = 12;
/** More than any cell takes: a text of 255 bytes and its offset. */
const CELL_BYTES = 12;

/**
 * A snapshot as Arrow IPC streams, one table and one record batch each, at most 4 MiB each; one behind another they are a
 * file. The columns are copied into the streams once, no object is made per position.
 */
export function* arrowChunks(snapshot: MarketSnapshot): Generator<Uint8Array> {
  const ordered = inCanonicalOrder(snapshot);
  const rows = rowsOf(ordered);
  for (const table of ARROW_TABLES) {
    if (table.name === 'position') {
      for (const protocol of ordered.lending) yield* positionChunks(table, protocol);
    } else yield* rowChunks(table, rows[table.name]);
  }
}

function* rowChunks(table: ArrowTable, rows: readonly Row[]): Generator<Uint8Array> {
  let from = 0;
  let bytes = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const size = sizeOf(rows[row]!);
    if (bytes + size > MAX_CHUNK_BYTES - OVERHEAD_BYTES) {
      yield rowChunk(table, rows.slice(from, row));
      from = row;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < rows.length) yield rowChunk(table, rows.slice(from));
}

function sizeOf(row: Row): number {
  return row.reduce<number>(
    (sum, cell) => sum + CELL_BYTES + (typeof cell === 'string' ? cell.length : 0),
    0,
  );
}

function rowChunk(table: ArrowTable, rows: readonly Row[]): Uint8Array {
  const columns = table.fields.map((field, i) =>
    columnOfCells(
      field,
      rows.map((row) => row[i]!),
    ),
  );
  return arrowStream({ table, rows: rows.length, columns, dictionaries: new Map() });
}

interface Slice {
  readonly batch: PositionColumns;
  readonly ids: IdColumn;
  readonly from: number;
  readonly to: number;
}

function* positionChunks(table: ArrowTable, protocol: LendingDesk): Generator<Uint8Array> {
  for (const batch of positionBatches(protocol)) {
    const ids = 'bytes' in batch.ids ? batch.ids : idColumn(batch.ids);
    const texts = [...batch.assets, ...batch.eModes, ...(batch.topUp?.chains ?? [])];
    const room = MAX_CHUNK_BYTES - OVERHEAD_BYTES - texts.reduce((sum, text) => sum + text.length + 4, 0);
    for (let from = 0; from < batch.count;) {
      const to = sliceEnd({ batch, ids, from, to: batch.count }, room);
      yield positionChunk(table, protocol.id, { batch, ids, from, to });
      from = to;
    }
  }
}

/** First row that no longer fits; at least one row goes in. */
function sliceEnd({ batch, ids, from, to }: Slice, room: number): number {
  const { collateral, debt } = batch;
  let left = room;
  for (let row = from; row < to; row += 1) {
    const legs =
      collateral.first[row + 1]! - collateral.first[row]! + debt.first[row + 1]! - debt.first[row]!;
    left -= POSITION_BYTES + LEG_BYTES * legs + ids.first[row + 1]! - ids.first[row]!;
    if (left < 0 && row > from) return row;
  }
  return to;
}

function positionChunk(table: ArrowTable, protocol: string, slice: Slice): Uint8Array {
  const { batch, from, to } = slice;
  const { topUp } = batch;
  const columns: Readonly<Record<string, ArrowColumn | null>> = {
    protocol: { type: 'index', values: new Int32Array(to - from), valid: null },
    id: idsOf(slice),
    eMode: indices(batch.eMode, slice),
    topUpChain: indices(topUp?.chain ?? null, slice),
    topUpAsset: whereTopUp(slice, (valid) => ({
      type: 'index',
      values: topUp!.asset.slice(from, to),
      valid,
    })),
    topUpAmount: whereTopUp(slice, (valid) => ({
      type: 'number',
      values: topUp!.amount.slice(from, to),
      valid,
    })),
    topUpIfHfBelow: whereTopUp(slice, (valid) => {
      return { type: 'number', values: topUp!.ifHfBelow.slice(from, to), valid };
    }),
    collateral: legsOf(batch.collateral, slice),
    debt: legsOf(batch.debt, slice),
  };
  return arrowStream({
    table,
    rows: to - from,
    columns: table.fields.map(({ name }) => columns[name] ?? null),
    dictionaries: new Map([
      ['protocol', [protocol]],
      ['eMode', batch.eModes],
      ['chain', topUp?.chains ?? []],
      ['asset', batch.assets],
    ]),
  });
}

function idsOf({ ids, from, to }: Slice): ArrowColumn {
  const bytes = ids.bytes.subarray(ids.first[from], ids.first[to]);
  return { type: 'text', first: rebased(ids.first, from, to), bytes, valid: null };
}

/** Offsets of rows `from` to `to`, counted from 0. */
function rebased(first: Int32Array, from: number, to: number): Int32Array {
  const start = first[from]!;
  const slice = first.slice(from, to + 1);
  for (let i = 0; i < slice.length; i += 1) slice[i]! -= start;
  return slice;
}

function legsOf({ first, asset, units }: LegColumns, { from, to }: Slice): ArrowColumn {
  const [start, end] = [first[from]!, first[to]!];
  return {
    type: 'list',
    first: rebased(first, from, to),
    children: [
      { type: 'index', values: asset.subarray(start, end), valid: null },
      { type: 'number', values: units.subarray(start, end), valid: null },
    ],
  };
}

/** Indices where -1 is none; null when all are. */
function indices(all: Int32Array | null, { from, to }: Slice): ArrowColumn | null {
  if (all === null) return null;
  const values = all.slice(from, to);
  const { bits, zeros } = bitsOf(values.length, (row) => values[row]! >= 0);
  if (zeros === values.length) return null;
  for (let i = 0; i < values.length; i += 1) if (values[i]! < 0) values[i] = 0;
  return { type: 'index', values, valid: zeros === 0 ? null : bits };
}

function whereTopUp(
  { batch, from, to }: Slice,
  column: (valid: Uint8Array | null) => ArrowColumn,
): ArrowColumn | null {
  const chain = batch.topUp?.chain.subarray(from, to) ?? new Int32Array();
  const { bits, zeros } = bitsOf(chain.length, (row) => chain[row]! >= 0);
  if (zeros === chain.length) return null;
  const made = column(zeros === 0 ? null : bits);
  if (made.type === 'index') made.values.forEach((value, i) => (made.values[i] = Math.max(value, 0)));
  return made;
}
