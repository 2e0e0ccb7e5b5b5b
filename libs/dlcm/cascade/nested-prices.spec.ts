import { describe, expect, it } from '@jest/globals';
import type { LendingProtocol, NestedFormula, Snapshot } from '#libs/market/index';
import {
  aBook,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from '#test/support/builders';
import { DEFAULT_PARAMETERS, scenarioOf } from '../parameters.js';
import type { Scenario } from '../scenario.js';
import { dlcmRun } from './dlcm-run.js';

const TOKEN = 'TOKEN';
const X = 10_000;
const BONUS = 0.05;
const LT = 0.8;

const jump = (size: number, changes: Partial<Scenario> = {}): Scenario => ({
  ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', size),
  level: 'v3',
  path: { shape: 'jump', durationSec: 12, stepSec: 12 },
  liquidatorLimit: false,
  timeDecay: false,
  ...changes,
});

interface Market {
  readonly formula: NestedFormula;
  /** USD price of the token at 2,000 USD per ETH. */
  readonly spot: number;
  readonly units: number;
  /** Debt in USDC; USD 1 each. */
  readonly debt: number;
  readonly more?: Partial<Snapshot>;
}

/** One fee-free pool of 10,000 ETH; one account with the token as collateral, closed whole, without dust rules. */
function market({ formula, spot, units, debt, more }: Market): Snapshot {
  return aSnapshot({
    assets: [anAsset(), aStable(), anAsset({ id: TOKEN, spot, kind: 'nested', beta: { ETH: 1 } })],
    pools: [aPool({ fee: 0 })],
    lending: [lender({ positions: [aPosition({ collateral: { [TOKEN]: units }, debt: { USDC: debt } })] })],
    nested: [{ token: TOKEN, formula }],
    ...more,
  });
}

function lender(overrides: Partial<LendingProtocol>): LendingProtocol {
  const terms = { lt: LT, bonus: BONUS, protocolFee: 0 };
  return aLendingProtocol({
    closeFactor: { normal: 1, full: 1, fullBelowHf: 0.95 },
    dustUsd: 0,
    minLeftoverUsd: 0,
    markets: ['ETH', 'USDC', TOKEN].map((asset) => aLendingMarket({ asset, ...terms })),
    ...overrides,
  });
}

/** Price after `sold` ETH went into the pool, re-centred to p first: p (x / (x + sold))^2, x = X sqrt(2000 / p). */
function afterSale(p: number, sold: number): number {
  const x = X * Math.sqrt(2000 / p);
  return p * (x / (x + sold)) ** 2;
}

const staked: NestedFormula = { kind: 'lst', underlying: 'ETH', redemptionRate: 1.2, discountPool: null };

describe('nested tokens', () => {
  it('default: a staking token without a pool is seized at its redemption value and sold as what it redeems into', () => {
    // 1,000 tokens of 2,400 USD; at -10 % the debt takes debt x 1.05 / 2,160 tokens, each sold as 1.2 ETH.
    const debt = (1000 * 2400 * LT) / 1.02;
    const run = dlcmRun({
      snapshot: market({ formula: staked, spot: 2400, units: 1000, debt }),
      scenario: jump(0.1),
    });
    const seized = (debt * (1 + BONUS)) / 2160;
    const [event] = run.events[0]!.liquidations;
    expect(event!.collateralPrice).toBeCloseTo(2160, 9);
    expect(event!.seized).toBeCloseTo(seized, 6);
    expect(run.finalPrice['ETH']! / afterSale(1800, seized * 1.2)).toBeCloseTo(1, 8);
    expect(run.finalPrice[TOKEN]! / (1.2 * run.finalPrice['ETH']!)).toBeCloseTo(1, 12);
  });

  it('behavior: the liquidators limit holds on what the token is sold as', () => {
    // The sale stops where the ETH price, times 1.2, no longer covers the debt with the bonus.
    const debt = (1000 * 2400 * LT) / 1.02;
    const thin = market({
      formula: staked,
      spot: 2400,
      units: 1000,
      debt,
      more: { pools: [aPool({ fee: 0, reserveBase: 1000, reserveQuote: 2_000_000 })] },
    });
    const run = dlcmRun({ snapshot: thin, scenario: jump(0.1, { liquidatorLimit: true }) });
    const [round] = run.events;
    expect(round!.liquidations[0]!.filled).toBeLessThan(1);
    expect(round!.after['ETH']! / (1800 / (1 + BONUS))).toBeCloseTo(1, 8);
  });

  it('behavior: a receipt and a basket are sold as their parts', () => {
    const receipt: NestedFormula = { kind: 'receipt', protocol: 'aave', asset: 'ETH', exchangeRate: 1.1 };
    const basket: NestedFormula = { kind: 'basket', backing: { ETH: 0.5, USDC: 1000 } };
    const debt = (1000 * 2200 * LT) / 1.02;
    const held = dlcmRun({
      snapshot: market({ formula: receipt, spot: 2200, units: 1000, debt }),
      scenario: jump(0.1),
    });
    const seized = (debt * (1 + BONUS)) / (1.1 * 1800);
    expect(held.finalPrice['ETH']! / afterSale(1800, seized * 1.1)).toBeCloseTo(1, 8);
    // Half an ETH and 1,000 USDC: 1,900 USD at -10 %; only the ETH moves a pool.
    const owed = (1000 * 2000 * LT) / 1.02;
    const mixed = dlcmRun({
      snapshot: market({ formula: basket, spot: 2000, units: 1000, debt: owed }),
      scenario: jump(0.1),
    });
    const taken = (owed * (1 + BONUS)) / 1900;
    expect(mixed.finalPrice['ETH']! / afterSale(1800, taken * 0.5)).toBeCloseTo(1, 8);
  });

  it('behavior: a pool share follows the root of the price, and is sold as its fair composition', () => {
    // 100 shares of a pool of 100 ETH and 200,000 USDC are worth 4,000 each; at -19 % the root of 0.81 makes it 3,600.
    const pool = aPool({ id: 'lp', fee: 0, reserveBase: 100, reserveQuote: 200_000 });
    const share: NestedFormula = { kind: 'lp', pool: 'lp', supply: 100 };
    const debt = (50 * 4000 * LT) / 1.05;
    const pools = [aPool({ fee: 0 }), pool];
    const run = dlcmRun({
      snapshot: market({ formula: share, spot: 4000, units: 50, debt, more: { pools } }),
      scenario: jump(0.19),
    });
    const [event] = run.events[0]!.liquidations;
    expect(event!.collateralPrice).toBeCloseTo(3600, 8);
    const seized = (debt * (1 + BONUS)) / 3600;
    // One share at 1,620: sqrt(100 x 200,000) / 100 / sqrt(1,620) ETH.
    const eth = (seized * Math.sqrt(100 * 200_000)) / 100 / Math.sqrt(1620);
    const x = (X + 100) * Math.sqrt(2000 / 1620);
    expect(run.finalPrice['ETH']! / (1620 * (x / (x + eth)) ** 2)).toBeCloseTo(1, 8);
  });

  it('behavior: a vault share is worth the equity of its vault over the supply', () => {
    // 1,000 ETH held as hedge with nothing owed: equity 1,000,000 USDC - 2,000,000 paid + 1,000 p.
    const vault = aBook({
      id: 'vault',
      kind: 'vault',
      hedge: 1000,
      collateral: { USDC: 1_000_000 },
      options: [],
    });
    const share: NestedFormula = { kind: 'vaultShare', book: 'vault', supply: 1000 };
    const debt = (100 * 1000 * LT) / 1.5;
    const snapshot = market({ formula: share, spot: 1000, units: 100, debt, more: { books: [vault] } });
    const run = dlcmRun({ snapshot, scenario: jump(0.1, { hedgeFlow: false }) });
    expect(run.finalPrice[TOKEN]! / (run.finalPrice['ETH']! - 1000)).toBeCloseTo(1, 9);
    expect(run.liquidations).toBe(0);
    expect(dlcmRun({ snapshot, scenario: jump(0.2, { hedgeFlow: false }) }).liquidations).toBe(1);
  });

  it('behavior: a staking token with a pool counts as its redemption value or, if less, what its pool pays', () => {
    const formula: NestedFormula = { kind: 'lst', underlying: 'ETH', redemptionRate: 1, discountPool: 'st' };
    const st = aPool({ id: 'st', base: TOKEN, quote: 'ETH', fee: 0, reserveBase: 1000, reserveQuote: 1000 });
    const pools = [aPool({ fee: 0 }), st];
    // A second account sells the token: 100 of it against debt of 170,000 at health 0.94; the discount then takes the first.
    const positions = [
      aPosition({ id: 'a', collateral: { [TOKEN]: 100 }, debt: { USDC: (100 * 2000 * LT) / 0.99 } }),
      aPosition({ id: 'b', collateral: { [TOKEN]: 1 }, debt: { USDC: (2000 * LT) / 1.02 } }),
    ];
    const snapshot = market({
      formula,
      spot: 2000,
      units: 1,
      debt: 1,
      more: { pools, lending: [lender({ positions })] },
    });
    const run = dlcmRun({ snapshot, scenario: jump(0) });
    const first = ((100 * 2000 * LT) / 0.99) * (1.05 / 2000);
    expect(run.events[0]!.liquidations.map((one) => one.account)).toEqual(['a']);
    expect(run.events[0]!.after[TOKEN]! / run.events[0]!.after['ETH']!).toBeCloseTo(
      (1000 / (1000 + first)) ** 2,
      8,
    );
    expect(run.liquidatedAccounts).toEqual(['aave/a', 'aave/b']);
  });

  it('behavior: debt in a nested token is repaid by putting it together', () => {
    const positions = [aPosition({ collateral: { USDC: (100 * 2400 * 1.02) / LT }, debt: { [TOKEN]: 100 } })];
    const snapshot = market({
      formula: staked,
      spot: 2400,
      units: 1,
      debt: 1,
      more: { lending: [lender({ positions })] },
    });
    const up = jump(0.1, { shock: { asset: 'ETH', size: 0.1, direction: 'up' } });
    const run = dlcmRun({ snapshot, scenario: up });
    const repaid = run.events[0]!.liquidations[0]!.repaid;
    expect(run.finalPrice['ETH']! / afterSale(2200, -1.2 * repaid)).toBeCloseTo(1, 8);
  });

  it('behavior: below level v3 a nested token is an asset like any other', () => {
    const debt = (1000 * 2400 * LT) / 1.02;
    const snapshot = market({ formula: staked, spot: 2400, units: 1000, debt });
    const run = dlcmRun({ snapshot, scenario: jump(0.1, { level: 'v2' }) });
    expect(run.finalPrice['ETH']).toBeCloseTo(1800, 9);
    expect(run.liquidations).toBe(1);
  });

  it('behavior: nothing moves before the shock, whatever premium the token has', () => {
    const debt = (1000 * 2300 * LT) / 1.02;
    const run = dlcmRun({
      snapshot: market({ formula: staked, spot: 2300, units: 1000, debt }),
      scenario: jump(0),
    });
    expect([run.liquidations, run.finalPrice[TOKEN]]).toEqual([0, 2300]);
  });

  it('error: DLCM-141 for a circle and for a share of a pool without two reserves', () => {
    const circle = aSnapshot({
      assets: [anAsset(), aStable(), anAsset({ id: 'A' }), anAsset({ id: 'B' })],
      nested: [
        { token: 'A', formula: { kind: 'basket', backing: { B: 1 } } },
        { token: 'B', formula: { kind: 'basket', backing: { A: 1 } } },
      ],
    });
    expect(() => dlcmRun({ snapshot: circle, scenario: jump(0) })).toThrow(
      expect.objectContaining({ code: 'DLCM-141', value: 'a circle' }),
    );
    const share = market({ formula: { kind: 'lp', pool: 'none', supply: 1 }, spot: 1, units: 1, debt: 0.1 });
    expect(() => dlcmRun({ snapshot: share, scenario: jump(0) })).toThrow(
      expect.objectContaining({ code: 'DLCM-141', field: 'pool' }),
    );
  });
});
