import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const ENGINE = join(ROOT, 'libs', 'dlcm');
const ROW = /^\| (DLCM-P\d{2}) \| (.+)\. \| ([\w.-]+\.spec\.ts) \|$/;
const NAME = /'(DLCM-P\d{2}): ([^']+)'/g;

const listed = readFileSync(join(ROOT, 'docs', 'properties.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const match = ROW.exec(line);
    return match === null ? [] : [`${match[1]} ${match[2]} ${match[3]}`];
  });

/** Names of the property tests anywhere in the engine. */
const tested = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.spec.ts'))
  .flatMap((file) =>
    [...readFileSync(join(ENGINE, file), 'utf8').matchAll(NAME)].map(
      ([, id, sentence]) => `${id} ${sentence} ${file.split(/[\\/]/).at(-1)}`,
    ),
  );

describe('docs/properties.md', () => {
  it('behavior: every property of the engine is tested under its sentence, and listed once', () => {
    expect([...tested].sort()).toEqual([...listed].sort());
    expect(new Set(listed.map((entry) => entry.slice(0, 8))).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(10);
  });
});
