import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PARAMETERS, DEFAULT_REMEDY_COSTS } from '#libs/dlcm/index';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'model', 'lineage.md');
const ROW = /^\| `([\w.]+)`\s+\| `([^`]+)`\s+\| ([\w-]+)\s+\| (.+?)\s*\|$/;

/** Every leaf of a parameter object by its path; a list is one leaf. */
function leaves(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`));
}

describe('docs/model/lineage.md', () => {
  it('default: lists every default parameter with its value, its kind and its origin', () => {
    const rows = readFileSync(PAGE, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const match = ROW.exec(line);
        return match === null ? [] : [{ name: match[1]!, value: match[2]!, origin: match[4]! }];
      });
    const expected = [...leaves(DEFAULT_PARAMETERS, ''), ...leaves(DEFAULT_REMEDY_COSTS, 'remedy')];
    expect(rows.map(({ name, value }) => [name, value])).toEqual(expected);
    for (const { origin } of rows) expect(origin.length).toBeGreaterThan(8);
  });
});
