import { utf8Bytes } from '#libs/canonical/index';
import {
  positionBatches,
  type IdColumn,
  type LendingDesk,
  type PositionColumns,
} from './position-columns.js';
import type { RowPacker } from './row-packer.js';
import { TABLES, type TableName } from './snapshot-tables.js';

/** A batch whose texts are bytes, as the rows hold them. */
interface Encoded {
  readonly protocol: Uint8Array;
  readonly batch: PositionColumns;
  readonly ids: IdColumn;
  readonly assets: readonly Uint8Array[];
  readonly eModes: readonly Uint8Array[];
  readonly chains: readonly Uint8Array[];
}

const tagOf = (name: TableName): number => TABLES.find((table) => table.name === name)!.tag;
const TAGS = { position: tagOf('position'), collateral: tagOf('collateral'), debt: tagOf('debt') };

/**
 * Packs the rows of the tables position, collateral and debt straight from columns; positions that are objects are laid
 * out first. The bytes are those that encodeRow gives for the same cells.
 * @param protocols in ascending order of their ids
 */
export function packPositions(packer: RowPacker, protocols: readonly LendingDesk[]): void {
  const all = protocols.flatMap((protocol) =>
    positionBatches(protocol).map((batch) => encoded(protocol, batch)),
  );
  for (const one of all) packAccounts(packer, one);
  for (const one of all) packLegs(packer, one, 'collateral');
  for (const one of all) packLegs(packer, one, 'debt');
}

function encoded({ id }: LendingDesk, batch: PositionColumns): Encoded {
  return {
    protocol: utf8Bytes(id),
    batch,
    ids: 'bytes' in batch.ids ? batch.ids : idColumn(batch.ids),
    assets: batch.assets.map(utf8Bytes),
    eModes: batch.eModes.map(utf8Bytes),
    chains: (batch.topUp?.chains ?? []).map(utf8Bytes),
  };
}

/** Texts one after another as UTF-8. */
export function idColumn(ids: readonly string[]): IdColumn {
  const texts = ids.map(utf8Bytes);
  const first = new Int32Array(ids.length + 1);
  texts.forEach((text, i) => (first[i + 1] = first[i]! + text.length));
  const bytes = new Uint8Array(first[ids.length]!);
  texts.forEach((text, i) => bytes.set(text, first[i]));
  return { bytes, first };
}

function packAccounts(packer: RowPacker, { protocol, batch, ids, eModes, ...names }: Encoded): void {
  const { count, eMode } = batch;
  for (let row = 0; row < count; row += 1) {
    packer.begin(TAGS.position);
    packer.text(protocol, 0, protocol.length);
    packer.text(ids.bytes, ids.first[row]!, ids.first[row + 1]!);
    packOptional(packer, eModes[eMode === null ? -1 : eMode[row]!]);
    packTopUp(packer, { batch, ...names }, row);
    packer.end();
  }
}

function packTopUp(
  packer: RowPacker,
  { batch, assets, chains }: Pick<Encoded, 'batch' | 'assets' | 'chains'>,
  row: number,
): void {
  const { topUp } = batch;
  const has = topUp !== null && topUp.chain[row]! >= 0;
  packOptional(packer, has ? chains[topUp.chain[row]!] : undefined);
  packOptional(packer, has ? assets[topUp.asset[row]!] : undefined);
  packer.flag(has);
  if (has) packer.number(topUp.amount[row]!);
  packer.flag(has);
  if (has) packer.number(topUp.ifHfBelow[row]!);
}

function packOptional(packer: RowPacker, text: Uint8Array | undefined): void {
  packer.flag(text !== undefined);
  if (text !== undefined) packer.text(text, 0, text.length);
}

function packLegs(
  packer: RowPacker,
  { protocol, batch, ids, assets }: Encoded,
  side: 'collateral' | 'debt',
): void {
  const { first, asset, units } = batch[side];
  for (let row = 0; row < batch.count; row += 1) {
    const end = first[row + 1]!;
    for (let leg = first[row]!; leg < end; leg += 1) {
      const name = assets[asset[leg]!]!;
      packer.begin(TAGS[side]);
      packer.text(protocol, 0, protocol.length);
      packer.text(ids.bytes, ids.first[row]!, ids.first[row + 1]!);
      packer.text(name, 0, name.length);
      packer.number(units[leg]!);
      packer.end();
    }
  }
}
