import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '#libs/market/index';
import { aFund, aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from '#test/support/builders';
import { dlcmRun } from '../cascade/dlcm-run.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario, SsfSearch } from '../scenario.js';
import { minimalBackstop } from './minimal-backstop.js';
import { minimalBuyerOfLastResort } from './minimal-buyer.js';
import { minimalCombined } from './minimal-combined.js';
import { minimalMarginTightening } from './minimal-margin-tightening.js';
import { minimalPerProtocolTightening } from './minimal-per-protocol.js';

// Small coupled systems with price impact, searched a second time by trying every candidate at the target's scan points with
// nothing but dlcmRun and this file's own arithmetic.
const search: SsfSearch = { ...DEFAULT_PARAMETERS.search, triggerPoints: 0, maxShock: 0.5 };
const scenario: Scenario = {
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0),
  path: { shape: 'jump', durationSec: 12, stepSec: 12 },
};

/** The scan points below a target, and the target. */
const pointsTo = (target: number): readonly number[] => [
  ...Array.from({ length: 200 }, (_, i) => (i + 1) * search.step).filter((shock) => shock < target),
  target,
];

const account = (id: string, eth: number, debt: number) =>
  aPosition({ id, collateral: { ETH: eth }, debt: { USDC: debt } });

/** Two members of two accounts each on one pool of `depth` ETH; `debt` scales what they owe. */
function coupled(depth: number, debt: number): Snapshot {
  const protocol = (member: string, positions: ReturnType<typeof account>[]) =>
    aLendingProtocol({
      id: `lend-${member}`,
      member,
      dustUsd: 0,
      minLeftoverUsd: 0,
      closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
      markets: [aLendingMarket({ lt: 0.85, bonus: 0.05 })],
      positions,
    });
  return aSnapshot({
    pools: [aPool({ reserveBase: depth, reserveQuote: 2000 * depth })],
    lending: [
      protocol('a', [account('1', 100, 160_000 * debt), account('2', 200, 330_000 * debt)]),
      protocol('b', [account('3', 150, 245_000 * debt), account('4', 50, 60_000 * debt)]),
    ],
    funds: [
      aFund({ id: 'fund-a', usd: 1000, covers: ['a'] }),
      aFund({ id: 'fund-b', usd: 1000, covers: ['b'] }),
    ],
    dao: { backstopUsd: 0, members: ['a', 'b'] },
  });
}

const failsAt = (snapshot: Snapshot, size: number, overrides: Partial<Scenario> = {}): boolean =>
  dlcmRun({ snapshot, scenario: { ...scenario, ...overrides, shock: { ...scenario.shock, size } } }).solvency
    .failing;
const survives = (snapshot: Snapshot, target: number, overrides: Partial<Scenario> = {}): boolean =>
  pointsTo(target).every((size) => !failsAt(snapshot, size, overrides));

/** Lower thresholds by basis points per member, with every account repaying down to them: this file's own arithmetic. */
function tightened(snapshot: Snapshot, bps: Readonly<Record<string, number>>) {
  let repaid = 0;
  const lending = snapshot.lending.map((protocol) => {
    const lt = 0.85 - bps[protocol.member]! / 10_000;
    const positions = protocol.positions.map((position) => {
      const allowed = (position.collateral['ETH']! * 2000 * lt) / (1 + 1e-9);
      const debt = Math.min(position.debt['USDC']!, allowed);
      repaid += position.debt['USDC']! - debt;
      return { ...position, debt: { USDC: debt } };
    });
    return { ...protocol, positions, markets: [{ ...protocol.markets[0]!, lt }] };
  });
  return { snapshot: { ...snapshot, lending }, repaid };
}

/** Largest loss beyond the money behind each member over the points, whole USD. */
function gaps(snapshot: Snapshot, target: number): Readonly<Record<string, number>> {
  const worst: Record<string, number> = {};
  for (const size of [0, ...pointsTo(target)]) {
    const run = dlcmRun({ snapshot, scenario: { ...scenario, shock: { ...scenario.shock, size } } });
    for (const { member, lossUsd, fundUsd } of run.solvency.members)
      worst[member] = Math.max(worst[member] ?? 0, lossUsd - fundUsd);
  }
  return worst;
}

const levers = ['a', 'b'].map((member) => ({ member, asset: 'ETH', maxStepBps: 1500 }));
const margins = { mode: 'orderlyDeleverage' as const, unwindCost: 0.003, levers };
const deep = { snapshot: coupled(10_000, 1), scenario, search, target: 0.16 };
const shallow = { snapshot: coupled(2500, 0.9), scenario, search, target: 0.166 };
const between = { snapshot: coupled(4000, 0.9), scenario, search, target: 0.2 };

describe('intervention searches against brute force', () => {
  it('DLCM-P60: The smallest backstop is the largest gap of every member over the scan', () => {
    const outcome = minimalBackstop(deep);
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    const wanted = Object.entries(gaps(deep.snapshot, deep.target)).filter(([, usd]) => usd > 0);
    expect(outcome.needs).toEqual(wanted.map(([member, usd]) => ({ member, usd: Math.ceil(usd) })));
    expect(outcome.certificate.thresholdBefore!).toBeLessThan(deep.target);
    expect(outcome.certificate.thresholdJustBelow!).toBeLessThanOrEqual(deep.target);
    expect(outcome.certificate.thresholdAfter ?? 1).toBeGreaterThan(deep.target);
    expect(outcome.certificate.snapshotRoot).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it('DLCM-P61: The smallest uniform tightening holds, one basis point less does not, and no coarse step before it lasts', () => {
    const outcome = minimalMarginTightening({ ...deep, ...margins });
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    const holds = (bps: number): boolean =>
      survives(tightened(deep.snapshot, { a: bps, b: bps }).snapshot, deep.target);
    const lasting = Array.from({ length: 15 }, (_, i) => (i + 1) * 100).find(
      (bps) => holds(bps) && holds(bps + 100),
    )!;
    expect(outcome.stepBps).toBeGreaterThan(lasting - 100);
    expect(outcome.stepBps).toBeLessThanOrEqual(lasting);
    expect([holds(outcome.stepBps - 1), holds(outcome.stepBps)]).toEqual([false, true]);
    const { repaid } = tightened(deep.snapshot, { a: outcome.stepBps, b: outcome.stepBps });
    expect(outcome.deleveragedUsd).toBeCloseTo(repaid, 3);
  });

  it('DLCM-P62: No member of a per-protocol tightening can cut one basis point less, and it never costs more than the uniform one', () => {
    const uniform = minimalMarginTightening({ ...deep, ...margins });
    const outcome = minimalPerProtocolTightening({ ...deep, ...margins });
    if (outcome.status !== 'sufficient' || uniform.status !== 'sufficient') throw new Error(outcome.status);
    const [a, b] = outcome.steps.map((step) => step.stepBps);
    const holds = (x: number, y: number): boolean =>
      survives(tightened(deep.snapshot, { a: x, b: y }).snapshot, deep.target);
    expect(holds(a!, b!)).toBe(true);
    if (a! > 0) expect(holds(a! - 1, b!)).toBe(false);
    if (b! > 0) expect(holds(a!, b! - 1)).toBe(false);
    expect(outcome.costUsd).toBeLessThanOrEqual(uniform.costUsd);
    expect(outcome.certificate.thresholdJustBelow!).toBeLessThanOrEqual(deep.target);
  });

  it('DLCM-P63: The combined search finds the cheapest reduction with its backstop among all whole steps of ten basis points', () => {
    const backstopCost = 0.02;
    const outcome = minimalCombined({ ...between, ...margins, backstopCost });
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    const costs = Array.from({ length: 151 }, (_, i) => {
      const { snapshot, repaid } = tightened(between.snapshot, { a: 10 * i, b: 10 * i });
      const backstop = Object.values(gaps(snapshot, between.target)).reduce(
        (sum, usd) => sum + Math.ceil(usd),
        0,
      );
      return 0.003 * repaid + backstopCost * backstop;
    });
    expect(outcome.plan.costUsd).toBeLessThanOrEqual(Math.min(...costs) + 1e-6);
    expect(outcome.certificate.thresholdAfter ?? 1).toBeGreaterThan(between.target);
    expect(outcome.certificate.thresholdJustBelow!).toBeLessThanOrEqual(between.target);
  });

  it('DLCM-P64: The smallest budget of a buyer of last resort holds, and less by the tolerance does not', () => {
    const bid = { asset: 'ETH', protocol: 'lend-a', discount: 0.01, maxUsdPerTick: 1e9 };
    const input = { ...shallow, bid, maxBudgetUsd: 800_000, toleranceUsd: 1000 };
    const outcome = minimalBuyerOfLastResort(input);
    if (outcome.status !== 'sufficient') throw new Error(outcome.status);
    const holds = (budgetUsd: number): boolean =>
      survives(shallow.snapshot, shallow.target, { standingBids: [{ ...bid, budgetUsd }] });
    expect(holds(outcome.budgetUsd)).toBe(true);
    expect(holds(outcome.budgetUsd - input.toleranceUsd)).toBe(false);
    expect(outcome.atTarget.spentUsd).toBeLessThanOrEqual(outcome.budgetUsd);
    expect(outcome.certificate.thresholdJustBelow!).toBeLessThanOrEqual(shallow.target);
  });
});
