import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '#libs/market/index';
import { aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

// A second, naive implementation of the smallest interesting system, written from MODEL 5 and 4.1 alone: one fee-free
// constant product pool, whole-debt liquidations without limit, zero latency, a jump. Nothing of the engine is used.
interface Loan {
  collateral: number;
  debt: number;
}
interface Naive {
  readonly price: number;
  readonly badDebt: number;
  readonly liquidated: readonly number[];
}

function naive(
  loans: readonly Loan[],
  pool: { base: number; quote: number },
  terms: { s: number; lt: number; bonus: number },
): Naive {
  const open = loans.map((loan) => ({ ...loan, hit: false }));
  const k = pool.base * pool.quote;
  let price = (pool.quote / pool.base) * (1 - terms.s);
  let base = Math.sqrt(k / price);
  let badDebt = 0;
  for (;;) {
    const due = open.filter(
      (loan) => loan.debt > 0 && loan.collateral * price * terms.lt < loan.debt && !loan.hit,
    );
    if (due.length === 0) break;
    let sold = 0;
    for (const loan of due) {
      const wanted = (loan.debt * (1 + terms.bonus)) / price;
      const seized = Math.min(wanted, loan.collateral);
      if (wanted > loan.collateral) badDebt += loan.debt - (loan.collateral * price) / (1 + terms.bonus);
      sold += seized;
      loan.hit = true;
    }
    base += sold;
    price = k / base / base;
  }
  return { price, badDebt, liquidated: open.flatMap((loan, i) => (loan.hit ? [i] : [])) };
}

const loans = fc.array(
  fc.record({
    collateral: fc.double({ min: 1, max: 800, noNaN: true }),
    health: fc.double({ min: 1.01, max: 2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);
const lts = fc.double({ min: 0.6, max: 0.95, noNaN: true });
const SPOT = 2000;

function systemOfLoans(list: readonly Loan[], terms: { lt: number; bonus: number; base: number }): Snapshot {
  return aSnapshot({
    pools: [aPool({ fee: 0, reserveBase: terms.base, reserveQuote: terms.base * SPOT })],
    lending: [
      aLendingProtocol({
        closeFactor: { normal: 1, full: 1, fullBelowHf: 1 },
        dustUsd: 0,
        minLeftoverUsd: 0,
        markets: [aLendingMarket({ lt: terms.lt, bonus: terms.bonus, protocolFee: 0 })],
        positions: list.map((loan, i) =>
          aPosition({ id: `${100 + i}`, collateral: { ETH: loan.collateral }, debt: { USDC: loan.debt } }),
        ),
      }),
    ],
  });
}

function jump(size: number): Scenario {
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', size);
  return { ...base, path: { shape: 'jump', durationSec: 12, stepSec: 12 }, liquidatorLimit: false };
}

const debtOf = (lt: number) => (loan: { collateral: number; health: number }) => ({
  collateral: loan.collateral,
  debt: (loan.collateral * SPOT * lt) / loan.health,
});

describe('dlcmRun', () => {
  it('DLCM-P12: A naive second implementation of the one-pool jump system gives the same price, bad debt and accounts', () => {
    fc.assert(
      fc.property(loans, lts, fc.double({ min: 0.01, max: 0.7, noNaN: true }), (list, lt, s) => {
        const accounts = list.map(debtOf(lt));
        const expected = naive(accounts, { base: 10_000, quote: 10_000 * SPOT }, { s, lt, bonus: 0.05 });
        const result = dlcmRun({
          snapshot: systemOfLoans(accounts, { lt, bonus: 0.05, base: 10_000 }),
          scenario: jump(s),
        });
        expect(Math.abs(result.finalPrice['ETH']! / expected.price - 1)).toBeLessThan(1e-8);
        expect(Math.abs(result.badDebtUsd - expected.badDebt)).toBeLessThan(1e-3);
        expect(new Set(result.liquidatedAccounts)).toEqual(
          new Set(expected.liquidated.map((i) => `aave/${100 + i}`)),
        );
      }),
      { numRuns: 100 },
    );
  });

  // The monotone regime of MODEL 5 (iv): jump, zero latency, whole collateral seized because lt (1 + b) >= 1, no books.
  it('DLCM-P13: In the monotone regime the final price falls with the shock and with another leveraged account, and rises with depth', () => {
    fc.assert(
      fc.property(loans, fc.double({ min: 0.01, max: 0.6, noNaN: true }), (list, s) => {
        const terms = { lt: 0.96, bonus: 0.06 };
        const accounts = list.map(debtOf(terms.lt));
        const price = (size: number, base: number): number =>
          dlcmRun({ snapshot: systemOfLoans(accounts, { ...terms, base }), scenario: jump(size) }).finalPrice[
            'ETH'
          ]!;
        const here = price(s, 10_000);
        expect(price(s + 0.05, 10_000)).toBeLessThanOrEqual(here);
        expect(price(s, 12_000)).toBeGreaterThanOrEqual(here * (1 - 1e-12));
        const more = [...accounts, { collateral: 100, debt: 100 * SPOT * 0.9 }];
        const crowded = dlcmRun({
          snapshot: systemOfLoans(more, { ...terms, base: 10_000 }),
          scenario: jump(s),
        });
        expect(crowded.finalPrice['ETH']!).toBeLessThanOrEqual(here * (1 + 1e-12));
      }),
      { numRuns: 60 },
    );
  });

  it('DLCM-P67: In the monotone regime the set of liquidated accounts grows with the shock and shrinks with depth', () => {
    fc.assert(
      fc.property(loans, fc.double({ min: 0.01, max: 0.6, noNaN: true }), (list, s) => {
        const terms = { lt: 0.96, bonus: 0.06 };
        const accounts = list.map(debtOf(terms.lt));
        const liquidated = (size: number, base: number): ReadonlySet<string> =>
          new Set(
            dlcmRun({ snapshot: systemOfLoans(accounts, { ...terms, base }), scenario: jump(size) })
              .liquidatedAccounts,
          );
        const here = liquidated(s, 10_000);
        const larger = liquidated(s + 0.05, 10_000);
        for (const account of here) expect(larger.has(account)).toBe(true);
        for (const account of liquidated(s, 12_000)) expect(here.has(account)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
