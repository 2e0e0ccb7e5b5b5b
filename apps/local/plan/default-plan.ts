import type { WorldPlan } from './plan.js';

/** 24 January 2026, 21:00 UTC: ETH and BTC opened the hour near these prices. */
const START = 1_769_288_400;

export const DEFAULT_PLAN: WorldPlan = {
  startTimestamp: START,
  blockTimeSec: 2,
  member: 'aave-local',
  assets: [
    {
      id: 'ETH',
      symbol: 'WETH',
      name: 'Wrapped Ether',
      decimals: 18,
      kind: 'native',
      priceUsd: 2_950,
      sigmaRef: 0.6,
      beta: { ETH: 1, BTC: 0.9 },
      reserve: { ltvBps: 8700, ltBps: 9000, bonusBps: 10300, protocolFeeBps: 1000, supplyUsd: 10_000_000 },
    },
    {
      id: 'BTC',
      symbol: 'WBTC',
      name: 'Wrapped Bitcoin',
      decimals: 8,
      kind: 'bridged',
      priceUsd: 89_500,
      sigmaRef: 0.45,
      beta: { BTC: 1, ETH: 0.7 },
      reserve: { ltvBps: 7300, ltBps: 7800, bonusBps: 10500, protocolFeeBps: 1000, supplyUsd: 5_000_000 },
    },
    {
      id: 'USDC',
      symbol: 'USDC',
      name: 'USD Coin',
      decimals: 6,
      kind: 'stable',
      priceUsd: 1,
      sigmaRef: 0,
      beta: {},
      reserve: { ltvBps: 7500, ltBps: 7800, bonusBps: 10450, protocolFeeBps: 1000, supplyUsd: 80_000_000 },
    },
  ],
  pools: [
    {
      id: 'eth-usdc-5',
      base: 'ETH',
      feePips: 500,
      tickSpacing: 10,
      ranges: [
        { lower: 0.96, upper: 1.04, depthUsd: 60_000_000 },
        { lower: 0.85, upper: 1.15, depthUsd: 80_000_000 },
        { lower: 0.45, upper: 1.6, depthUsd: 120_000_000 },
        { lower: 0.1, upper: 5, depthUsd: 60_000_000 },
      ],
    },
    {
      id: 'btc-usdc-5',
      base: 'BTC',
      feePips: 500,
      tickSpacing: 10,
      ranges: [
        { lower: 0.96, upper: 1.04, depthUsd: 40_000_000 },
        { lower: 0.85, upper: 1.15, depthUsd: 40_000_000 },
        { lower: 0.6, upper: 1.5, depthUsd: 30_000_000 },
        { lower: 0.1, upper: 5, depthUsd: 10_000_000 },
      ],
    },
  ],
  feedLatencySec: 60,
  books: [
    {
      name: 'market maker',
      isVault: false,
      bandBps: 0,
      stockLoan: 4_000,
      cashUsd: 8_000_000,
      lines: [
        { isCall: false, strikeOverSpot: 0.9, days: 34, ivBps: 6200, quantity: -700 },
        { isCall: false, strikeOverSpot: 0.8, days: 34, ivBps: 6800, quantity: -900 },
        { isCall: false, strikeOverSpot: 0.7, days: 61, ivBps: 7400, quantity: -700 },
        { isCall: true, strikeOverSpot: 1.1, days: 34, ivBps: 5900, quantity: -400 },
        { isCall: true, strikeOverSpot: 1.3, days: 61, ivBps: 6000, quantity: 300 },
      ],
    },
    {
      name: 'covered vault',
      isVault: true,
      bandBps: 500,
      stockLoan: 1_000,
      cashUsd: 2_000_000,
      lines: [
        { isCall: true, strikeOverSpot: 1.15, days: 34, ivBps: 5900, quantity: -350 },
        { isCall: false, strikeOverSpot: 0.85, days: 34, ivBps: 6500, quantity: -350 },
      ],
    },
  ],
  insuranceUsd: 375_000,
  backstopUsd: 2_500_000,
  borrowers: {
    count: 220,
    btcShare: 0.25,
    mixedShare: 0.1,
    shortShare: 0.05,
    collateralUsd: { median: 90_000, sigma: 1, max: 1_500_000 },
    leverage: { low: 1.4, high: 1.9 },
    near: { share: 0.25, low: 1.13, high: 1.45, collateralUsd: 120_000 },
    loopers: { count: 12, collateralUsd: 320_000, health: { low: 1.1505, high: 1.1545 } },
    eModeShare: 0.08,
    attentiveShare: 0.6,
  },
  fall: { asset: 'ETH', size: 0.13, durationSec: 3_600, stepSec: 60 },
};
