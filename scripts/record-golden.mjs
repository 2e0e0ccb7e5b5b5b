// Records the evaluation of test/golden/small-market.json again, after a change that is meant to change published numbers.
import { readFileSync, writeFileSync } from 'node:fs';
import { DEFAULT_PARAMETERS, evaluate } from '../dist/libs/dlcm/index.js';
import { encodeSnapshot, parseSnapshot } from '../dist/libs/market/index.js';

const folder = new URL('../test/golden/', import.meta.url);
const snapshot = parseSnapshot(JSON.parse(readFileSync(new URL('small-market.json', folder), 'utf8')));
const record = evaluate({
  snapshot,
  snapshotRoot: encodeSnapshot(snapshot).root,
  parameters: DEFAULT_PARAMETERS,
  engineVersion: 'golden',
});
writeFileSync(new URL('small-market.evaluation.json', folder), `${JSON.stringify(record, null, 1)}\n`);
