import { SnapshotArrowError } from '../market-errors.js';
import type { LegColumns, PositionColumns, TopUpColumns } from '../position-columns.js';
import { isSet, type ArrowColumn } from './arrow-columns.js';
import type { ReadField } from './read-schema.js';

/** A record batch of table position. */
export interface PositionBatch {
  readonly fields: readonly ReadField[];
  readonly columns: readonly (ArrowColumn | null)[];
  readonly rows: number;
  readonly dictionaries: ReadonlyMap<number, readonly string[]>;
}

type Named = (name: string) => ArrowColumn | null;
type Texts = (name: string) => readonly string[];

/**
 * Adds the positions of a batch, which are of one protocol, to those of that protocol.
 * @throws SnapshotArrowError (MKT-104) for indices outside their dictionary, several protocols, or part of a top-up.
 */
export function positionsOfBatch(batch: PositionBatch, into: Map<string, PositionColumns[]>): void {
  if (batch.rows === 0) return;
  const named: Named = (name) =>
    batch.columns[batch.fields.findIndex(({ field }) => field.name === name)] ?? null;
  const texts: Texts = (name) =>
    dictionaryOf(
      batch,
      batch.fields.find(({ field }) => field.name === name)!,
    );
  const protocol = oneProtocol(indexOf(named('protocol')), texts('protocol'));
  const ids = named('id');
  if (ids?.type !== 'text') throw refusal('id', 'nothing', 'texts');
  const assets = sharedAssets(batch);
  const columns: PositionColumns = {
    count: batch.rows,
    ids: { bytes: ids.bytes, first: ids.first },
    assets,
    collateral: legs(named('collateral'), 'collateral', assets.length),
    debt: legs(named('debt'), 'debt', assets.length),
    eModes: texts('eMode'),
    eMode: indicesOrNone(named('eMode'), 'eMode', texts('eMode').length),
    topUp: topUps(named, texts('topUpChain'), assets.length),
  };
  const batches = into.get(protocol);
  if (batches === undefined) into.set(protocol, [columns]);
  else batches.push(columns);
}

function dictionaryOf(
  { dictionaries }: PositionBatch,
  { field, present, dictionary }: ReadField,
): readonly string[] {
  if (!present) return [];
  const texts = dictionaries.get(dictionary);
  if (texts === undefined) throw refusal(field.name, 'no dictionary', 'a dictionary before the record batch');
  if (new Set(texts).size < texts.length)
    throw refusal(field.name, 'a text twice', 'a dictionary of distinct texts');
  return texts;
}

/** Every column of assets has one dictionary, so that indices need no translation. */
function sharedAssets(batch: PositionBatch): readonly string[] {
  const all = batch.fields.flatMap((each) => [each, ...each.children]);
  const coded = all.filter(
    ({ field, present }) => present && field.type === 'index' && field.dictionary === 'asset',
  );
  if (coded.some(({ dictionary }) => dictionary !== coded[0]!.dictionary))
    throw refusal('asset', 'several dictionaries of assets', 'one dictionary for all columns of assets');
  return dictionaryOf(batch, coded[0]!);
}

function oneProtocol(indices: Int32Array, texts: readonly string[]): string {
  const [index] = indices;
  const protocol = texts[index ?? -1];
  if (protocol === undefined) throw refusal('protocol', `index ${index}`, 'an index into the dictionary');
  if (indices.some((other) => other !== index))
    throw refusal('protocol', 'several protocols', 'one protocol in each record batch');
  return protocol;
}

const indexOf = (column: ArrowColumn | null): Int32Array =>
  column?.type === 'index' ? column.values : new Int32Array();

function legs(column: ArrowColumn | null, name: string, assets: number): LegColumns {
  const [asset, amount] = column?.type === 'list' ? column.children : [];
  if (column?.type !== 'list' || asset?.type !== 'index' || amount?.type !== 'number')
    throw refusal(name, 'nothing', 'a list of assets and amounts');
  const { first } = column;
  for (let leg = first[0]!; leg < first.at(-1)!; leg += 1) checkIndex(asset.values[leg]!, assets, name);
  return { first, asset: asset.values, units: amount.values };
}

function checkIndex(index: number, length: number, name: string): void {
  if (index < 0 || index >= length)
    throw refusal(name, `index ${index}`, `an index into the dictionary of ${length}`);
}

/** Indices with -1 for none: a view when every row has one, a copy otherwise. */
function indicesOrNone(column: ArrowColumn | null, name: string, length: number): Int32Array | null {
  if (column?.type !== 'index') return null;
  const { values, valid } = column;
  const indices = valid === null ? values : values.map((value, row) => (isSet(valid, row) ? value : -1));
  for (let row = 0; row < indices.length; row += 1) {
    if (isSet(valid, row)) checkIndex(indices[row]!, length, name);
  }
  return indices;
}

function topUps(named: Named, chains: readonly string[], assets: number): TopUpColumns | null {
  const chain = indicesOrNone(named('topUpChain'), 'topUpChain', chains.length);
  const asset = indicesOrNone(named('topUpAsset'), 'topUpAsset', assets);
  const amount = numbersOrZero(named('topUpAmount'));
  const ifHfBelow = numbersOrZero(named('topUpIfHfBelow'));
  const parts = [chain, asset, amount, ifHfBelow];
  if (parts.every((part) => part === null)) return null;
  const rows = ['topUpChain', 'topUpAsset', 'topUpAmount', 'topUpIfHfBelow'].map(named);
  if (
    chain === null ||
    asset === null ||
    amount === null ||
    ifHfBelow === null ||
    !sameRows(rows, chain.length)
  )
    throw refusal('topUpChain', 'part of a top-up', 'chain, asset, amount and health factor, or none');
  return { chains, chain, asset, amount, ifHfBelow };
}

function sameRows(columns: readonly (ArrowColumn | null)[], rows: number): boolean {
  const valid = columns.map((column) => (column !== null && 'valid' in column ? column.valid : null));
  for (let row = 0; row < rows; row += 1) {
    if (valid.some((bits) => isSet(bits, row) !== isSet(valid[0]!, row))) return false;
  }
  return true;
}

function numbersOrZero(column: ArrowColumn | null): Float64Array | null {
  if (column?.type !== 'number') return null;
  const { values, valid } = column;
  return valid === null ? values : values.map((value, row) => (isSet(valid, row) ? value : 0));
}

function refusal(column: string, found: string, accepted: string): SnapshotArrowError {
  return new SnapshotArrowError('position', column, found, accepted);
}
