import { describe, expect, it } from '@jest/globals';
import { followsRounds, oracleOf, pushOracle, readOracle } from './oracle.js';
import { priceHistory, recordTick } from './price-history.js';

const rule = { latencySec: 0, twapSec: 0, heartbeatSec: null, deviation: null };
const prices = (...values: number[]) => Float64Array.from(values);

/** A history of one asset with the given end-of-tick prices after a snapshot at 100. */
function historyOf(...ticks: number[]) {
  const history = priceHistory(prices(100));
  for (const price of ticks) recordTick(history, prices(price));
  return history;
}

describe('readOracle', () => {
  it('default: without latency shows the price of the current round', () => {
    const oracle = oracleOf(rule, 12, prices(100));
    readOracle(oracle, { history: historyOf(90), k: 2, market: prices(77) });
    expect(oracle.price[0]).toBe(77);
    expect(followsRounds(oracle)).toBe(true);
  });

  it('behavior: latency is rounded up to whole ticks and reaches back to the snapshot', () => {
    const oracle = oracleOf({ ...rule, latencySec: 13 }, 12, prices(100));
    expect(oracle.lag).toBe(2);
    readOracle(oracle, { history: historyOf(90, 80), k: 3, market: prices(70) });
    expect(oracle.price[0]).toBe(90);
    readOracle(oracle, { history: historyOf(), k: 1, market: prices(70) });
    expect(oracle.price[0]).toBe(100);
  });

  it('behavior: a TWAP is the geometric mean of its samples, the current round included', () => {
    const oracle = oracleOf({ ...rule, twapSec: 24 }, 12, prices(100));
    readOracle(oracle, { history: historyOf(400), k: 2, market: prices(900) });
    // sqrt(400 x 900) = 600
    expect(oracle.price[0]).toBeCloseTo(600, 10);
  });
});

describe('pushOracle', () => {
  const pushed = { ...rule, heartbeatSec: 60, deviation: 0.01 };

  it('default: keeps its last push while the move is small and the push is young', () => {
    const oracle = oracleOf(pushed, 12, prices(100));
    const at = { history: historyOf(), k: 1, market: prices(99.5) };
    expect(readOracle(oracle, at)).toBe(false);
    pushOracle(oracle, { ...at, sec: 12 });
    expect(oracle.price[0]).toBe(100);
  });

  it('behavior: pushes at the deviation and at the heartbeat', () => {
    const byMove = oracleOf(pushed, 12, prices(100));
    pushOracle(byMove, { history: historyOf(), k: 1, market: prices(99), sec: 12 });
    expect(byMove.price[0]).toBe(99);
    const byAge = oracleOf(pushed, 12, prices(100));
    pushOracle(byAge, { history: historyOf(), k: 5, market: prices(99.9), sec: 60 });
    expect(byAge.price[0]).toBe(99.9);
  });
});
