import type {
  Asset,
  Book,
  Chain,
  ConcentratedPool,
  ConstantProductPool,
  Fund,
  LendingMarket,
  LendingProtocol,
  OptionLine,
  OrderBookPool,
  PerpVenue,
  Position,
  Snapshot,
  StableSwapPool,
} from '#libs/market/index';

/** Plain literals with overrides, for tests. Each builder gives a valid small object; a test states only what it is about. */
export const CHAIN_ID = 'eip155:31337';

export function anAsset(overrides: Partial<Asset> = {}): Asset {
  return {
    id: 'ETH',
    spot: 2000,
    kind: 'native',
    beta: { ETH: 1 },
    rate: 0,
    yield: 0,
    circulating: null,
    sigmaRef: 0.8,
    ...overrides,
  };
}

export function aStable(overrides: Partial<Asset> = {}): Asset {
  return anAsset({ id: 'USDC', spot: 1, kind: 'stable', beta: {}, sigmaRef: 0, ...overrides });
}

/** 10,000 ETH against 20 m USDC: 1 % of price is about 50 ETH. */
export function aPool(overrides: Partial<ConstantProductPool> = {}): ConstantProductPool {
  return {
    kind: 'constantProduct',
    id: 'eth-usdc-30',
    chain: CHAIN_ID,
    base: 'ETH',
    quote: 'USDC',
    fee: 0.003,
    owner: null,
    reserveBase: 10_000,
    reserveQuote: 20_000_000,
    ...overrides,
  };
}

export function aConcentratedPool(overrides: Partial<ConcentratedPool> = {}): ConcentratedPool {
  return {
    kind: 'concentrated',
    id: 'eth-usdc-5',
    chain: CHAIN_ID,
    base: 'ETH',
    quote: 'USDC',
    fee: 0.0005,
    owner: null,
    price: 2000,
    ranges: [
      { priceLower: 100, priceUpper: 1500, liquidity: 200_000 },
      { priceLower: 1500, priceUpper: 2500, liquidity: 600_000 },
      { priceLower: 2500, priceUpper: 10_000, liquidity: 200_000 },
    ],
    ...overrides,
  };
}

/** A book around 2,000: 10 ETH 1 % and 20 ETH 5 % away on either side, nothing posted again. */
export function anOrderBook(overrides: Partial<OrderBookPool> = {}): OrderBookPool {
  return {
    kind: 'orderBook',
    id: 'eth-usdc-book',
    chain: CHAIN_ID,
    base: 'ETH',
    quote: 'USDC',
    fee: 0,
    owner: null,
    mid: 2000,
    bids: [
      { price: 1900, size: 20 },
      { price: 1980, size: 10 },
    ],
    asks: [
      { price: 2020, size: 10 },
      { price: 2100, size: 20 },
    ],
    refillPerTick: 0,
    ...overrides,
  };
}

/** One million of each of two coins worth the same, A = 100. */
export function aStablePool(overrides: Partial<StableSwapPool> = {}): StableSwapPool {
  return {
    kind: 'stableSwap',
    id: 'dai-usdc',
    chain: CHAIN_ID,
    base: 'DAI',
    quote: 'USDC',
    fee: 0,
    owner: null,
    amplification: 100,
    coins: [
      { asset: 'DAI', balance: 1_000_000, rate: 1 },
      { asset: 'USDC', balance: 1_000_000, rate: 1 },
    ],
    ...overrides,
  };
}

export function aLendingMarket(overrides: Partial<LendingMarket> = {}): LendingMarket {
  return { asset: 'ETH', ltv: 0.8, lt: 0.825, bonus: 0.05, protocolFee: 0.1, haircut: null, ...overrides };
}

/** One ETH against 1,200 USDC: health factor 1.375 at 2,000 USD. */
export function aPosition(overrides: Partial<Position> = {}): Position {
  return {
    id: 'alice',
    collateral: { ETH: 1 },
    debt: { USDC: 1200 },
    eMode: null,
    topUp: null,
    ...overrides,
  };
}

export function aLendingProtocol(overrides: Partial<LendingProtocol> = {}): LendingProtocol {
  return {
    id: 'aave',
    chain: CHAIN_ID,
    member: 'aave-local',
    oracle: { latencySec: 0, twapSec: 0, heartbeatSec: null, deviation: null },
    closeFactor: { normal: 0.5, full: 1, fullBelowHf: 0.95 },
    dustUsd: 2000,
    minLeftoverUsd: 1000,
    liquidationDelaySec: 0,
    insuranceUsd: 0,
    safetyModule: null,
    markets: [aLendingMarket(), aLendingMarket({ asset: 'USDC', ltv: 0.75, lt: 0.78, bonus: 0.045 })],
    eModes: [],
    positions: [aPosition()],
    ...overrides,
  };
}

/** Thirty-day at-the-money put, one unit sold. */
export function anOptionLine(overrides: Partial<OptionLine> = {}): OptionLine {
  return {
    id: 'eth-2000-p',
    type: 'P',
    strike: 2000,
    expirySec: 30 * 86_400,
    iv: 0.8,
    surface: null,
    quantity: -1,
    ...overrides,
  };
}

export function aBook(overrides: Partial<Book> = {}): Book {
  return {
    id: 'maker',
    member: null,
    chain: CHAIN_ID,
    asset: 'ETH',
    kind: 'marketMaker',
    spotShare: 1,
    perpShare: 0,
    bandDelta: 0,
    rebalanceTo: 'zero',
    hedge: null,
    hedged: true,
    collateral: {},
    options: [anOptionLine()],
    ...overrides,
  };
}

/** A perpetual on ETH whose book takes 1,000 ETH 1 % away from its mark on either side; no accounts. */
export function aPerpVenue(overrides: Partial<PerpVenue> = {}): PerpVenue {
  return {
    id: 'perp-eth',
    chain: CHAIN_ID,
    member: 'perp-local',
    asset: 'ETH',
    mark: 2000,
    index: 2000,
    funding8h: 0,
    longOi: 0,
    shortOi: 0,
    bids: [{ price: 1980, size: 1000 }],
    asks: [{ price: 2020, size: 1000 }],
    mmr: 0.05,
    insuranceUsd: 0,
    accounts: [],
    ...overrides,
  };
}

export function aChain(overrides: Partial<Chain> = {}): Chain {
  return {
    id: CHAIN_ID,
    blockTimeSec: 12,
    finalitySec: 0,
    liquidationCapacityUsdPerBlock: null,
    ...overrides,
  };
}

export function aFund(overrides: Partial<Fund> = {}): Fund {
  return { id: 'backstop', usd: 0, covers: ['aave-local'], ...overrides };
}

/** One volatile asset, one stable, one pool, one lending protocol with one position; no options. */
export function aSnapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    format: 'dlcm-snapshot/1',
    provenance: { t0: 1_769_288_400, blocks: [], sources: ['builder'] },
    assets: [anAsset(), aStable()],
    surfaces: [],
    pools: [aPool()],
    lending: [aLendingProtocol()],
    perps: [],
    books: [],
    nested: [],
    chains: [aChain()],
    bridges: [],
    funds: [],
    governanceTokens: [],
    dao: { backstopUsd: 0, members: ['aave-local'] },
    ...overrides,
  };
}
