import { describe, expect, it } from '@jest/globals';
import { aConcentratedPool, anOptionLine, aPool } from '#test/support/builders';
import { venuesOf } from '../amm/index.js';
import { AT_SNAPSHOT, bsGreeks, linesDelta, optionLines } from '../options/index.js';
import { feedbackGain } from './feedback-gain.js';
import { forcedFlow, healthAt, type LiquidationAccount } from './forced-flow.js';
import { gammaNeutralityPrice } from './gamma-neutrality.js';
import { gex, gexAt, gexIndex, gexNaive, hedgeFlowCurve } from './gex.js';

const market = { spot: 2000 };
const shortPut = anOptionLine({ id: 'put', type: 'P', strike: 1800, quantity: -1000 });
const longCall = anOptionLine({ id: 'call', type: 'C', strike: 2400, quantity: 800 });
const lines = optionLines([shortPut, longCall], market);

describe('gex', () => {
  it('is the dollar delta a 1 % move adds: agrees with a finite difference of delta', () => {
    const h = 0.01;
    const slope =
      (linesDelta(lines, 2000 + h, AT_SNAPSHOT) - linesDelta(lines, 2000 - h, AT_SNAPSHOT)) / (2 * h);
    expect(gex(lines).atSpotUsd / (slope * 2000 * 2000 * 0.01)).toBeCloseTo(1, 5);
  });

  it('has 201 points on [0.5, 1.5] S0, spot exactly in the middle, negative near short puts', () => {
    const { profile, atSpotUsd, naive } = gex(lines);
    expect(profile).toHaveLength(201);
    expect(profile[0]!.spot).toBe(1000);
    expect(profile[200]!.spot).toBe(3000);
    expect(profile[100]).toMatchObject({ spot: 2000, optionsUsd: atSpotUsd });
    expect(profile[60]!.optionsUsd).toBeLessThan(0);
    expect(naive).toBe(false);
  });

  it('is linear in the quantities', () => {
    const tripled = optionLines(
      [shortPut, longCall].map((line) => ({ ...line, quantity: 3 * line.quantity })),
      market,
    );
    expect(gexAt(tripled, 1700)).toBeCloseTo(3 * gexAt(lines, 1700), 6);
  });

  it('adds the forced sales of lending accounts, destabilising where they start', () => {
    const account: LiquidationAccount = {
      collateralUnits: 100,
      liquidationThreshold: 0.8,
      bonus: 0.05,
      closeFactor: 0.5,
      debtUsd: 120_000,
      debtUnits: 0,
      otherCollateralUsd: 0,
      otherCapacityUsd: 0,
    };
    // Liquidatable below 120,000 / (100 x 0.8) = 1,500; sells 0.5 x 120,000 x 1.05 / S.
    expect(healthAt(account, 1500)).toBe(1);
    expect(forcedFlow([account], 1500)).toBe(0);
    expect(forcedFlow([account], 1400)).toBeCloseTo(-45, 12);
    const { profile } = gex(lines, [account]);
    const bin = profile[50]!;
    expect(bin.spot).toBe(1500);
    expect(bin.liquidationsUsd).toBeCloseTo((-(63_000 / 1495) / 10) * 1500 * 1500 * 0.01, 4);
    expect(bin.totalUsd).toBe(bin.optionsUsd + bin.liquidationsUsd);
    expect(profile[60]!.liquidationsUsd).toBeCloseTo(0, 12);
  });

  it('counts purchases of liquidated shorts as positive flow', () => {
    const short: LiquidationAccount = {
      collateralUnits: 0,
      liquidationThreshold: 0,
      bonus: 0.05,
      closeFactor: 0.5,
      debtUsd: 0,
      debtUnits: 10,
      otherCollateralUsd: 30_000,
      otherCapacityUsd: 24_000,
    };
    expect(forcedFlow([short], 2000)).toBe(0);
    expect(forcedFlow([short], 2500)).toBe(5);
  });
});

describe('gexNaive', () => {
  it('takes dealers long calls and short puts and says so', () => {
    const listed = [
      { type: 'C', strike: 2100, tenorYears: 0.1, vol: 0.7, openInterest: 50 },
      { type: 'P', strike: 1900, tenorYears: 0.1, vol: 0.8, openInterest: 40 },
    ] as const;
    const gamma = (i: 0 | 1): number => bsGreeks({ ...listed[i], spot: 2000 }).gamma;
    const { atSpotUsd, naive } = gexNaive(listed, 2000);
    expect(naive).toBe(true);
    expect(atSpotUsd).toBeCloseTo((50 * gamma(0) - 40 * gamma(1)) * 2000 * 2000 * 0.01, 8);
  });
});

describe('gexIndex', () => {
  it('divides by the USD volume of a 1 % move', () => {
    const venues = venuesOf([aPool({ fee: 0 })], 2000);
    const volume = 10_000 * (1 / Math.sqrt(0.99) - 1) * 2000;
    expect(gexIndex(-volume, venues)).toBeCloseTo(-1, 10);
  });
});

describe('hedgeFlowCurve', () => {
  it('is what keeps delta at its snapshot value: short-gamma books sell into a fall', () => {
    const curve = hedgeFlowCurve(lines);
    expect(curve[100]).toEqual({ spot: 2000, flowUnits: 0 });
    expect(curve[60]!.flowUnits).toBeLessThan(0);
    expect(curve[60]!.flowUnits + linesDelta(lines, curve[60]!.spot, AT_SNAPSHOT)).toBeCloseTo(
      linesDelta(lines, 2000, AT_SNAPSHOT),
      9,
    );
  });
});

describe('gammaNeutralityPrice', () => {
  it('is where the gammas of two options cancel: closed form for equal expiry and volatility', () => {
    // q1 phi(d1(K1)) + q2 phi(d1(K2)) = 0 gives ln S linear in ln(-q2/q1) s^2 / ln(K2/K1).
    const T = 30 / 365;
    const s2 = 0.8 * 0.8 * T;
    const [k1, k2] = [Math.log(1800), Math.log(2400)];
    const level = (k1 + k2) / 2 + (s2 * Math.log(1000 / 800)) / (k2 - k1) - s2 / 2;
    const result = gammaNeutralityPrice(lines);
    expect(result.price! / Math.exp(level)).toBeCloseTo(1, 9);
    expect(result).toMatchObject({ positiveSide: 'above', constantSign: null });
    expect(result.crossings).toHaveLength(1);
  });

  it('returns every crossing, the nearest in |ln(S / S0)| as the price', () => {
    const three = optionLines(
      [
        anOptionLine({ id: 'a', strike: 1400, quantity: 10 }),
        anOptionLine({ id: 'b', strike: 2000, quantity: -10 }),
        anOptionLine({ id: 'c', strike: 2800, quantity: 10 }),
      ],
      market,
    );
    const { crossings, price, positiveSide } = gammaNeutralityPrice(three);
    expect(crossings).toHaveLength(2);
    const nearest = [...crossings].sort(
      (a, b) => Math.abs(Math.log(a / 2000)) - Math.abs(Math.log(b / 2000)),
    )[0];
    expect(price).toBe(nearest);
    expect(positiveSide).toBe(price! < 2000 ? 'below' : 'above');
    for (const crossing of crossings) {
      expect(Math.abs(gexAt(three, crossing))).toBeLessThan(1e-8 * Math.abs(gexAt(three, 2000)));
    }
  });

  it('behavior: gamma of one sign has no neutrality price', () => {
    expect(gammaNeutralityPrice(optionLines([shortPut], market))).toEqual({
      price: null,
      crossings: [],
      positiveSide: null,
      constantSign: -1,
    });
    expect(gammaNeutralityPrice(optionLines([longCall], market)).constantSign).toBe(1);
    expect(gammaNeutralityPrice(optionLines([], market)).constantSign).toBe(0);
  });
});

describe('feedbackGain', () => {
  it('is gamma S over half the base reserve for a constant product pool; short gamma amplifies', () => {
    const venues = venuesOf([aPool()], 2000);
    const short = optionLines([shortPut], market);
    const gamma =
      1000 * bsGreeks({ type: 'P', spot: 2000, strike: 1800, tenorYears: 30 / 365, vol: 0.8 }).gamma;
    const result = feedbackGain(short, venues);
    expect(result.gain).toBeCloseTo((gamma * 2000) / 5000, 12);
    expect(result).toMatchObject({ shortGamma: true });
    expect(result.amplification).toBeCloseTo(1 / (1 - result.gain!), 12);
    expect(feedbackGain(optionLines([longCall], market), venues).amplification).toBeLessThan(1);
  });

  it('behavior: a gain of one or more with short gamma is explosive', () => {
    const venues = venuesOf([aPool({ reserveBase: 100, reserveQuote: 200_000 })], 2000);
    const result = feedbackGain(optionLines([{ ...shortPut, quantity: -1e5 }], market), venues, -0.5);
    expect(result.gain).toBeGreaterThan(1);
    expect(result.amplification).toBeNull();
  });

  it('behavior: a price inside an empty range has no gain', () => {
    const ranges = [{ priceLower: 500, priceUpper: 1000, liquidity: 10 }];
    const venues = venuesOf([aConcentratedPool({ price: 2000, ranges })], 2000);
    expect(feedbackGain(lines, venues)).toMatchObject({ gain: null, amplification: null });
  });
});
