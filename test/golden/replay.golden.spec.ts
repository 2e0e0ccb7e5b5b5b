import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { canonicalJson } from '#libs/canonical/index';
import { DEFAULT_PARAMETERS, evaluate } from '#libs/dlcm/index';
import { encodeSnapshot, parseSnapshot } from '#libs/market/index';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8'));

/**
 * A recorded evaluation, replayed at every change. It states no truth about the model (the vectors and closed forms do); it
 * notices when published bytes change. A change made on purpose records it again with
 * `node scripts/record-golden.mjs`.
 */
describe('replay of a recorded evaluation', () => {
  it('default: the recorded snapshot evaluates to the recorded bytes', () => {
    const snapshot = parseSnapshot(read('small-market.json'));
    const record = evaluate({
      snapshot,
      snapshotRoot: encodeSnapshot(snapshot).root,
      parameters: DEFAULT_PARAMETERS,
      engineVersion: 'golden',
    });
    expect(canonicalJson(record)).toBe(canonicalJson(read('small-market.evaluation.json')));
  });
});
