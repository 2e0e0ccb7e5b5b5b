import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorCodesInDocs, errorCodesInSources } from './support/error-codes.js';
import { forbiddenInPureCode } from './support/forbidden-syntax.js';
import { importsOf, runtimeReach, type ImportGraph } from './support/import-graph.js';
import { APPS, EDGES, LAYERS, PURE, PROTOCOL_PACKAGES, layerOf } from './support/layer-table.js';

const ROOT = process.cwd();

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(spec|d)\.ts$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

const files = ['libs', 'apps', 'contracts/generated']
  .flatMap(sourceFiles)
  .filter((file) => !file.startsWith('libs/persistence/generated/'));
const graph: ImportGraph = new Map(
  files.map((file) => [file, importsOf(file, readFileSync(join(ROOT, file), 'utf8'))]),
);

/** All imports that leave their own layer, as "file -> target" with the target's layer or package. */
const crossings = [...graph].flatMap(([file, imports]) =>
  imports
    .map((entry) => ({
      file,
      from: layerOf(file),
      to: entry.file === null ? entry.specifier : layerOf(entry.file),
      entry,
    }))
    .filter(({ from, to }) => from !== to),
);

describe('layers', () => {
  it('behavior: every source file belongs to a layer of the table', () => {
    expect(
      files.filter((file) => !file.startsWith('contracts/') && LAYERS[layerOf(file)] === undefined),
    ).toEqual([]);
  });

  it('behavior: a layer imports only the layers that DESIGN allows it', () => {
    const wrong = crossings.filter(
      ({ from, to, entry }) => entry.file !== null && !(LAYERS[from]?.layers ?? []).includes(to),
    );
    expect(wrong.map(({ file, entry }) => `${file} -> ${entry.specifier}`)).toEqual([]);
  });

  it('behavior: a layer imports only its own packages', () => {
    const wrong = crossings.filter(({ from, entry }) => {
      if (entry.file !== null) return false;
      const allowed = LAYERS[from]?.packages ?? [];
      return (
        allowed !== 'any' &&
        !allowed.some((name) => entry.specifier === name || entry.specifier.startsWith(`${name}/`))
      );
    });
    expect(wrong.map(({ file, entry }) => `${file} -> ${entry.specifier}`)).toEqual([]);
  });

  it('behavior: a library is entered through its door', () => {
    const wrong = crossings.filter(
      ({ entry, to }) => to.startsWith('libs/') && entry.file !== `${to}/index.ts`,
    );
    expect(wrong.map(({ file, entry }) => `${file} -> ${entry.specifier}`)).toEqual([]);
  });

  it('behavior: every import names a file that exists', () => {
    const missing = [...graph].flatMap(([file, imports]) =>
      imports
        .filter((entry) => entry.file !== null && !graph.has(entry.file))
        .map((entry) => `${file} -> ${entry.specifier}`),
    );
    expect(missing.filter((line) => !line.includes('generated/'))).toEqual([]);
  });

  it('behavior: the protocol packages are imported by the local world alone', () => {
    const wrong = crossings.filter(
      ({ file, entry }) =>
        PROTOCOL_PACKAGES.some((name) => entry.specifier.startsWith(name)) && !file.startsWith('apps/local/'),
    );
    expect(wrong.map(({ file, entry }) => `${file} -> ${entry.specifier}`)).toEqual([]);
  });
});

describe('transitive reach at run time', () => {
  const reached = (app: string): ReadonlySet<string> =>
    new Set(
      [
        ...runtimeReach(
          graph,
          files.filter((file) => layerOf(file) === app),
        ),
      ].map(layerOf),
    );

  it.each(APPS)('behavior: $app does not contain $without', ({ app, without }) => {
    expect(without.filter((layer) => reached(app).has(layer))).toEqual([]);
  });

  it('behavior: pure libraries reach pure libraries only', () => {
    for (const library of PURE) {
      const outside = [...reached(library)].filter(
        (layer) => !PURE.includes(layer) && !layer.startsWith('contracts'),
      );
      expect({ library, outside }).toEqual({ library, outside: [] });
    }
  });

  it('behavior: the stages reach no edge', () => {
    expect(EDGES.filter((layer) => reached('libs/application').has(layer))).toEqual([]);
  });
});

describe('pure libraries', () => {
  it('behavior: no clock, no chance, no host, no asynchrony, no engine-dependent mathematics', () => {
    const found = files
      .filter((file) => PURE.includes(layerOf(file)))
      .flatMap((file) => forbiddenInPureCode(file, readFileSync(join(ROOT, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const inSources = errorCodesInSources(ROOT, ['libs', 'apps', 'scripts', 'tools']);
  const inDocs = errorCodesInDocs(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8'));

  it('behavior: every code thrown has a row', () => {
    expect([...inSources].filter((code) => !inDocs.includes(code)).sort()).toEqual([]);
  });

  it('behavior: every row is thrown somewhere, and no code has two rows', () => {
    expect(inDocs.filter((code) => !inSources.has(code))).toEqual([]);
    expect(inDocs.filter((code, i) => inDocs.indexOf(code) !== i)).toEqual([]);
  });
});
