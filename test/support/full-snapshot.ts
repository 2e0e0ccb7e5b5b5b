import type { Snapshot } from '#libs/market/index';
import {
  aBook,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from './builders.js';

const level = { price: 1990, size: 3 };

const PROVENANCE: Snapshot['provenance'] = {
  t0: 1_769_288_400,
  sources: ['test'],
  blocks: [
    {
      chain: 'eip155:31337',
      number: 7,
      hash: `0x${'ab'.repeat(32)}`,
      parentHash: `0x${'cd'.repeat(32)}`,
    },
  ],
};

const ASSETS: Snapshot['assets'] = [
  anAsset(),
  aStable(),
  aStable({ id: 'DAI' }),
  anAsset({ id: 'GOV', kind: 'governance', circulating: 1e6 }),
  anAsset({ id: 'stETH', kind: 'nested' }),
  anAsset({ id: 'INDEX', kind: 'nested' }),
];

const SURFACES: Snapshot['surfaces'] = [
  {
    id: 'eth',
    asset: 'ETH',
    slices: [
      {
        expirySec: 100,
        forward: 2000,
        model: { kind: 'svi', a: 0.04, b: 0.1, rho: -0.3, m: 0, sigma: 0.2 },
      },
      { expirySec: 200, forward: 2001, model: { kind: 'sabr', alpha: 0.8, beta: 1, nu: 0.5, rho: -0.2 } },
      {
        expirySec: 300,
        forward: 2002,
        model: {
          kind: 'grid',
          points: [
            { strike: 1500, iv: 0.9 },
            { strike: 2500, iv: 0.7 },
          ],
        },
      },
    ],
  },
];

const POOLS: Snapshot['pools'] = [
  aPool({ owner: 'aave-local' }),
  {
    kind: 'stableSwap',
    id: 'dai-usdc',
    chain: 'eip155:31337',
    base: 'DAI',
    quote: 'USDC',
    fee: 0.0001,
    owner: null,
    amplification: 200,
    coins: [
      { asset: 'DAI', balance: 1e6, rate: 1 },
      { asset: 'USDC', balance: 1e6, rate: 1 },
    ],
  },
  {
    kind: 'orderBook',
    id: 'gov-usdc',
    chain: 'eip155:31337',
    base: 'GOV',
    quote: 'USDC',
    fee: 0,
    owner: null,
    mid: 2000,
    bids: [level],
    asks: [{ price: 2010, size: 2 }],
    refillPerTick: 0.1,
  },
];

const LENDING: Snapshot['lending'] = [
  aLendingProtocol({
    safetyModule: { token: 'GOV', amount: 5, slashable: 0.3 },
    eModes: [{ id: '1', ltv: 0.9, lt: 0.93, bonus: 0.01, collateral: ['ETH'] }],
    positions: [
      aPosition({
        eMode: '1',
        topUp: { chain: 'eip155:31337', asset: 'USDC', amount: 10, ifHfBelow: 1.05 },
      }),
      aPosition({ id: 'bob' }),
    ],
  }),
];

const PERPS: Snapshot['perps'] = [
  {
    id: 'perp',
    chain: 'eip155:31337',
    member: 'aave-local',
    asset: 'ETH',
    mark: 2001,
    index: 2000,
    funding8h: -0.0001,
    longOi: 5,
    shortOi: 5,
    bids: [level],
    asks: [],
    mmr: 0.01,
    insuranceUsd: 0,
    accounts: [{ id: 'c', quantity: -2, entry: 2100, margin: 500 }],
  },
];

const NESTED: Snapshot['nested'] = [
  {
    token: 'stETH',
    formula: { kind: 'lst', underlying: 'ETH', redemptionRate: 1.1, discountPool: null },
  },
  { token: 'INDEX', formula: { kind: 'basket', backing: { ETH: 0.5, GOV: 2 } } },
];

const BRIDGES: Snapshot['bridges'] = [
  {
    id: 'b',
    from: 'eip155:31337',
    to: 'eip155:31337',
    assets: ['USDC'],
    latencySec: 60,
    failsAtSec: null,
    depeg: 0.1,
  },
];

/** A snapshot that uses every table. */
export function aFullSnapshot(): Snapshot {
  return aSnapshot({
    provenance: PROVENANCE,
    assets: ASSETS,
    surfaces: SURFACES,
    pools: POOLS,
    lending: LENDING,
    perps: PERPS,
    books: [aBook({ collateral: { USDC: 100 }, options: [anOptionLine({ iv: null, surface: 'eth' })] })],
    nested: NESTED,
    bridges: BRIDGES,
    funds: [{ id: 'f', usd: 1000, covers: ['aave-local'] }],
    governanceTokens: [{ id: 'GOV', pool: 'gov-usdc', staked: 5, slashFraction: 0.2 }],
    dao: { backstopUsd: 3, members: ['aave-local'] },
  });
}
