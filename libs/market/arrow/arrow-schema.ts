import { TABLES, type ColumnType, type Table, type TableName } from '../snapshot-tables.js';

/** One column of a table in Arrow. `dictionary` names the dictionary that its texts are indices into. */
export type ArrowField = {
  readonly name: string;
  readonly nullable: boolean;
} & (
  | { readonly type: 'text' | 'number' | 'flag' | 'digest' }
  | { readonly type: 'index'; readonly dictionary: string }
  | { readonly type: 'list'; readonly children: readonly ArrowField[] }
);

/** A table of the snapshot as Arrow carries it: its own columns, then one list for each table inside its rows. */
export interface ArrowTable {
  readonly name: TableName;
  readonly fields: readonly ArrowField[];
}

/** Rows of these tables travel as lists inside the rows of position, whose two key columns they begin with. */
const LEG_TABLES: readonly TableName[] = ['collateral', 'debt'];
const KEY_COLUMNS = 2;

/** Columns of positions whose texts repeat, with the dictionary they share. */
const DICTIONARIES: Readonly<Record<string, string>> = {
  protocol: 'protocol',
  eMode: 'eMode',
  topUpChain: 'chain',
  topUpAsset: 'asset',
  asset: 'asset',
};

const PLAIN = { id: 'text', text: 'text', number: 'number', flag: 'flag', digest: 'digest' } as const;

function fieldOf(name: string, type: ColumnType, dictionary: string | undefined): ArrowField {
  const nullable = type.endsWith('?');
  if (dictionary !== undefined) return { name, nullable, type: 'index', dictionary };
  return { name, nullable, type: PLAIN[type.replace('?', '') as keyof typeof PLAIN] };
}

function fieldsOf({ names, columns }: Table, coded: boolean): ArrowField[] {
  return columns.map((type, i) => fieldOf(names[i]!, type, coded ? DICTIONARIES[names[i]!] : undefined));
}

function positionFields(position: Table): ArrowField[] {
  const lists = LEG_TABLES.map((name): ArrowField => {
    const table = TABLES.find((each) => each.name === name)!;
    return { name, nullable: false, type: 'list', children: fieldsOf(table, true).slice(KEY_COLUMNS) };
  });
  return [...fieldsOf(position, true), ...lists];
}

/** Every table as Arrow carries it, derived from the tables that identity is made of. */
export const ARROW_TABLES: readonly ArrowTable[] = TABLES.filter(
  (table) => !LEG_TABLES.includes(table.name),
).map((table) => ({
  name: table.name,
  fields: table.name === 'position' ? positionFields(table) : fieldsOf(table, false),
}));
