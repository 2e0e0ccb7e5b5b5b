import type { LegColumns, PositionColumns, TopUpColumns } from './position-columns.js';
import { RowFormatError } from './row-codec.js';
import type { RowCursor } from './row-cursor.js';
import { isText, TextDictionary, textOf } from './text-dictionary.js';

/** What a first look at the chunks tells: rows of each table, and bytes enough for all position ids. */
export interface PositionCounts {
  readonly position: number;
  readonly collateral: number;
  readonly debt: number;
  readonly idBytes: number;
}

/** Rows of one protocol in the arrays of all. */
interface Desk {
  readonly name: Uint8Array;
  readonly from: number;
  to: number;
}

interface Legs {
  readonly first: Int32Array;
  readonly asset: Int32Array;
  readonly units: Float64Array;
  /** Legs so far. */
  count: number;
  /** Position whose legs are being read, and its protocol. */
  row: number;
  desk: number;
}

/**
 * Lays the rows of the tables position, collateral and debt out as columns: one set of arrays for all protocols, of which
 * each protocol gets a slice. Rows come in canonical order, so that a leg belongs to the position at hand or a later one.
 */
export class PositionReader {
  private readonly desks = new Map<string, Desk>();
  private readonly order: Desk[] = [];
  private readonly assets = new TextDictionary();
  private readonly eModes = new TextDictionary();
  private readonly chains = new TextDictionary();
  private readonly idBytes: Uint8Array;
  private readonly idFirst: Int32Array;
  private readonly eMode: Int32Array;
  private readonly collateral: Legs;
  private readonly debt: Legs;
  private topUp: Omit<TopUpColumns, 'chains'> | null = null;
  private count = 0;

  constructor(private readonly counts: PositionCounts) {
    this.idBytes = new Uint8Array(counts.idBytes);
    this.idFirst = new Int32Array(counts.position + 1);
    this.eMode = new Int32Array(counts.position).fill(-1);
    this.collateral = legs(counts.position, counts.collateral);
    this.debt = legs(counts.position, counts.debt);
  }

  /**
   * Takes one row of table position.
   * @throws RowFormatError for a garbled row or positions of one protocol in two places
   */
  readPosition(cursor: RowCursor): void {
    const row = this.count;
    this.deskOf(cursor.text()).to = row + 1;
    const { from, to } = cursor.text();
    const at = this.idFirst[row]!;
    for (let i = from; i < to; i += 1) this.idBytes[at + i - from] = cursor.bytes[i]!;
    this.idFirst[row + 1] = at + to - from;
    if (cursor.flag()) this.eMode[row] = this.eModes.numberOf(cursor.text());
    this.readTopUp(cursor, row);
    cursor.finish();
    this.count = row + 1;
  }

  /**
   * Takes one row of table collateral or debt.
   * @throws RowFormatError for a garbled row or a leg of no position
   */
  readLeg(cursor: RowCursor, side: 'collateral' | 'debt'): void {
    const into = this[side];
    cursor.text();
    while (into.desk < this.order.length && !isText(this.order[into.desk]!.name, cursor)) this.nextDesk(into);
    const desk = this.order[into.desk];
    cursor.text();
    while (desk !== undefined && into.row < desk.to && !this.isId(into.row, cursor)) nextRow(into);
    if (desk === undefined || into.row === desk.to) throw new RowFormatError('a leg of no position');
    into.asset[into.count] = this.assets.numberOf(cursor.text());
    into.units[into.count] = cursor.number();
    into.count += 1;
    cursor.finish();
  }

  /** The columns of each protocol, by its id. */
  columns(): ReadonlyMap<string, PositionColumns> {
    for (const side of [this.collateral, this.debt]) while (side.row < this.counts.position) nextRow(side);
    return new Map([...this.desks].map(([id, desk]) => [id, this.slice(desk)]));
  }

  private slice({ from, to }: Desk): PositionColumns {
    const slice = ({ first, asset, units }: Legs): LegColumns => ({
      first: first.subarray(from, to + 1),
      asset,
      units,
    });
    return {
      count: to - from,
      ids: { bytes: this.idBytes, first: this.idFirst.subarray(from, to + 1) },
      assets: this.assets.texts,
      collateral: slice(this.collateral),
      debt: slice(this.debt),
      eModes: this.eModes.texts,
      eMode: this.eModes.texts.length === 0 ? null : this.eMode.subarray(from, to),
      topUp: this.topUp === null ? null : topUpSlice({ ...this.topUp, chains: this.chains.texts }, from, to),
    };
  }

  private deskOf(cursor: RowCursor): Desk {
    const last = this.order.at(-1);
    if (last !== undefined && isText(last.name, cursor)) return last;
    const id = textOf(cursor);
    if (this.desks.has(id)) throw new RowFormatError('positions of one protocol in two places');
    const desk = { name: cursor.bytes.slice(cursor.from, cursor.to), from: this.count, to: this.count };
    this.desks.set(id, desk);
    this.order.push(desk);
    return desk;
  }

  private readTopUp(cursor: RowCursor, row: number): void {
    const chain = cursor.flag() ? this.chains.numberOf(cursor.text()) : -1;
    const asset = cursor.flag() ? this.assets.numberOf(cursor.text()) : -1;
    const amount = cursor.flag() ? cursor.number() : null;
    const ifHfBelow = cursor.flag() ? cursor.number() : null;
    if (chain < 0 && asset < 0 && amount === null && ifHfBelow === null) return;
    if (chain < 0 || asset < 0 || amount === null || ifHfBelow === null)
      throw new RowFormatError('part of a top-up');
    this.topUp ??= topUps(this.counts.position);
    this.topUp.chain[row] = chain;
    this.topUp.asset[row] = asset;
    this.topUp.amount[row] = amount;
    this.topUp.ifHfBelow[row] = ifHfBelow;
  }

  private nextDesk(into: Legs): void {
    while (into.row < this.order[into.desk]!.to) nextRow(into);
    into.desk += 1;
  }

  private isId(row: number, { bytes, from, to }: RowCursor): boolean {
    const at = this.idFirst[row]!;
    if (this.idFirst[row + 1]! - at !== to - from) return false;
    for (let i = from; i < to; i += 1) if (this.idBytes[at + i - from] !== bytes[i]) return false;
    return true;
  }
}

function nextRow(into: Legs): void {
  into.first[into.row + 1] = into.count;
  into.row += 1;
}

function legs(positions: number, count: number): Legs {
  const first = new Int32Array(positions + 1);
  const room = { asset: new Int32Array(count), units: new Float64Array(count) };
  return { first, ...room, count: 0, row: 0, desk: 0 };
}

function topUps(positions: number) {
  return {
    chain: new Int32Array(positions).fill(-1),
    asset: new Int32Array(positions).fill(-1),
    amount: new Float64Array(positions),
    ifHfBelow: new Float64Array(positions),
  };
}

function topUpSlice(all: TopUpColumns, from: number, to: number): TopUpColumns | null {
  const chain = all.chain.subarray(from, to);
  if (chain.every((number) => number < 0)) return null;
  return {
    chains: all.chains,
    chain,
    asset: all.asset.subarray(from, to),
    amount: all.amount.subarray(from, to),
    ifHfBelow: all.ifHfBelow.subarray(from, to),
  };
}
