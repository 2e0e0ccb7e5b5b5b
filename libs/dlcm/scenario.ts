/** A shock to one factor: the shocked asset's terminal simple return is -size (down) or +size (up). */
export interface Shock {
  readonly asset: string;
  /** Size in [0, 0.99]. */
  readonly size: number;
  readonly direction: 'down' | 'up';
}

/** Share of the terminal log return reached at the share `at` of the duration; both run from 0 to 1 and ascend. */
export interface PathKnot {
  readonly at: number;
  readonly share: number;
}
export type PathShape = 'jump' | 'linear' | 'smooth' | 'exp' | { readonly knots: readonly PathKnot[] };

export interface ShockPath {
  readonly shape: PathShape;
  readonly durationSec: number;
  /** Length of one tick in seconds. */
  readonly stepSec: number;
}

/** Weight of each loss component in the member's loss. */
export interface LossBasis {
  readonly badDebt: number;
  readonly latentBadDebt: number;
  readonly impermanentLoss: number;
  readonly vaultDeficit: number;
}

/** What a vault's venue asks of it, and how fast it can act (MODEL 12.3). */
export interface VaultRule {
  /** Quantile of the move the cushion covers, in standard deviations. */
  readonly zScore: number;
  /** Seconds until the venue sees a price, and from its decision to the executed close; the chain's finality is added. */
  readonly oracleSec: number;
  readonly executionSec: number;
  /** Share of the value of collateral that is neither stable nor what is owed which does not count. */
  readonly haircut: number;
}

/**
 * Model level: `v1` replays the exogenous path on each protocol alone (no price impact, no hedge flow);
 * `v2` couples all protocols of each chain through shared venues, hedge flow and volatility, nothing crosses a bridge;
 * `v3` is the whole model: chains joined by alive bridges, perpetuals, nested prices, dynamic haircuts, governance tokens. What
 * a level does not have is switched off, not refused (MODEL 8.1).
 */
export type ModelLevel = 'v1' | 'v2' | 'v3';

/** Everything that drives one run of the cascade besides the snapshot. Times in seconds, volatilities annual. */
export interface Scenario {
  readonly shock: Shock;
  /** Further factors shocked along the same path; their log returns add to the first. */
  readonly alsoShocked: readonly Shock[];
  readonly path: ShockPath;
  readonly level: ModelLevel;
  /** `frozen`: each option line keeps its own volatility; `endogenous`: realised volatility lifts all of them. */
  readonly iv: 'frozen' | 'endogenous';
  readonly timeDecay: boolean;
  /** False switches the option books' hedge flow off (a counterfactual, never the published run). */
  readonly hedgeFlow: boolean;
  /** Kappa of the liquidity flight: depth falls by exp(-kappa x 60 s x total variation of the price velocity). */
  readonly liquidityFlight: number;
  /** Lambda: share of the endogenous price gap that the next re-centring leaves in place (1 = all of it stays). */
  readonly permanentImpact: number;
  /** True: liquidators sell only down to the price at which the bonus still pays. */
  readonly liquidatorLimit: boolean;
  /** Iota: share of the seized collateral that liquidators keep instead of selling. */
  readonly inventoryShare: number;
  /** Weight of the excess realised volatility in implied volatility. */
  readonly realisedVolWeight: number;
  readonly lossBasis: LossBasis;
  readonly vaultRule: VaultRule;
  /** Chi: share of perpetual flow that arbitrage carries to spot in the next round, restoring the mark (1 = all of it). */
  readonly perpPassThrough: number;
  /** Kappa_G: a governance token loses exp(-kappa x uncovered loss / market value) before its safety module sells it. */
  readonly governanceReflexivity: number;
  /** What lending protocols may do about a fast market; nothing when absent. */
  readonly lendingPolicy?: LendingPolicy;
  /** Second at which a bridge fails in this scenario, by bridge id; others fail as the snapshot says. Level v3 only. */
  readonly bridgeFailures?: Readonly<Record<string, number>>;
  /** Backstops that buy seized collateral during the run; none when absent (an intervention, never the published run). */
  readonly standingBids?: readonly StandingBid[];
}

/** Rules under which protocols hold liquidations back: policies to be compared, none is published by default. */
export interface LendingPolicy {
  /** True: an account is not liquidated where that would lower its health (Warmuz, Chaudhary and Pinna 2022). */
  readonly haltToxic?: boolean;
  /** Largest share of an account's debt that one liquidation repays, below the protocols' own close factors. */
  readonly maxCloseFactor?: number;
  /** No collateral is seized for `pauseSec` after its price fell by more than the share `fall` within `windowSec`. */
  readonly circuitBreaker?: { readonly fall: number; readonly windowSec: number; readonly pauseSec: number };
}

/** A buyer of last resort: a standing limit order for seized collateral (MODEL 13, 0.25). */
export interface StandingBid {
  readonly asset: string;
  /** Lending protocol whose oracle sets the price. */
  readonly protocol: string;
  /** The bid stands at (1 - discount) x oracle price. */
  readonly discount: number;
  /** USD to spend in the whole run, and at most in one tick. */
  readonly budgetUsd: number;
  readonly maxUsdPerTick: number;
}

/** How the SSF threshold is searched. All sizes are shock sizes. */
export interface SsfSearch {
  readonly maxShock: number;
  /** Spacing of the uniform scan grid, at most 0.0025. */
  readonly step: number;
  readonly tolerance: number;
  /** Number of largest liquidation-price groups whose trigger shocks join the scan. */
  readonly triggerPoints: number;
  /** True evaluates the whole scan set, so that `monotone` can be told. */
  readonly certify: boolean;
}
