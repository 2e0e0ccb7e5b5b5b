import type { z } from 'zod';
import type { SnapshotIssue } from './market-errors.js';

const SHOWN = 60;
const DEPTH_SHOWN = 3;
const ENTRIES_SHOWN = 8;

/** Short text of any value, for messages: its size and depth cost nothing. */
export function preview(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(shortened(value, DEPTH_SHOWN)) ?? typeof value;
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, SHOWN + 1);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '...';
  if (Array.isArray(value)) return value.slice(0, ENTRIES_SHOWN).map((item) => shortened(item, depth - 1));
  const keys = Object.keys(value).slice(0, ENTRIES_SHOWN);
  return Object.fromEntries(keys.map((key) => [key, shortened(Reflect.get(value, key), depth - 1)]));
}

/** JSON pointer of a path (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function acceptedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'number'
        ? 'a finite number'
        : issue.expected === 'int'
          ? 'a whole number'
          : `${issue.expected}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `at least ${issue.minimum} entries`
        : `numbers ${issue.inclusive ? '>=' : '>'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `at most ${issue.maximum} characters`
        : `numbers ${issue.inclusive ? '<=' : '<'} ${issue.maximum}`;
    case 'invalid_value':
      return issue.values.map((value) => preview(value)).join(' or ');
    case 'unrecognized_keys':
      return `no field named ${issue.keys.map((key) => preview(key)).join(', ')}`;
    case 'invalid_union':
      return 'one of the known kinds';
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'an identifier';
    default:
      return issue.message;
  }
}

/** Issues of a failed shape check, with pointer, value and what is accepted. */
export function issuesOf(error: z.ZodError, root: unknown): SnapshotIssue[] {
  return error.issues.map((issue) => {
    const value = preview(valueAt(root, issue.path));
    const accepted = acceptedBy(issue);
    return {
      pointer: pointerOf(issue.path),
      value,
      accepted,
      message: `found ${value}, accepted: ${accepted}.`,
    };
  });
}
