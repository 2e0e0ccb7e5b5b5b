import { describe, expect, it } from '@jest/globals';
import type { LendingProtocol, Snapshot } from '#libs/market/index';
import { aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from '#test/support/builders';
import { dlcmRun } from '../cascade/dlcm-run.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import { applyMandate } from './mandate.js';

const STEP = 12;
const scenario = {
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.1),
  level: 'v3',
  path: { shape: 'jump', durationSec: 10 * STEP, stepSec: STEP },
  liquidatorLimit: false,
} as const;

/** One account of 100 ETH at 2,000, threshold 0.8 and health 1.05: a fall of 10 % leaves it unhealthy. */
function lender(overrides: Partial<LendingProtocol> = {}): LendingProtocol {
  return aLendingProtocol({
    oracle: { latencySec: 0, twapSec: 0, heartbeatSec: null, deviation: null },
    closeFactor: { normal: 1, full: 1, fullBelowHf: 0 },
    dustUsd: 0,
    minLeftoverUsd: 0,
    markets: [aLendingMarket({ lt: 0.8, bonus: 0.05, protocolFee: 0 })],
    positions: [aPosition({ collateral: { ETH: 100 }, debt: { USDC: (100 * 2000 * 0.8) / 1.05 } })],
    ...overrides,
  });
}
const deepPool = aPool({ fee: 0, reserveBase: 1e9, reserveQuote: 2e12 });
const market = (...lending: LendingProtocol[]): Snapshot => aSnapshot({ pools: [deepPool], lending });
const firstLiquidation = (snapshot: Snapshot) => dlcmRun({ snapshot, scenario }).firstLiquidationSec;

describe('applyMandate', () => {
  // A jump is in the market from the first tick; a delay of n steps moves the first liquidation n steps back.
  it('default: liquidations come later by the mandated delay', () => {
    const before = market(lender());
    expect(firstLiquidation(before)).toBe(STEP);
    const { snapshot, changed } = applyMandate(before, { liquidationDelaySec: 5 * STEP });
    expect(changed).toEqual([before.lending[0]!.id]);
    expect(firstLiquidation(snapshot)).toBe(6 * STEP);
  });

  it('default: with a mandated price delay the fall is seen later by that delay', () => {
    const { snapshot } = applyMandate(market(lender()), { priceDelaySec: 3 * STEP });
    expect(firstLiquidation(snapshot)).toBe(4 * STEP);
  });

  it('behavior: only raises; who waits longer already keeps its terms, and the same mandate twice changes nothing', () => {
    const slow = lender({
      liquidationDelaySec: 600,
      oracle: { latencySec: 60, twapSec: 0, heartbeatSec: null, deviation: null },
    });
    const before = market(slow);
    expect(applyMandate(before, { liquidationDelaySec: 300, priceDelaySec: 60 })).toEqual({
      snapshot: before,
      changed: [],
    });
    const mandate = { liquidationDelaySec: 900 };
    const once = applyMandate(before, mandate).snapshot;
    expect(once.lending[0]!.liquidationDelaySec).toBe(900);
    expect(once.lending[0]!.oracle.latencySec).toBe(60);
    expect(applyMandate(once, mandate).snapshot).toBe(once);
  });

  it('behavior: binds the named members alone', () => {
    const before = market(lender({ id: 'one', member: 'a' }), lender({ id: 'two', member: 'b' }));
    const { snapshot, changed } = applyMandate(before, { members: ['b'], liquidationDelaySec: 60 });
    expect(changed).toEqual(['two']);
    expect(snapshot.lending.map((protocol) => protocol.liquidationDelaySec)).toEqual([0, 60]);
  });

  it('error: DLCM-142 for a delay that is not whole seconds, and for a member that lends nothing', () => {
    const refused = (field: string) => expect.objectContaining({ code: 'DLCM-142', field });
    for (const value of [-1, 0.5, NaN, Infinity]) {
      expect(() => applyMandate(market(lender()), { priceDelaySec: value })).toThrow(
        refused('mandate.priceDelaySec'),
      );
    }
    expect(() => applyMandate(market(lender()), { members: ['nobody'] })).toThrow(refused('mandate.members'));
  });
});
