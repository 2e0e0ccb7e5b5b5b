import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { SourceError } from '../source-error.js';

/** Largest file after unpacking: real chains and tick maps stay below 1 MiB; a bomb of compressed zeros does not. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** Reads one field of a row. Throws SRC-203 with file, line, column, value and what is accepted. */
export interface CsvRow {
  text(column: string): string;
  number(column: string): number;
  /** Null where the field is empty: the source has no value. */
  optionalNumber(column: string): number | null;
  integer(column: string): bigint;
  oneOf<T extends string>(column: string, accepted: readonly T[]): T;
}

/** Rows of a csv file with one header row; `.gz` is unpacked. */
export function readCsv(path: string, columns: readonly string[]): CsvRow[] {
  const file = basename(path);
  const records = parseRecords(readText(path), file);
  const header = records[0] ?? [];
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new SourceError(
      'SRC-202',
      `${file} has no column ${missing.join(', ')}; its columns are ${header.join(', ')}. Pass the file that the reader is for.`,
      { file, missing },
    );
  }
  return records.slice(1).map((record, i) => rowOf(record, header, { file, line: i + 2 }));
}

/** Text of a file, unpacked when its name ends in .gz. */
export function readText(path: string): string {
  const file = basename(path);
  try {
    const bytes = readFileSync(path);
    return (
      path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }) : bytes
    ).toString('utf8');
  } catch (cause) {
    throw new SourceError(
      'SRC-201',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. Check the path and that the file is whole.`,
      { path },
      { cause },
    );
  }
}

function parseRecords(text: string, file: string): string[][] {
  try {
    return parse(text, { skip_empty_lines: true }) as string[][];
  } catch (cause) {
    throw new SourceError(
      'SRC-202',
      `${file} is not a table with equal rows: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file },
      { cause },
    );
  }
}

function rowOf(
  record: readonly string[],
  header: readonly string[],
  at: { readonly file: string; readonly line: number },
): CsvRow {
  const field = (column: string): string => record[header.indexOf(column)] ?? '';
  const refuse = (column: string, accepted: string): never => {
    const value = field(column);
    throw new SourceError(
      'SRC-203',
      `${at.file}, line ${at.line}: ${column} is "${value}"; accepted: ${accepted}.`,
      { ...at, column, value },
    );
  };
  const number = (column: string): number => {
    const text = field(column);
    return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
      ? Number(text)
      : refuse(column, 'a finite number');
  };
  return {
    number,
    text: (column) => (field(column) === '' ? refuse(column, 'a text') : field(column)),
    optionalNumber: (column) => (field(column) === '' ? null : number(column)),
    integer: (column) =>
      /^-?\d+$/.test(field(column)) ? BigInt(field(column)) : refuse(column, 'a whole number'),
    oneOf: (column, accepted) =>
      accepted.find((value) => value === field(column)) ?? refuse(column, accepted.join(' or ')),
  };
}
