import { afterAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_PARAMETERS, pointAt, scenarioOf, ssfThreshold, systemOf } from '#libs/dlcm/index';
import { marketFactory } from '#test/support/market-factory';
import { scenarioPool } from './scenario-pool.js';

const SHOCKS = [0.4, 0.05, 0.6, 0.2, 0.3];
const snapshot = marketFactory('scenario pool', 60);
const scenario = {
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0),
  path: { shape: 'exp', durationSec: 120, stepSec: 12 },
} as const;
const search = { ...DEFAULT_PARAMETERS.search, triggerPoints: 8 };

describe.each([1, 2, 3])('scenarioPool with %s threads', (threads) => {
  const pool = scenarioPool(systemOf(snapshot), { threads });
  afterAll(() => pool.close());

  it('CMP-P01: Any number of threads gives the points that one thread gives, in the order asked for', async () => {
    const seen: number[] = [];
    const points = await pool.sweep(scenario, SHOCKS, (done, of) => seen.push(done / of));
    const system = systemOf(snapshot);
    expect(points).toEqual(SHOCKS.map((shock) => pointAt(system, scenario, shock)));
    expect(seen).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('CMP-P02: Any number of threads gives the same search, count of evaluations included', async () => {
    expect(await pool.ssfThreshold({ scenario, search })).toEqual(
      ssfThreshold({ snapshot, scenario, search }),
    );
  });
});

describe('scenarioPool', () => {
  it('error: a refusal of the engine keeps its code', async () => {
    const pool = scenarioPool(systemOf(snapshot), { threads: 1 });
    const bad = { ...scenario, inventoryShare: 7 };
    await expect(pool.sweep(bad, [0.1])).rejects.toMatchObject({ code: 'DLCM-142' });
    await pool.close();
  });

  it('error: QUE-212, retryable, when a thread ends in the middle and after close', async () => {
    const thread = new URL('../../test/support/dying-thread.js', import.meta.url).href;
    const pool = scenarioPool(systemOf(snapshot), { threads: 1, thread });
    await expect(pool.sweep(scenario, [0.1])).rejects.toMatchObject({ code: 'QUE-212', retryable: true });
    await pool.close();
    await expect(pool.sweep(scenario, [0.1])).rejects.toMatchObject({ code: 'QUE-212' });
  });
});
