import { afterAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_PARAMETERS, evaluate } from '#libs/dlcm/index';
import { marketFactory } from '#test/support/market-factory';
import { fromFailure, toFailure } from './engine-requests.js';
import { threadedEngine } from './threaded-engine.js';

const ENGINE_VERSION = '0x' + '12'.repeat(32);
const ROOT = `0x${'34'.repeat(32)}` as const;

describe('threadedEngine', () => {
  const engine = threadedEngine(ENGINE_VERSION);
  afterAll(() => engine.close());

  it('behavior: gives the bytes that the same engine gives in this thread', async () => {
    const snapshot = marketFactory('threaded engine', 20);
    const here = evaluate({
      snapshot,
      snapshotRoot: ROOT,
      parameters: DEFAULT_PARAMETERS,
      engineVersion: ENGINE_VERSION,
    });
    const there = await engine.evaluate({ snapshot, snapshotRoot: ROOT });
    expect(JSON.stringify(there)).toBe(JSON.stringify(here));
  });

  it('error: keeps the code and the fields of a refusal, which is final', async () => {
    const snapshot = { ...marketFactory('refused', 5), bridges: [{ id: 'wormhole' }] } as never;
    const attempt = engine.evaluate({ snapshot, snapshotRoot: ROOT });
    await expect(attempt).rejects.toMatchObject({
      code: expect.stringMatching(/^DLCM-\d{3}$/),
      retryable: false,
    });
  });
});

describe('threadedEngine after close', () => {
  it('error: QUE-211, retryable, for the request in hand and for later ones', async () => {
    const engine = threadedEngine(ENGINE_VERSION);
    const inHand = engine.evaluate({ snapshot: marketFactory('closing', 50), snapshotRoot: ROOT });
    const failed = expect(inHand).rejects.toMatchObject({ code: 'QUE-211', retryable: true });
    await engine.close();
    await failed;
    const later = engine.evaluate({ snapshot: marketFactory('closed', 5), snapshotRoot: ROOT });
    await expect(later).rejects.toMatchObject({ code: 'QUE-211' });
  });
});

describe('toFailure', () => {
  it('default: an error survives the passage as plain data', () => {
    const error = Object.assign(new RangeError('too far'), { code: 'DLCM-999', limit: 3 });
    const back = fromFailure(structuredClone(toFailure(error)));
    expect(back).toMatchObject({ name: 'RangeError', message: 'too far', code: 'DLCM-999', limit: 3 });
  });
});
