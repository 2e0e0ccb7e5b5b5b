/**
 * The market snapshot: every input of one evaluation as plain readonly data.
 *
 * Units: prices and USD amounts in USD, asset amounts in whole tokens (not wei), rates and volatilities
 * annual and continuous (0.8 = 80 %), fractions in [0, 1], times in seconds. Position quantities are positive
 * for long, negative for short, as seen by their owner.
 */
export interface Snapshot {
  readonly format: 'dlcm-snapshot/1';
  readonly provenance: Provenance;
  readonly assets: readonly Asset[];
  readonly surfaces: readonly Surface[];
  readonly pools: readonly Pool[];
  readonly lending: readonly LendingProtocol[];
  readonly perps: readonly PerpVenue[];
  readonly books: readonly Book[];
  readonly nested: readonly NestedToken[];
  readonly chains: readonly Chain[];
  readonly bridges: readonly Bridge[];
  readonly funds: readonly Fund[];
  readonly governanceTokens: readonly GovernanceToken[];
  readonly dao: Dao;
}

/** Where and when the inputs were read. `t0` is the snapshot's time in unix seconds. */
export interface Provenance {
  readonly t0: number;
  /** One pinned block per chain read; empty for a snapshot assembled from files. */
  readonly blocks: readonly PinnedBlock[];
  /** Human-readable origin of each off-chain input (file name, venue). */
  readonly sources: readonly string[];
}

export interface PinnedBlock {
  /** Chain id of `chains[]`. */
  readonly chain: string;
  readonly number: number;
  readonly hash: `0x${string}`;
  readonly parentHash: `0x${string}`;
}

export type AssetKind = 'native' | 'stable' | 'bridged' | 'governance' | 'nested';

export interface Asset {
  readonly id: string;
  readonly spot: number;
  readonly kind: AssetKind;
  /** Sensitivity of the log price to each shocked factor; `beta[id]` is 1 for a factor itself, 0 for stables. */
  readonly beta: Readonly<Record<string, number>>;
  readonly rate: number;
  readonly yield: number;
  readonly circulating: number | null;
  readonly sigmaRef: number;
}

export interface Surface {
  readonly id: string;
  readonly asset: string;
  readonly slices: readonly SurfaceSlice[];
}

export interface SurfaceSlice {
  /** Seconds to expiry at t0. */
  readonly expirySec: number;
  readonly forward: number;
  readonly model: SviModel | SabrModel | GridModel;
}
export interface SviModel {
  readonly kind: 'svi';
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}
export interface SabrModel {
  readonly kind: 'sabr';
  readonly alpha: number;
  readonly beta: number;
  readonly nu: number;
  readonly rho: number;
}
export interface GridModel {
  readonly kind: 'grid';
  readonly points: readonly { readonly strike: number; readonly iv: number }[];
}

interface PoolFace {
  readonly id: string;
  readonly chain: string;
  readonly base: string;
  readonly quote: string;
  /** Fee as a fraction of the input amount. */
  readonly fee: number;
  /** Member whose loss the impermanent loss of this pool is; null when no member owns it. */
  readonly owner: string | null;
}
export interface ConstantProductPool extends PoolFace {
  readonly kind: 'constantProduct';
  readonly reserveBase: number;
  readonly reserveQuote: number;
}
export interface ConcentratedPool extends PoolFace {
  readonly kind: 'concentrated';
  /** Quote per base, fee-exclusive. */
  readonly price: number;
  /** Disjoint ranges, ascending; liquidity in sqrt(base x quote) units of whole tokens. */
  readonly ranges: readonly LiquidityRange[];
}
export interface LiquidityRange {
  readonly priceLower: number;
  readonly priceUpper: number;
  readonly liquidity: number;
}
export interface StableSwapPool extends PoolFace {
  readonly kind: 'stableSwap';
  /** Amplification in the contract convention (Ann = A n). */
  readonly amplification: number;
  readonly coins: readonly { readonly asset: string; readonly balance: number; readonly rate: number }[];
}
export interface OrderBookPool extends PoolFace {
  readonly kind: 'orderBook';
  readonly mid: number;
  readonly bids: readonly { readonly price: number; readonly size: number }[];
  readonly asks: readonly { readonly price: number; readonly size: number }[];
  readonly refillPerTick: number;
}
export type Pool = ConstantProductPool | ConcentratedPool | StableSwapPool | OrderBookPool;

export interface OracleRule {
  readonly latencySec: number;
  readonly twapSec: number;
  readonly heartbeatSec: number | null;
  readonly deviation: number | null;
}

export interface CloseFactorRule {
  /** Share of the debt repayable at once while HF > fullBelowHf and both sides of the pair are at least dustUsd. */
  readonly normal: number;
  readonly full: number;
  readonly fullBelowHf: number;
}

export interface LendingMarket {
  readonly asset: string;
  readonly ltv: number;
  /** Liquidation threshold: share of collateral value that counts toward health. */
  readonly lt: number;
  /** Liquidation bonus, e.g. 0.05: a repayer of 1 USD receives 1.05 USD of collateral. */
  readonly bonus: number;
  /** Share of the bonus that the protocol keeps. */
  readonly protocolFee: number;
  readonly haircut: { readonly eta: number; readonly floor: number; readonly intervalSec: number } | null;
}

export interface EMode {
  readonly id: string;
  readonly ltv: number;
  readonly lt: number;
  readonly bonus: number;
  /** Assets that get the category's parameters when posted as collateral. */
  readonly collateral: readonly string[];
}

export interface TopUp {
  readonly chain: string;
  readonly asset: string;
  readonly amount: number;
  readonly ifHfBelow: number;
}

export interface Position {
  readonly id: string;
  /** Asset id to whole tokens. */
  readonly collateral: Readonly<Record<string, number>>;
  readonly debt: Readonly<Record<string, number>>;
  readonly eMode: string | null;
  readonly topUp: TopUp | null;
}

export interface LendingProtocol {
  readonly id: string;
  readonly chain: string;
  readonly member: string;
  readonly oracle: OracleRule;
  readonly closeFactor: CloseFactorRule;
  /** Below this size (collateral or debt of the pair, USD) the whole debt may be repaid. */
  readonly dustUsd: number;
  /** A partial liquidation that would leave less than this on either side closes the pair instead (USD; 0 = no rule). */
  readonly minLeftoverUsd: number;
  readonly liquidationDelaySec: number;
  readonly insuranceUsd: number;
  readonly safetyModule: {
    readonly token: string;
    readonly amount: number;
    readonly slashable: number;
  } | null;
  readonly markets: readonly LendingMarket[];
  readonly eModes: readonly EMode[];
  readonly positions: readonly Position[];
}

export interface PerpVenue {
  readonly id: string;
  readonly chain: string;
  readonly member: string;
  readonly asset: string;
  readonly mark: number;
  readonly index: number;
  readonly funding8h: number;
  readonly longOi: number;
  readonly shortOi: number;
  readonly bids: readonly { readonly price: number; readonly size: number }[];
  readonly asks: readonly { readonly price: number; readonly size: number }[];
  readonly mmr: number;
  readonly insuranceUsd: number;
  readonly accounts: readonly {
    readonly id: string;
    readonly quantity: number;
    readonly entry: number;
    readonly margin: number;
  }[];
}

export interface OptionLine {
  readonly id: string;
  readonly type: 'C' | 'P';
  readonly strike: number;
  /** Seconds to expiry at t0. */
  readonly expirySec: number;
  /** Annual implied volatility of this line; null takes it from `surface`. */
  readonly iv: number | null;
  readonly surface: string | null;
  /** Base units, positive long, negative short, of the book's owner. */
  readonly quantity: number;
}

export interface Book {
  readonly id: string;
  readonly member: string | null;
  readonly chain: string;
  readonly asset: string;
  readonly kind: 'marketMaker' | 'vault';
  readonly spotShare: number;
  readonly perpShare: number;
  /** Hedge band on the normalised delta; 0 hedges every round. */
  readonly bandDelta: number;
  readonly rebalanceTo: 'zero' | 'edge';
  /** Base units held as hedge; null means exactly hedged, -delta(S0). */
  readonly hedge: number | null;
  /** False: the book does not hedge at all (h = 0). */
  readonly hedged: boolean;
  /** USD or asset holdings that secure the book: asset id to whole tokens. */
  readonly collateral: Readonly<Record<string, number>>;
  readonly options: readonly OptionLine[];
}

export type NestedFormula =
  | {
      readonly kind: 'lst';
      readonly underlying: string;
      readonly redemptionRate: number;
      readonly discountPool: string | null;
    }
  | { readonly kind: 'lp'; readonly pool: string; readonly supply: number }
  | {
      readonly kind: 'receipt';
      readonly protocol: string;
      readonly asset: string;
      readonly exchangeRate: number;
    }
  | { readonly kind: 'vaultShare'; readonly book: string; readonly supply: number }
  | { readonly kind: 'basket'; readonly backing: Readonly<Record<string, number>> };

export interface NestedToken {
  /** Asset id of the token this formula prices. */
  readonly token: string;
  readonly formula: NestedFormula;
}

export interface Chain {
  /** CAIP-2 id, e.g. "eip155:31337". */
  readonly id: string;
  readonly blockTimeSec: number;
  readonly finalitySec: number;
  readonly liquidationCapacityUsdPerBlock: number | null;
}

export interface Bridge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly assets: readonly string[];
  readonly latencySec: number;
  readonly failsAtSec: number | null;
  readonly depeg: number;
}

/** Money already committed to cover members' losses (an authorised, unspent backstop tranche counts; the vault behind it does not). */
export interface Fund {
  readonly id: string;
  readonly usd: number;
  readonly covers: readonly string[];
}

export interface GovernanceToken {
  readonly id: string;
  readonly pool: string;
  readonly staked: number;
  readonly slashFraction: number;
}

export interface Dao {
  readonly backstopUsd: number;
  readonly members: readonly string[];
}
