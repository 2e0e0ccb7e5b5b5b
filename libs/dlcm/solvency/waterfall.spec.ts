import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aFund, aLendingProtocol, aSnapshot } from '#test/support/builders';
import { fundsBehind, lossWaterfall, proRata } from './waterfall.js';

const cover = (options: { insurance: readonly [number, number]; fund: number; dao: number }) =>
  aSnapshot({
    lending: ['a', 'b'].map((member, i) =>
      aLendingProtocol({ id: `lend-${member}`, member, insuranceUsd: options.insurance[i]!, positions: [] }),
    ),
    funds: [aFund({ usd: options.fund, covers: ['a', 'b'] })],
    dao: { backstopUsd: options.dao, members: ['a'] },
  });

const needs = (a: number, b: number) => [
  { member: 'a', usd: a },
  { member: 'b', usd: b },
];

describe('proRata', () => {
  it('default: splits short money by need and gives everyone the need otherwise', () => {
    expect(proRata(50, [60, 40])).toEqual([30, 20]);
    expect(proRata(500, [60, 40])).toEqual([60, 40]);
  });
});

describe('lossWaterfall', () => {
  it('default: insurance, then the fund pro rata to the rest, then the DAO, then suppliers', () => {
    // a: 100 - 40 insurance = 60; b: 50 - 10 = 40; fund 50 pays 30 and 20; the DAO covers only a: 20 of 30.
    const rows = lossWaterfall(cover({ insurance: [40, 10], fund: 50, dao: 20 }), needs(100, 50));
    expect(rows).toEqual([
      {
        member: 'a',
        badDebtUsd: 100,
        insuranceUsd: 40,
        fundsUsd: 30,
        safetyModuleUsd: 0,
        daoUsd: 20,
        socialisedUsd: 10,
      },
      {
        member: 'b',
        badDebtUsd: 50,
        insuranceUsd: 10,
        fundsUsd: 20,
        safetyModuleUsd: 0,
        daoUsd: 0,
        socialisedUsd: 20,
      },
    ]);
  });

  it('behavior: safety modules pay for what funds leave, before the DAO', () => {
    // 60 and 40 are left after insurance, 30 and 20 after the fund; modules raise 25 and 20; the DAO covers only a.
    const rows = lossWaterfall(cover({ insurance: [40, 10], fund: 50, dao: 20 }), needs(100, 50), (left) => {
      expect(left).toEqual([30, 20]);
      return [25, 20];
    });
    expect(rows.map((row) => [row.safetyModuleUsd, row.daoUsd, row.socialisedUsd])).toEqual([
      [25, 5, 0],
      [20, 0, 0],
    ]);
  });

  it('behavior: always identical: bad debt = insurance + funds + DAO + suppliers', () => {
    const usd = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(usd, usd, usd, usd, usd, usd, (a, b, ia, ib, fund, dao) => {
        for (const row of lossWaterfall(cover({ insurance: [ia, ib], fund, dao }), needs(a, b))) {
          const paid = row.insuranceUsd + row.fundsUsd + row.safetyModuleUsd + row.daoUsd + row.socialisedUsd;
          expect(Math.abs(paid - row.badDebtUsd)).toBeLessThanOrEqual(1e-6 * Math.max(1, row.badDebtUsd));
          expect(
            Math.min(row.insuranceUsd, row.fundsUsd, row.daoUsd, row.socialisedUsd),
          ).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('fundsBehind', () => {
  it('default: a sufficient fund backs each member with all that the others do not need', () => {
    // a needs 60, b needs 10 of the fund's 100.
    expect(fundsBehind(cover({ insurance: [40, 40], fund: 100, dao: 0 }), needs(100, 50))).toEqual([130, 80]);
  });

  it('behavior: a short fund is shared pro rata, so that every needy member fails', () => {
    const losses = needs(100, 80);
    const behind = fundsBehind(cover({ insurance: [40, 40], fund: 50, dao: 0 }), losses);
    expect(behind).toEqual([70, 60]);
    expect(losses.every((loss, i) => loss.usd > behind[i]!)).toBe(true);
  });
});
