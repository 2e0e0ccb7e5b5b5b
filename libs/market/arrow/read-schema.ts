import { SnapshotArrowError } from '../market-errors.js';
import { DIGEST_BYTES } from './arrow-columns.js';
import { CODING, DOUBLE_PRECISION, FIELD, INDEX_BITS, KIND, LITTLE_ENDIAN, SCHEMA } from './arrow-format.js';
import { ARROW_TABLES, type ArrowField, type ArrowTable } from './arrow-schema.js';
import type { FlatTable } from './flat-reader.js';

/** A field of the table as a stream carries it: present or left out, and the id of its dictionary. */
export interface ReadField {
  readonly field: ArrowField;
  readonly present: boolean;
  readonly dictionary: number;
  readonly children: readonly ReadField[];
}

export interface ReadSchema {
  readonly table: ArrowTable;
  readonly fields: readonly ReadField[];
}

const FORMAT = 'dlcm-snapshot/1';

/**
 * The table that a schema declares, every column checked against the snapshot's own schema; nullable columns may be absent.
 * @throws SnapshotArrowError (MKT-104) naming table and column.
 */
export function readSchema(schema: FlatTable): ReadSchema {
  if (schema.number(SCHEMA.endianness, 2) !== LITTLE_ENDIAN)
    throw new SnapshotArrowError('', '', 'big-endian numbers', 'little-endian numbers');
  const metadata = new Map(schema.tables(SCHEMA.metadata).map((entry) => [entry.text(0), entry.text(1)]));
  const format = metadata.get('format') ?? 'none';
  if (format !== FORMAT) throw new SnapshotArrowError('', '', `format ${format.slice(0, 40)}`, FORMAT);
  const name = metadata.get('table') ?? 'none';
  const table = ARROW_TABLES.find((each) => each.name === name);
  if (table === undefined)
    throw new SnapshotArrowError(name.slice(0, 40), '', 'an unknown table', 'the tables of dlcm-snapshot/1');
  return { table, fields: matchFields(table.name, table.fields, schema.tables(SCHEMA.fields)) };
}

function matchFields(
  table: string,
  expected: readonly ArrowField[],
  found: readonly FlatTable[],
): ReadField[] {
  let next = 0;
  const fields = expected.map((field) => {
    const candidate = found[next];
    const name = candidate?.text(FIELD.name);
    if (candidate !== undefined && name === field.name) {
      next += 1;
      return matchField(table, field, candidate);
    }
    if (!field.nullable)
      throw new SnapshotArrowError(
        table,
        field.name,
        name?.slice(0, 40) ?? 'nothing',
        `column ${field.name}`,
      );
    return { field, present: false, dictionary: -1, children: [] };
  });
  const extra = found[next]?.text(FIELD.name).slice(0, 40);
  if (extra !== undefined)
    throw new SnapshotArrowError(
      table,
      extra,
      'an unknown column',
      expected.map(({ name }) => name).join(', '),
    );
  return fields;
}

function matchField(table: string, field: ArrowField, found: FlatTable): ReadField {
  const refuse = (what: string, accepted: string): never => {
    throw new SnapshotArrowError(table, field.name, what, accepted);
  };
  const coding = found.table(FIELD.dictionary);
  if (field.nullable !== (found.number(FIELD.nullable, 1) !== 0))
    refuse(
      field.nullable ? 'a column without nulls' : 'a nullable column',
      field.nullable ? 'nullable' : 'not nullable',
    );
  if ((coding !== null) !== (field.type === 'index'))
    refuse(coding === null ? 'plain values' : 'a dictionary', field.type);
  const indexType = coding?.table(CODING.indexType) ?? null;
  if (coding !== null && (indexType?.number(0, 4) !== INDEX_BITS || indexType.number(1, 1) !== 1))
    refuse('indices of another type', 'signed 32-bit indices');
  if (!isKind(field, found)) refuse(`type ${found.number(FIELD.typeKind, 1)}`, field.type);
  const children = field.type === 'list' ? matchFields(table, field.children, structOf(table, found)) : [];
  return { field, present: true, dictionary: coding?.number(CODING.id, 8) ?? -1, children };
}

function isKind({ type }: ArrowField, found: FlatTable): boolean {
  const kind = found.number(FIELD.typeKind, 1);
  const detail = found.table(FIELD.type);
  switch (type) {
    case 'text':
    case 'index':
      return kind === KIND.text;
    case 'number':
      return kind === KIND.float && detail?.number(0, 2) === DOUBLE_PRECISION;
    case 'flag':
      return kind === KIND.flag;
    case 'digest':
      return kind === KIND.fixedBytes && detail?.number(0, 4) === DIGEST_BYTES;
    case 'list':
      return kind === KIND.list;
  }
}

function structOf(table: string, list: FlatTable): FlatTable[] {
  const [item, ...others] = list.tables(FIELD.children);
  if (item?.number(FIELD.typeKind, 1) !== KIND.struct || others.length > 0)
    throw new SnapshotArrowError(table, list.text(FIELD.name), 'a list of another type', 'a list of structs');
  return item.tables(FIELD.children);
}
