/**
 * The numbers of the local world: sizes in USD, fractions as fractions. They are chosen so that the coalition survives a
 * fall of a fifth with room in calm and without room after a fall; docs/decisions/0041 tells why each is of its size.
 */
export interface AssetPlan {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  readonly decimals: number;
  readonly kind: 'native' | 'bridged' | 'stable';
  readonly priceUsd: number;
  readonly sigmaRef: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly reserve: ReservePlan;
}

/** Basis points, as Aave counts them; `bonusBps` of 10500 pays a liquidator 5 %. */
export interface ReservePlan {
  readonly ltvBps: number;
  readonly ltBps: number;
  readonly bonusBps: number;
  readonly protocolFeeBps: number;
  readonly supplyUsd: number;
}

/** Liquidity between two fractions of the opening price; `depthUsd` is liquidity times the square root of that price. */
export interface RangePlan {
  readonly lower: number;
  readonly upper: number;
  readonly depthUsd: number;
}

export interface PoolPlan {
  readonly id: string;
  readonly base: string;
  readonly feePips: number;
  readonly tickSpacing: number;
  readonly ranges: readonly RangePlan[];
}

export interface LinePlan {
  readonly isCall: boolean;
  readonly strikeOverSpot: number;
  readonly days: number;
  readonly ivBps: number;
  /** Base units, negative is written. */
  readonly quantity: number;
}

export interface BookPlan {
  readonly name: string;
  readonly isVault: boolean;
  readonly bandBps: number;
  readonly stockLoan: number;
  readonly cashUsd: number;
  readonly lines: readonly LinePlan[];
}

export interface WorldPlan {
  readonly startTimestamp: number;
  readonly blockTimeSec: number;
  readonly member: string;
  readonly assets: readonly AssetPlan[];
  readonly pools: readonly PoolPlan[];
  readonly feedLatencySec: number;
  readonly books: readonly BookPlan[];
  readonly insuranceUsd: number;
  readonly backstopUsd: number;
  readonly borrowers: BorrowerPlan;
  readonly fall: FallPlan;
}

/** The fall of the market script: a move of one asset that the others follow by their betas. */
export interface FallPlan {
  readonly asset: string;
  readonly size: number;
  readonly durationSec: number;
  readonly stepSec: number;
}

/** How the borrowers' health is drawn. */
export interface BorrowerPlan {
  readonly count: number;
  /** Share with collateral in BTC. */
  readonly btcShare: number;
  /** Share that borrows against both volatile assets. */
  readonly mixedShare: number;
  /** Share that owes ETH against USDC. */
  readonly shortShare: number;
  readonly collateralUsd: { readonly median: number; readonly sigma: number; readonly max: number };
  /** Most hold this leverage (collateral over equity). */
  readonly leverage: { readonly low: number; readonly high: number };
  /** A share sits near liquidation: health factors drawn from [low, high], sizes around the stated one. */
  readonly near: {
    readonly share: number;
    readonly low: number;
    readonly high: number;
    readonly collateralUsd: number;
  };
  /** Large accounts that run close to liquidation after the fall and tend their positions. */
  readonly loopers: {
    readonly count: number;
    readonly collateralUsd: number;
    readonly health: { readonly low: number; readonly high: number };
  };
  /** Share in the e-mode category, among accounts that are not near liquidation. */
  readonly eModeShare: number;
  /** Share of borrowers who repay when a tightening would make them liquidatable. */
  readonly attentiveShare: number;
}
