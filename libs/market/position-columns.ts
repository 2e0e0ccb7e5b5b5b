import type { LendingProtocol, Position, Snapshot, TopUp } from './snapshot.js';

/** Position ids as UTF-8 text: id `i` is bytes `first[i]` to `first[i + 1] - 1`. */
export interface IdColumn {
  readonly bytes: Uint8Array;
  readonly first: Int32Array;
}

/** Legs of many positions: those of position `i` are rows `first[i]` to `first[i + 1] - 1`. */
export interface LegColumns {
  /** One more row than positions; may start above 0, as in a slice of a larger table. */
  readonly first: Int32Array;
  /** Index into the dictionary of assets. */
  readonly asset: Int32Array;
  /** Whole tokens. */
  readonly units: Float64Array;
}

/** Reserves that owners bring in when health falls below their mark. */
export interface TopUpColumns {
  readonly chains: readonly string[];
  /** Index into `chains`; -1 for a position without a reserve. */
  readonly chain: Int32Array;
  readonly asset: Int32Array;
  /** Whole tokens. */
  readonly amount: Float64Array;
  readonly ifHfBelow: Float64Array;
}

/**
 * Positions of one lending protocol as columns, for instance the views of one Arrow record batch: nothing is copied and no
 * object is made per position. Ids ascend.
 */
export interface PositionColumns {
  readonly count: number;
  readonly ids: readonly string[] | IdColumn;
  /** Dictionary of asset ids. */
  readonly assets: readonly string[];
  readonly collateral: LegColumns;
  readonly debt: LegColumns;
  /** Dictionary of e-mode ids. */
  readonly eModes: readonly string[];
  /** Index into `eModes`, -1 for none; null when no position is in one. */
  readonly eMode: Int32Array | null;
  readonly topUp: TopUpColumns | null;
}

/** All positions of one protocol, batch after batch, ids ascending throughout. */
export interface PositionBatches {
  readonly batches: readonly PositionColumns[];
}

/** A lending protocol without its positions. */
export type LendingTerms = Omit<LendingProtocol, 'positions'>;

/** A lending protocol whose positions are objects or columns. */
export interface LendingDesk extends LendingTerms {
  readonly positions: readonly Position[] | PositionBatches;
}

/** A snapshot whose positions may be columns; every `Snapshot` is one. */
export interface MarketSnapshot extends Omit<Snapshot, 'lending'> {
  readonly lending: readonly LendingDesk[];
}

/** The positions of a protocol as columns; objects are sorted by id and laid out, columns are taken as they are. */
export function positionBatches(protocol: LendingDesk): readonly PositionColumns[] {
  const { positions } = protocol;
  return 'batches' in positions ? positions.batches : [positionColumns(positions)];
}

/** Number of positions of a protocol. */
export function positionCount(protocol: LendingDesk): number {
  const { positions } = protocol;
  if (!('batches' in positions)) return positions.length;
  return positions.batches.reduce((sum, batch) => sum + batch.count, 0);
}

/** Every position of a protocol as an object, made one by one where they are columns. */
export function* positionsOf(protocol: LendingDesk): Generator<Position> {
  const { positions } = protocol;
  if (!('batches' in positions)) {
    yield* positions;
    return;
  }
  for (const batch of positions.batches) {
    for (let row = 0; row < batch.count; row += 1) yield positionAt(batch, row);
  }
}

/**
 * Lays positions out as columns, in id order, legs in asset id order.
 * @param positions in any order
 */
export function positionColumns(positions: readonly Position[]): PositionColumns {
  const sorted = [...positions].sort((a, b) => compare(a.id, b.id));
  const assets = dictionary(
    sorted.flatMap(({ collateral, debt, topUp }) => [
      ...Object.keys(collateral),
      ...Object.keys(debt),
      ...(topUp === null ? [] : [topUp.asset]),
    ]),
  );
  const eModes = dictionary(sorted.flatMap(({ eMode }) => (eMode === null ? [] : [eMode])));
  return {
    count: sorted.length,
    ids: sorted.map(({ id }) => id),
    assets: [...assets.keys()],
    collateral: legColumns(
      sorted.map((position) => position.collateral),
      assets,
    ),
    debt: legColumns(
      sorted.map((position) => position.debt),
      assets,
    ),
    eModes: [...eModes.keys()],
    eMode: eModes.size === 0 ? null : Int32Array.from(sorted, ({ eMode }) => eModes.get(eMode ?? '') ?? -1),
    topUp: topUpColumns(
      sorted.map((position) => position.topUp),
      assets,
    ),
  };
}

/** Id of row `row` of a batch. */
export function idAt({ ids }: Pick<PositionColumns, 'ids'>, row: number): string {
  return 'bytes' in ids ? utf8(ids.bytes, ids.first[row]!, ids.first[row + 1]!) : ids[row]!;
}

function positionAt(batch: PositionColumns, row: number): Position {
  const legs = ({ first, asset, units }: LegColumns) =>
    Object.fromEntries(
      Array.from({ length: first[row + 1]! - first[row]! }, (_, j) => [
        batch.assets[asset[first[row]! + j]!]!,
        units[first[row]! + j]!,
      ]),
    );
  const mode = batch.eMode?.[row] ?? -1;
  return {
    id: idAt(batch, row),
    collateral: legs(batch.collateral),
    debt: legs(batch.debt),
    eMode: mode < 0 ? null : batch.eModes[mode]!,
    topUp: topUpAt(batch, row),
  };
}

function topUpAt({ topUp, assets }: PositionColumns, row: number): TopUp | null {
  if (topUp === null || topUp.chain[row]! < 0) return null;
  return {
    chain: topUp.chains[topUp.chain[row]!]!,
    asset: assets[topUp.asset[row]!]!,
    amount: topUp.amount[row]!,
    ifHfBelow: topUp.ifHfBelow[row]!,
  };
}

function dictionary(ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(ids)].sort().map((id, i) => [id, i]));
}

function legColumns(
  legs: readonly Readonly<Record<string, number>>[],
  assets: ReadonlyMap<string, number>,
): LegColumns {
  const ids = legs.map((amounts) => Object.keys(amounts).sort());
  const first = new Int32Array(legs.length + 1);
  ids.forEach((list, i) => (first[i + 1] = first[i]! + list.length));
  return {
    first,
    asset: Int32Array.from(ids.flat(), (id) => assets.get(id)!),
    units: Float64Array.from(ids.flatMap((list, i) => list.map((id) => legs[i]![id]!))),
  };
}

function topUpColumns(
  topUps: readonly (TopUp | null)[],
  assets: ReadonlyMap<string, number>,
): TopUpColumns | null {
  if (topUps.every((topUp) => topUp === null)) return null;
  const chains = dictionary(topUps.flatMap((topUp) => (topUp === null ? [] : [topUp.chain])));
  return {
    chains: [...chains.keys()],
    chain: Int32Array.from(topUps, (topUp) => (topUp === null ? -1 : chains.get(topUp.chain)!)),
    asset: Int32Array.from(topUps, (topUp) => (topUp === null ? -1 : assets.get(topUp.asset)!)),
    amount: Float64Array.from(topUps, (topUp) => topUp?.amount ?? 0),
    ifHfBelow: Float64Array.from(topUps, (topUp) => topUp?.ifHfBelow ?? 0),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const LAST_POINT = 0x10ffff;
const REPLACEMENT = 0xfffd;

/** Decodes UTF-8; what is not, which only a message can show, in some way or other. The pure layers have no TextDecoder. */
function utf8(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to;) {
    const lead = bytes[i]!;
    const more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let point = more === 0 ? lead : lead & (0x3f >> more);
    for (let j = 1; j <= more; j += 1) point = (point << 6) | (bytes[i + j]! & 0x3f);
    text += String.fromCodePoint(point > LAST_POINT ? REPLACEMENT : point);
    i += more + 1;
  }
  return text;
}
