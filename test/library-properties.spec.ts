import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['governance', 'application', 'market', 'market/arrow'] as const;
const ROW = /^\| ((?:GOV|APP|MKT)-P\d{2}) \| (.+)\. \| ([\w.-]+\.spec\.ts) \|$/;
const NAME = /'((?:GOV|APP|MKT)-P\d{2}): ([^']+)'/g;

const listed = readFileSync(join(ROOT, 'docs', 'properties.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const match = ROW.exec(line);
    return match === null ? [] : [`${match[1]} ${match[2]} ${match[3]}`.toLowerCase()];
  });

/** Names of the property tests in the sources of a library. */
const tested = FOLDERS.flatMap((folder) => {
  const under = join(ROOT, 'libs', folder);
  const files = readdirSync(under).filter((file) => file.endsWith('.spec.ts'));
  return files.flatMap((file) =>
    [...readFileSync(join(under, file), 'utf8').matchAll(NAME)].map(([, id, sentence]) =>
      `${id} ${sentence} ${file}`.toLowerCase(),
    ),
  );
});

describe('docs/properties.md', () => {
  it('behavior: every property of governance, application and market is tested under its sentence, and listed once', () => {
    expect([...tested].sort()).toEqual([...listed].sort());
    expect(new Set(listed.map((entry) => entry.slice(0, 7))).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(15);
  });
});
