import { basename } from 'node:path';
import {
  parseSnapshot,
  type Asset,
  type Book,
  type ConcentratedPool,
  type LendingProtocol,
  type Position,
  type Snapshot,
} from '#libs/market/index';
import { SourceError } from '../source-error.js';
import { readDeribitChain, type DeribitQuote } from './deribit-chain.js';
import {
  readMakerParameters,
  readMakerVaults,
  type MakerParameters,
  type MakerVault,
} from './maker-vaults.js';
import { readUniswapTicks, type UniswapFilePool } from './uniswap-ticks.js';

export interface MarketFiles {
  readonly deribitChain: string;
  readonly uniswapTicks: string;
  readonly uniswapState: string;
  readonly makerVaults: string;
  readonly makerParameters: string;
  /** Share of the open interest whose hedge flow reaches this pool; policy, default 0.2 %: most hedging uses perpetuals. */
  readonly openInterestShare?: number;
}

const CHAIN = 'eip155:1';
const MEMBER = 'maker';
const DEFAULT_SHARE = 0.002;
/** The parameter record ends in January 2023; later times take its last state. */
const PARAMETERS_AT = 1_673_568_000;

/**
 * One validated snapshot of a real market from files: the ETH pool as concentrated ranges, the ETH option chain as a
 * market maker's book, the Maker ETH-B vaults as a lending protocol.
 *
 * Spot and t0 are those of the option chain; the pool keeps its ranges and its price is moved to that spot, as arbitrage
 * would move it. The book's signs are the naive ones (dealers long calls, short puts) on a stated share of the open
 * interest, and `provenance.sources` says so. Vaults keep the collateral and debt of their own date.
 * @throws SourceError (SRC-2xx) for unreadable files, SnapshotError (MKT-101) when the parts do not fit.
 */
export function assembleMarket(files: MarketFiles): Snapshot {
  const share = files.openInterestShare ?? DEFAULT_SHARE;
  const quotes = readDeribitChain(files.deribitChain).filter((quote) => quote.currency === 'ETH');
  const newest = quotes.reduce<DeribitQuote | null>(
    (last, quote) => (last === null || quote.time >= last.time ? quote : last),
    null,
  );
  if (newest === null) {
    throw new SourceError(
      'SRC-206',
      `${basename(files.deribitChain)} holds no ETH options. Pass a chain that does.`,
      { file: files.deribitChain },
    );
  }
  const pool = readUniswapTicks(files.uniswapTicks, files.uniswapState);
  const market = { t0: newest.time, spot: newest.index };
  const parameters = readMakerParameters(files.makerParameters, PARAMETERS_AT);
  const { real, residues } = withoutResidues(readMakerVaults(files.makerVaults), parameters, market.spot);
  const names = [files.deribitChain, files.uniswapTicks, files.makerVaults].map((path) => basename(path));
  return parseSnapshot({
    format: 'dlcm-snapshot/1',
    provenance: {
      t0: market.t0,
      blocks: [],
      sources: [
        ...names,
        `naive dealer signs (long calls, short puts) on ${share} of the open interest`,
        'Maker: oracle delay of one hour not modelled, its auctions sell at the market',
        ...(residues.length === 0 ? [] : [`left out as residues of emptied vaults: ${listed(residues)}`]),
      ],
    },
    assets: assets(market.spot, quotes),
    surfaces: [],
    pools: [poolOf(pool, market.spot)],
    lending: [makerProtocol(real, parameters)],
    perps: [],
    books: [dealerBook(quotes, market.t0, share)],
    nested: [],
    chains: [{ id: CHAIN, blockTimeSec: 12, finalitySec: 768, liquidationCapacityUsdPerBlock: null }],
    bridges: [],
    funds: [],
    governanceTokens: [],
    dao: { backstopUsd: 0, members: [MEMBER] },
  });
}

/**
 * The vault files are rebuilt from events, and emptied vaults keep residues of debt. A debt below Maker's dust limit that is
 * already under water cannot have existed: it is such a residue.
 */
function withoutResidues(
  vaults: readonly MakerVault[],
  { dustDai, liquidationRatio }: MakerParameters,
  spot: number,
): { readonly real: readonly MakerVault[]; readonly residues: readonly MakerVault[] } {
  const isResidue = ({ collateralEth, debtDai }: MakerVault): boolean =>
    debtDai > 0 && debtDai < dustDai && collateralEth * spot < debtDai * liquidationRatio;
  return { real: vaults.filter((vault) => !isResidue(vault)), residues: vaults.filter(isResidue) };
}

/** Names of the first vaults and the number of the others; fits a source line. */
function listed(vaults: readonly MakerVault[]): string {
  const named = vaults.slice(0, 12).map(({ vault }) => vault);
  return vaults.length > named.length
    ? `${named.join(', ')} and ${vaults.length - named.length} more`
    : named.join(', ');
}

function assets(spot: number, quotes: readonly DeribitQuote[]): Asset[] {
  const dollar = {
    spot: 1,
    kind: 'stable',
    beta: {},
    rate: 0,
    yield: 0,
    circulating: null,
    sigmaRef: 0,
  } as const;
  const eth = {
    id: 'ETH',
    spot,
    kind: 'native',
    beta: { ETH: 1 },
    rate: 0,
    yield: 0,
    circulating: null,
  } as const;
  return [
    { ...eth, sigmaRef: thirtyDayVolatility(quotes, spot) },
    { ...dollar, id: 'USDC' },
    { ...dollar, id: 'DAI' },
  ];
}

/** Mark volatility of the quote nearest to 30 days and the spot. */
function thirtyDayVolatility(quotes: readonly DeribitQuote[], spot: number): number {
  const distance = (quote: DeribitQuote): number =>
    Math.abs(quote.tenorYears * 365 - 30) / 30 + 5 * Math.abs(quote.strike / spot - 1);
  const marked = quotes.filter((quote) => quote.markIv !== null);
  const nearest = marked.reduce(
    (best, quote) => (distance(quote) < distance(best) ? quote : best),
    marked[0]!,
  );
  return nearest?.markIv ?? 0;
}

function poolOf(pool: UniswapFilePool, spot: number): ConcentratedPool {
  const { fee, ranges } = pool;
  return {
    kind: 'concentrated',
    id: 'uniswap-v3-eth-usdc-5',
    chain: CHAIN,
    base: 'ETH',
    quote: 'USDC',
    fee,
    owner: null,
    price: spot,
    ranges,
  };
}

/**
 * Maker's price arrives an hour late, but its Dutch auctions sell at the market of the moment. The model has one oracle for
 * trigger and sale limit, so the prompt one is taken: vaults are liquidated sooner than Maker would, and sold where it would.
 */
function makerProtocol(vaults: readonly MakerVault[], parameters: MakerParameters): LendingProtocol {
  const lt = 1 / parameters.liquidationRatio;
  const ether = { asset: 'ETH', ltv: lt, lt, bonus: parameters.penalty, protocolFee: 0, haircut: null };
  const dai = { asset: 'DAI', ltv: 0, lt: 0, bonus: 0, protocolFee: 0, haircut: null };
  return {
    id: 'maker-eth-b',
    chain: CHAIN,
    member: MEMBER,
    oracle: { latencySec: 0, twapSec: 0, heartbeatSec: null, deviation: null },
    closeFactor: { normal: 1, full: 1, fullBelowHf: 1 },
    dustUsd: parameters.dustDai,
    minLeftoverUsd: 0,
    liquidationDelaySec: 0,
    insuranceUsd: 0,
    safetyModule: null,
    markets: [ether, dai],
    eModes: [],
    positions: vaults.map((vault): Position => ({
      id: `vault-${vault.vault}`,
      collateral: { ETH: vault.collateralEth },
      debt: vault.debtDai > 0 ? { DAI: vault.debtDai } : {},
      eMode: null,
      topUp: null,
    })),
  };
}

function dealerBook(quotes: readonly DeribitQuote[], t0: number, share: number): Book {
  const live = quotes.filter(
    (quote) => quote.openInterest > 0 && quote.markIv !== null && quote.markIv > 0 && quote.expiry > t0,
  );
  return {
    id: 'deribit-eth-dealers',
    member: null,
    chain: CHAIN,
    asset: 'ETH',
    kind: 'marketMaker',
    spotShare: 1,
    perpShare: 0,
    bandDelta: 0,
    rebalanceTo: 'zero',
    hedge: null,
    hedged: true,
    collateral: {},
    options: live.map((quote) => ({
      id: quote.instrument,
      type: quote.type,
      strike: quote.strike,
      expirySec: quote.expiry - t0,
      iv: quote.markIv,
      surface: null,
      quantity: (quote.type === 'C' ? share : -share) * quote.openInterest,
    })),
  };
}
