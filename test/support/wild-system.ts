import { SeededRandom } from '#libs/numeric/index';
import type { LendingProtocol, Position, Snapshot, TopUp } from '#libs/market/index';
import type { Scenario } from '#libs/dlcm/index';
import { DEFAULT_PARAMETERS, scenarioOf } from '#libs/dlcm/index';
import {
  aBook,
  aChain,
  aConcentratedPool,
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aSnapshot,
  aStable,
  CHAIN_ID,
} from './builders.js';

const SPOT: Readonly<Record<string, number>> = {
  ETH: 2000,
  BTC: 60_000,
  LINK: 20,
  STETH: 2300,
  USDC: 1,
  DAI: 1,
};
const LT: Readonly<Record<string, number>> = {
  ETH: 0.825,
  BTC: 0.78,
  LINK: 0.7,
  STETH: 0.75,
  USDC: 0.78,
  DAI: 0.75,
};
const ASSETS = Object.keys(SPOT);
const E_MODE_LT = 0.9;

/**
 * A random system with everything that decides which accounts a round must look at: several collaterals and debts, e-modes,
 * top-ups above and below health 1, latent, averaging and pushed oracles, dust rules, close factors, a chain with little
 * capacity, an asset quoted in another volatile one, a nested token, dynamic haircuts, liquidation delays, accounts unhealthy
 * from the start.
 */
export function wildSystem(seed: number): Snapshot {
  const random = new SeededRandom(`wild-system-${seed}`);
  const depth = random.between(0.2, 3);
  return aSnapshot({
    assets: [
      anAsset(),
      anAsset({
        id: 'BTC',
        spot: SPOT['BTC']!,
        sigmaRef: 0.6,
        beta: { BTC: 1, ETH: random.between(-0.5, 1.2) },
      }),
      anAsset({ id: 'LINK', spot: SPOT['LINK']!, sigmaRef: 0.9, beta: { LINK: 1, ETH: 1.3 } }),
      anAsset({ id: 'STETH', spot: SPOT['STETH']!, kind: 'nested' }),
      aStable(),
      aStable({ id: 'DAI' }),
    ],
    nested: [
      {
        token: 'STETH',
        formula: { kind: 'lst', underlying: 'ETH', redemptionRate: 1.15, discountPool: null },
      },
    ],
    pools: [
      aPool({ owner: 'member-0', reserveBase: 5000 * depth, reserveQuote: 10_000_000 * depth }),
      aConcentratedPool(),
      aPool({ id: 'btc-usdc', base: 'BTC', reserveBase: 200 * depth, reserveQuote: 12_000_000 * depth }),
      aPool({ id: 'link-eth', base: 'LINK', quote: 'ETH', reserveBase: 90_000, reserveQuote: 900 }),
    ],
    lending: Array.from({ length: 1 + random.int(3) }, (_, i) => aWildProtocol(random, i)),
    books:
      random.next() < 0.5
        ? []
        : [aBook({ options: [anOptionLine({ id: 'p', strike: 1800, quantity: -500 * random.next() })] })],
    chains: [
      aChain({ liquidationCapacityUsdPerBlock: random.next() < 0.25 ? random.between(1e3, 2e6) : null }),
    ],
    funds: [aFund({ usd: 20_000, covers: ['member-0', 'member-1', 'member-2'] })],
    dao: { backstopUsd: 1000, members: ['member-0'] },
  });
}

/** A random scenario: up and down, with and without the liquidators' limit, all shapes and levels. */
export function wildScenario(seed: number): Scenario {
  const random = new SeededRandom(`wild-scenario-${seed}`);
  const base = scenarioOf(DEFAULT_PARAMETERS, 'ETH', random.between(0.02, 0.7));
  const shapes = ['exp', 'jump', 'linear', 'smooth'] as const;
  return {
    ...base,
    shock: { ...base.shock, direction: random.next() < 0.25 ? 'up' : 'down' },
    alsoShocked:
      random.next() < 0.3 ? [{ asset: 'BTC', size: random.between(0, 0.5), direction: 'down' }] : [],
    path: { shape: shapes[random.int(4)]!, durationSec: 12 * (1 + random.int(12)), stepSec: 12 },
    level: (['v1', 'v2', 'v3', 'v3', 'v3'] as const)[random.int(5)]!,
    lendingPolicy: {
      haltToxic: random.next() < 0.15,
      ...(random.next() < 0.15
        ? { circuitBreaker: { fall: random.between(0.02, 0.2), windowSec: 24, pauseSec: 36 } }
        : {}),
      ...(random.next() < 0.15 ? { maxCloseFactor: random.between(0.1, 1) } : {}),
    },
    liquidatorLimit: random.next() < 0.75,
    permanentImpact: random.next() < 0.3 ? random.next() : 1,
    liquidityFlight: random.next() < 0.2 ? 0.5 : 0,
    inventoryShare: random.next() < 0.2 ? random.next() : 0,
  };
}

function aWildProtocol(random: SeededRandom, index: number): LendingProtocol {
  const strict = random.next() < 0.3;
  const pushed = random.next() < 0.2;
  return aLendingProtocol({
    id: `lend-${index}`,
    member: `member-${index}`,
    oracle: {
      latencySec: random.next() < 0.4 ? 12 * random.int(4) : 0,
      twapSec: random.next() < 0.3 ? 12 * random.int(5) : 0,
      heartbeatSec: pushed ? 60 : null,
      deviation: pushed ? 0.01 : null,
    },
    closeFactor: strict
      ? { normal: 1, full: 1, fullBelowHf: 1 }
      : { normal: 0.5, full: 1, fullBelowHf: random.between(0.9, 1) },
    dustUsd: random.next() < 0.5 ? 0 : 2000,
    minLeftoverUsd: random.next() < 0.5 ? 0 : 1000,
    insuranceUsd: 10_000 * random.next(),
    liquidationDelaySec: random.next() < 0.2 ? 12 * random.int(4) : 0,
    markets: ASSETS.map((asset) =>
      aLendingMarket({
        asset,
        lt: LT[asset]!,
        bonus: asset === 'USDC' ? 0.045 : random.between(0.03, 0.1),
        haircut:
          random.next() < 0.2 ? { eta: 0.02, floor: 0.6, intervalSec: 12 * (1 + random.int(4)) } : null,
      }),
    ),
    eModes: [{ id: 'majors', ltv: 0.88, lt: E_MODE_LT, bonus: 0.02, collateral: ['ETH', 'BTC'] }],
    positions: Array.from({ length: 3 + random.int(30) }, (_, j) => aWildPosition(random, `account-${j}`)),
  });
}

function aWildPosition(random: SeededRandom, id: string): Position {
  const usd = 10 ** random.between(2, 6.3);
  const common = random.next() < 0.6;
  const collateralAssets = common ? [ASSETS[random.int(2)]!] : someAssets(random);
  const debtAssets = common ? ['USDC'] : someAssets(random).slice(0, 2);
  const eMode = random.next() < 0.15 ? 'majors' : null;
  const share = (list: readonly string[]) => usd / list.length;
  const capacity = collateralAssets.reduce(
    (sum, asset) =>
      sum + share(collateralAssets) * (eMode !== null && asset.length === 3 ? E_MODE_LT : LT[asset]!),
    0,
  );
  const owed = random.next() < 0.05 ? 0 : capacity / random.between(0.97, 1.8);
  return {
    id,
    collateral: Object.fromEntries(
      collateralAssets.map((asset) => [asset, share(collateralAssets) / SPOT[asset]!]),
    ),
    debt: Object.fromEntries(debtAssets.map((asset) => [asset, owed / debtAssets.length / SPOT[asset]!])),
    eMode,
    topUp: random.next() < 0.2 ? aTopUp(random, usd) : null,
  };
}

function someAssets(random: SeededRandom): readonly string[] {
  const chosen = ASSETS.filter(() => random.next() < 0.4);
  return chosen.length > 0 ? chosen : ['ETH'];
}

function aTopUp(random: SeededRandom, usd: number): TopUp {
  const asset = ASSETS[random.int(ASSETS.length)]!;
  return { chain: CHAIN_ID, asset, amount: (0.1 * usd) / SPOT[asset]!, ifHfBelow: random.between(0.9, 1.3) };
}
