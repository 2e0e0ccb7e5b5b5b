import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const TESTS = join(ROOT, 'contracts', 'test');
const ROW = /^\| ([A-Z]{3}-\d{2}) \| .+\. \| (\w+\.t\.sol) \|$/;

const listed = readFileSync(join(ROOT, 'docs', 'properties.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const match = ROW.exec(line);
    return match === null ? [] : [`${match[1]} ${match[2]}`];
  });

/** Ids in the names of test functions, and those that an assertion of the same file names. */
const tested = readdirSync(TESTS)
  .filter((file) => file.endsWith('.t.sol'))
  .flatMap((file) => {
    const text = readFileSync(join(TESTS, file), 'utf8');
    const inNames = [...text.matchAll(/function test(?:Fuzz)?_([A-Z]{3})_(\d{2})_/g)].map(
      ([, area, number]) => `${area}-${number}`,
    );
    const inMessages = [...text.matchAll(/"([A-Z]{3}-\d{2}) /g)].map(([, id]) => String(id));
    return [...new Set([...inNames, ...inMessages])].map((id) => `${id} ${file}`);
  });

describe('docs/properties.md', () => {
  it('behavior: every property has a contract test, and every contract test a property', () => {
    expect([...tested].sort()).toEqual([...listed].sort());
    expect(listed.length).toBeGreaterThan(60);
  });

  it('behavior: no id is listed twice', () => {
    const ids = listed.map((entry) => entry.slice(0, 6));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
