import { idAt, type LegColumns, type LendingDesk, type PositionColumns } from './position-columns.js';
import type { RelationCheck } from './snapshot-relations.js';
import { MAX_ID_LENGTH } from './snapshot-schema.js';

type Path = readonly PropertyKey[];
const ID_ACCEPTED = `an identifier of 1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces, starting with a letter or digit`;
const AMOUNT_ACCEPTED = 'numbers >= 0';
const FAR_ABOVE_ASCII = 0x7e;

interface Desk {
  readonly check: RelationCheck;
  readonly protocol: LendingDesk;
  readonly path: Path;
  /** By entry of the batch's dictionaries. */
  readonly batch: PositionColumns;
  readonly hasMarket: readonly boolean[];
  readonly hasMode: readonly boolean[];
  /** Positions of the batches before. */
  readonly offset: number;
}

/**
 * Issues of positions that are columns: what parseSnapshot checks of positions that are objects, and that ids and legs
 * ascend. Array lengths are the reader's promise.
 */
export function checkColumns(check: RelationCheck, protocol: LendingDesk, i: number): void {
  if (!('batches' in protocol.positions)) return;
  const markets = new Set(protocol.markets.map((market) => market.asset));
  const modes = new Set(protocol.eModes.map((mode) => mode.id));
  let offset = 0;
  let before = '';
  for (const batch of protocol.positions.batches) {
    const hasMarket = batch.assets.map((asset) => markets.has(asset));
    const hasMode = batch.eModes.map((mode) => modes.has(mode));
    const desk = { check, protocol, path: ['lending', i, 'positions'], batch, hasMarket, hasMode, offset };
    before = checkIds(desk, before);
    checkLegs(desk, 'collateral');
    checkLegs(desk, 'debt');
    checkModes(desk);
    checkTopUps(desk);
    offset += batch.count;
  }
}

const pathOf = (desk: Desk, row: number, ...field: Path): Path => [...desk.path, desk.offset + row, ...field];
const nameOf = (desk: Desk, row: number): string =>
  `Position "${idAt(desk.batch, row)}" of "${desk.protocol.id}"`;

/** @returns the last id */
function checkIds(desk: Desk, before: string): string {
  const { ids, count } = desk.batch;
  if ('bytes' in ids) return checkIdBytes(desk, before);
  let last = before;
  for (let row = 0; row < count; row += 1) {
    const id = ids[row]!;
    if (!/^[A-Za-z0-9][\x21-\x7e]{0,79}$/.test(id)) badId(desk, row);
    else if (id <= last) disorder(desk, row, last);
    last = id;
  }
  return last;
}

function checkIdBytes(desk: Desk, before: string): string {
  const { count } = desk.batch;
  for (let row = 0; row < count; row += 1) {
    if (!isIdAt(desk.batch, row)) badId(desk, row);
    else if (row === 0 ? idAt(desk.batch, 0) <= before : !ascends(desk.batch, row))
      disorder(desk, row, row === 0 ? before : idAt(desk.batch, row - 1));
  }
  return count === 0 ? before : idAt(desk.batch, count - 1);
}

function badId(desk: Desk, row: number): void {
  desk.check.report(pathOf(desk, row, 'id'), idAt(desk.batch, row), [
    ID_ACCEPTED,
    'the id of a position is malformed.',
  ]);
}

function disorder(desk: Desk, row: number, before: string): void {
  desk.check.report(pathOf(desk, row, 'id'), idAt(desk.batch, row), [
    'each id once, ascending',
    `${nameOf(desk, row)} stands behind "${before}". Sort positions by id and drop repeated ones.`,
  ]);
}

function isIdAt({ ids }: PositionColumns, row: number): boolean {
  if (!('bytes' in ids)) return false;
  const from = ids.first[row]!;
  const to = ids.first[row + 1]!;
  const lead = ids.bytes[from]!;
  const letter = (lead | 32) >= 97 && (lead | 32) <= 122;
  if (to <= from || to - from > MAX_ID_LENGTH || !(letter || (lead >= 48 && lead <= 57))) return false;
  for (let i = from + 1; i < to; i += 1) {
    const byte = ids.bytes[i]!;
    if (byte < 0x21 || byte > FAR_ABOVE_ASCII) return false;
  }
  return true;
}

/** True when id `row` stands behind id `row - 1` in the order of bytes, which is that of code units for ASCII. */
function ascends({ ids }: PositionColumns, row: number): boolean {
  if (!('bytes' in ids)) return false;
  const { bytes, first } = ids;
  const middle = first[row]!;
  const end = first[row + 1]!;
  let left = first[row - 1]!;
  for (let right = middle; left < middle && right < end; right += 1) {
    if (bytes[left] !== bytes[right]) return bytes[left]! < bytes[right]!;
    left += 1;
  }
  return left === middle && end - middle > middle - first[row - 1]!;
}

function checkLegs(desk: Desk, side: 'collateral' | 'debt'): void {
  const { batch, hasMarket } = desk;
  const columns = batch[side];
  const ranks = ranksOf(batch.assets);
  for (let row = 0; row < batch.count; row += 1) {
    let rank = -1;
    for (let leg = columns.first[row]!; leg < columns.first[row + 1]!; leg += 1) {
      const asset = columns.asset[leg]!;
      if (hasMarket[asset] !== true)
        noMarket(desk, pathOf(desk, row, side, batch.assets[asset]!), { row, asset: batch.assets[asset]! });
      checkAmount(desk, columns, { row, leg, side });
      if (ranks[asset]! <= rank) legDisorder(desk, row, [side, batch.assets[asset]!]);
      rank = ranks[asset]!;
    }
  }
}

/** Rank of each entry of a dictionary in ascending order. */
function ranksOf(texts: readonly string[]): Int32Array {
  const order = texts.map((_, i) => i).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  const ranks = new Int32Array(texts.length);
  order.forEach((entry, rank) => (ranks[entry] = rank));
  return ranks;
}

interface Leg {
  readonly row: number;
  readonly leg: number;
  readonly side: 'collateral' | 'debt';
}

function checkAmount(desk: Desk, { units, asset }: LegColumns, { row, leg, side }: Leg): void {
  const amount = units[leg]!;
  if (amount >= 0 && amount < Infinity) return;
  desk.check.report(pathOf(desk, row, side, desk.batch.assets[asset[leg]!]!), amount, [
    AMOUNT_ACCEPTED,
    `found ${amount}, accepted: ${AMOUNT_ACCEPTED}.`,
  ]);
}

function noMarket(
  desk: Desk,
  path: Path,
  { row, asset }: { readonly row: number; readonly asset: string },
): void {
  desk.check.report(path, asset, [
    `an asset of ${desk.protocol.id}.markets`,
    `${nameOf(desk, row)} holds "${asset}", for which the protocol has no market.`,
  ]);
}

function legDisorder(desk: Desk, row: number, field: readonly [string, string]): void {
  desk.check.report(pathOf(desk, row, ...field), field[1], [
    'each asset once, ascending',
    `${nameOf(desk, row)} has its ${field[0]} out of order at "${field[1]}".`,
  ]);
}

function checkModes(desk: Desk): void {
  const { eMode, eModes, count } = desk.batch;
  if (eMode === null) return;
  for (let row = 0; row < count; row += 1) {
    const mode = eMode[row]!;
    if (mode < 0 || desk.hasMode[mode] === true) continue;
    desk.check.report(pathOf(desk, row, 'eMode'), eModes[mode], [
      'an id of eModes[] or null',
      `${nameOf(desk, row)} uses an unknown e-mode "${eModes[mode]}".`,
    ]);
  }
}

function checkTopUps(desk: Desk): void {
  const { topUp, assets, count } = desk.batch;
  if (topUp === null) return;
  for (let row = 0; row < count; row += 1) {
    if (topUp.chain[row]! < 0) continue;
    const path = pathOf(desk, row, 'topUp');
    desk.check.chain(topUp.chains[topUp.chain[row]!]!, [...path, 'chain'], nameOf(desk, row));
    if (desk.hasMarket[topUp.asset[row]!] !== true)
      noMarket(desk, [...path, 'asset'], { row, asset: assets[topUp.asset[row]!]! });
    for (const field of ['amount', 'ifHfBelow'] as const) {
      const value = topUp[field][row]!;
      if (value > 0 && value < Infinity) continue;
      desk.check.report([...path, field], value, ['numbers > 0', `found ${value}, accepted: numbers > 0.`]);
    }
  }
}
