import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '#libs/market/index';
import { aFund, aLendingMarket, aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { systemOf } from '../cascade/system.js';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import { ssfReport } from './ssf-report.js';

const BONUS = 0.05;
// Level v1 and a jump: every account is sold at the shocked price, so that losses have closed forms.
const scenario = {
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0),
  level: 'v1' as const,
  path: { shape: 'jump' as const, durationSec: 12, stepSec: 12 },
};
const search = DEFAULT_PARAMETERS.search;

/** One account per member, 100 ETH at 2,000 against its debt. */
function coalition(debts: Readonly<Record<string, number>>, fundUsd: number): Snapshot {
  const members = Object.keys(debts);
  return aSnapshot({
    lending: members.map((member) =>
      aLendingProtocol({
        id: `lend-${member}`,
        member,
        closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: 0.8, ltv: 0.75, bonus: BONUS, protocolFee: 0 })],
        positions: [aPosition({ collateral: { ETH: 100 }, debt: { USDC: debts[member]! } })],
      }),
    ),
    funds: members.map((member) => aFund({ id: `fund-${member}`, usd: fundUsd, covers: [member] })),
    dao: { backstopUsd: 0, members },
  });
}

/** Shock at which debt - C S0 (1 - s) / (1 + b) reaches a fund. */
const crossing = (debt: number, fund: number): number => 1 - ((debt - fund) * (1 + BONUS)) / 200_000;

describe('ssfReport', () => {
  it('default: every member, the coalition and the pool at their closed-form crossings, from one scan', () => {
    const report = ssfReport(systemOf(coalition({ a: 150_000, b: 120_000 }, 1000)), { scenario, search });
    const [a, b] = report.members;
    expect(a!.threshold! - crossing(150_000, 1000)).toBeGreaterThanOrEqual(0);
    expect(a!.threshold! - crossing(150_000, 1000)).toBeLessThan(search.tolerance);
    expect(b!.threshold! - crossing(120_000, 1000)).toBeGreaterThanOrEqual(0);
    expect(b!.threshold! - crossing(120_000, 1000)).toBeLessThan(search.tolerance);
    // L_a + L_b = 2,000 while b still loses nothing: the pool fails where a's loss is twice its own fund.
    expect(report.pooled.threshold! - crossing(150_000, 2000)).toBeGreaterThanOrEqual(0);
    expect(report.pooled.threshold! - crossing(150_000, 2000)).toBeLessThan(search.tolerance);
    expect(report.systemic.status === 'found' && report.systemic.threshold).toBe(a!.threshold);
  });

  it('behavior: the first crossing has the fine resolution, later ones the coarse one, and certify makes all fine', () => {
    const system = systemOf(coalition({ a: 150_000, b: 120_000 }, 1000));
    const resolutions = ssfReport(system, { scenario, search }).members.map((own) => own.resolution);
    expect(resolutions).toEqual([0.0025, 0.01]);
    const certified = ssfReport(system, { scenario, search: { ...search, certify: true } });
    expect(certified.members.map((own) => own.resolution)).toEqual([0.0025, 0.0025]);
    expect(certified.members.map((own) => own.monotone)).toEqual([true, true]);
    expect(certified.pooled.monotone).toBe(true);
  });

  it('behavior: whoever fails with the coalition costs no further run', () => {
    const system = systemOf(coalition({ a: 150_000 }, 1000));
    const report = ssfReport(system, { scenario, search });
    expect(report.members[0]!.bracket).toEqual(report.systemic.status === 'found' && report.systemic.bracket);
    expect(report.pooled.bracket).toEqual(report.members[0]!.bracket);
    expect(report.at(report.pooled.threshold!)).toBe(report.at(report.members[0]!.threshold!));
  });

  it('behavior: a member that fails without a shock, and one that owns nothing', () => {
    const snapshot = coalition({ a: 250_000, b: 120_000 }, 1000);
    const idle = { ...snapshot, dao: { backstopUsd: 0, members: ['a', 'b', 'idle'] } };
    const report = ssfReport(systemOf(idle), { scenario, search });
    expect(report.members.map((own) => own.status)).toEqual(['already-failed', 'found', 'beyond-range']);
    expect(report.members[1]!.threshold! - crossing(120_000, 1000)).toBeLessThan(search.tolerance);
  });

  it('behavior: nobody fails up to the largest shock', () => {
    const short = { ...search, maxShock: 0.1 };
    const report = ssfReport(systemOf(coalition({ a: 150_000 }, 1000)), { scenario, search: short });
    expect(report.members.map((own) => [own.status, own.threshold])).toEqual([['beyond-range', null]]);
    expect(report.pooled.status).toBe('beyond-range');
  });
});
