import type { Venues } from '../amm/index.js';
import type { LiquidationRules } from '../lending/liquidation.js';
import type { HedgeCurve } from '../options/index.js';
import type { Scenario } from '../scenario.js';
import type { BookClosure } from './book-capital.js';
import { flowRoom, type Flows } from './flows.js';
import type { AccountMemory } from './account-memory.js';
import type { Examiner } from './examiner.js';
import { openingHedge } from './option-books.js';
import { markUnreachable, segmentsAt, segmentVenues, type Segments } from './market-segments.js';
import { calibrateNested, freshNested, type NestedState } from './nested-prices.js';
import { oracleOf, type Oracle } from './oracle.js';
import { freshPerps, type PerpState } from './perp-state.js';
import { priceHistory, type PriceHistory } from './price-history.js';
import { realisedVolatility, type RealisedVolatility } from './realised-volatility.js';
import { terminalLogReturns } from './shock-path.js';
import { freshBids, type BidState } from './standing-bids.js';
import type { System } from './system.js';

/** One option book during a run. */
export interface BookState {
  readonly curve: HedgeCurve;
  /** Row of the book's asset on its own chain, and the row at which it trades: the leader of that in its segment. */
  readonly ownAsset: number;
  asset: number;
  /** False for a book that never hedges, or whose hedge flow is switched off. */
  readonly trades: boolean;
  /** False once the options were bought back at their marks: what is left of the hedge is being closed. */
  open: boolean;
  /** Base units held as hedge on spot. */
  hedge: number;
  /** The same on each perpetual venue, and this round's orders there. */
  readonly perpUnits: Float64Array;
  readonly perpOrders: Float64Array;
  /** Share of every trade that goes to perpetuals. */
  readonly perpFraction: number;
  /** USD received (+) or paid (-) since the snapshot for hedge trades, the financed opening hedge and the buy-back. */
  cash: number;
  /** Sum of |trade| in base units. */
  volume: number;
  netTrade: number;
  /** Direction of the book's first trade of this tick; 0 before it. */
  lock: number;
  /** Spot flow of the present round, base units, + buys. */
  order: number;
  /** What all orders became in the present round, perpetuals included, and their average price in USD. */
  traded: number;
  tradedPrice: number;
}

/** Everything that changes during one run. Prices are USD per whole token by asset. */
export interface RunState extends AccountMemory {
  readonly system: System;
  readonly scenario: Scenario;
  /** Terminal log return of each asset. */
  readonly logReturns: Float64Array;
  /** Chains that share one market now; a bridge failure splits them. */
  segments: Segments;
  /** Venues of each asset in its segment, at the leading row. */
  readonly venues: (Venues | null)[];
  /** Share of its exogenous price that an asset is worth on its chain: below 1 behind a failed bridge. */
  readonly peg: Float64Array;
  readonly exogenous: Float64Array;
  readonly market: Float64Array;
  readonly oracles: readonly Oracle[];
  /** Chooses which accounts a round looks at. */
  readonly examiner: Examiner;
  readonly history: PriceHistory;
  readonly volatility: RealisedVolatility;
  readonly books: readonly BookState[];
  /** Perpetual venues; null below level v3 and without any. */
  readonly perps: PerpState | null;
  readonly nested: NestedState | null;
  /** Books closed in the present round. */
  readonly closures: BookClosure[];
  /** Liquidation threshold of each terms row. */
  readonly lt: Float64Array;
  /** How much each protocol lets be liquidated at once. */
  readonly liquidationRules: readonly LiquidationRules[];
  /** First tick in which collateral may be seized again, by row. */
  readonly pausedUntil: Int32Array;
  /** 1 once a sale drained the asset's venues to the floor, NO_VENUE where its segment has none: it trades no more. */
  readonly drained: Uint8Array;
  /** 1 once a purchase ran into the price ceiling. */
  readonly absorbedUp: Uint8Array;
  readonly flows: Flows;
  readonly bids: readonly BidState[];
  readonly holdings: Holdings;
  /** Variation of the price velocity so far and the last velocity, by asset (liquidity flight). */
  readonly flight: { readonly variation: Float64Array; readonly velocity: Float64Array };
  tick: number;
  rounds: number;
}

/** Tokens by asset that each kind of participant gained (+) or gave up (-) since the snapshot. */
export interface Holdings {
  /** Option books, and arbitrage between perpetuals and spot. */
  readonly books: Float64Array;
  readonly liquidators: Float64Array;
  readonly arbitrage: Float64Array;
  readonly treasury: Float64Array;
  /** Buyers of last resort. */
  readonly backstops: Float64Array;
  /** Debt tokens that came back to the lending protocols. */
  readonly protocols: Float64Array;
  /** Nested tokens taken apart (+ of the token, - of its parts) or put together to be sold or repaid. */
  readonly redeemed: Float64Array;
  /** Tokens that owners brought in as top-ups. */
  readonly toppedUp: Float64Array;
}

/** What a run does with the accounts, and where. */
export interface AccountHandling {
  readonly memory: AccountMemory;
  readonly examiner: Examiner;
}

/** The state at the snapshot. */
export function freshState(system: System, scenario: Scenario, handling: AccountHandling): RunState {
  const { assets, accounts } = system;
  const n = assets.ids.length;
  const column = (): Float64Array => new Float64Array(n);
  const segments = segmentsAt(system, scenario, 0);
  const venues = segmentVenues(system, segments);
  const drained = new Uint8Array(n);
  if (scenario.level !== 'v1') markUnreachable({ system, venues, drained }, segments);
  const state: RunState = {
    ...handling.memory,
    system,
    scenario,
    logReturns: terminalLogReturns(
      assets.ids.map((id, i) => ({ id, beta: assets.beta[i]! })),
      scenario,
    ),
    segments,
    venues,
    peg: new Float64Array(n).fill(1),
    exogenous: assets.spot.slice(),
    market: assets.spot.slice(),
    oracles: system.protocols.map((p) => oracleOf(p.oracle, scenario.path.stepSec, assets.spot)),
    examiner: handling.examiner,
    history: priceHistory(assets.spot),
    volatility: realisedVolatility(system.options.sigma0, scenario.path.stepSec, scenario.realisedVolWeight),
    books: system.options.books.map((_, b) => freshBook(system, scenario, { b, segments })),
    perps: perpsOf(system, scenario),
    nested: freshNested(system, scenario),
    closures: [],
    lt: accounts.terms.lt.slice(),
    liquidationRules: system.protocols.map((protocol) => rulesOf(protocol, scenario)),
    pausedUntil: new Int32Array(n),
    drained,
    absorbedUp: new Uint8Array(n),
    flows: flowRoom(n),
    bids: freshBids(system, scenario),
    holdings: {
      books: column(),
      liquidators: column(),
      arbitrage: column(),
      treasury: column(),
      backstops: column(),
      protocols: column(),
      redeemed: column(),
      toppedUp: column(),
    },
    flight: { variation: column(), velocity: column() },
    tick: 0,
    rounds: 0,
  };
  calibrateNested(state);
  return state;
}

function rulesOf(protocol: LiquidationRules, scenario: Scenario): LiquidationRules {
  const most = scenario.lendingPolicy?.maxCloseFactor;
  if (most === undefined) return protocol;
  const { normal, full, fullBelowHf } = protocol.closeFactor;
  const closeFactor = { normal: Math.min(normal, most), full: Math.min(full, most), fullBelowHf };
  return { ...protocol, closeFactor };
}

function perpsOf(system: System, scenario: Scenario): PerpState | null {
  return scenario.level === 'v3' ? freshPerps(system.perps) : null;
}

function freshBook(
  system: System,
  scenario: Scenario,
  { b, segments }: { readonly b: number; readonly segments: Segments },
): BookState {
  const { options, assets } = system;
  const hedge = openingHedge(options, b, {
    elapsedSec: 0,
    volShift: scenario.iv === 'endogenous' ? 0 : null,
  });
  const asset = segments.leader[options.asset[b]!]!;
  const perps = openingPerpHedge(system, scenario, [b, hedge]);
  return {
    curve: options.curves[b]!,
    ownAsset: options.asset[b]!,
    asset,
    trades: options.books[b]!.hedged && scenario.hedgeFlow && scenario.level !== 'v1',
    open: true,
    hedge: hedge - perps.total,
    perpUnits: perps.units,
    perpOrders: new Float64Array(perps.units.length),
    perpFraction: perps.fraction,
    cash: -(hedge - perps.total) * assets.spot[asset]! - perps.usd,
    volume: 0,
    netTrade: 0,
    lock: 0,
    order: 0,
    traded: 0,
    tradedPrice: 0,
  };
}

/** The part of an opening hedge that lies on perpetuals (MODEL 5 stage 2, 0.15), at the marks of the snapshot. */
function openingPerpHedge(
  { options, assets, perps }: System,
  scenario: Scenario,
  [b, hedge]: readonly [number, number],
) {
  const { spotShare, perpShare } = options.books[b]!;
  const asset = options.asset[b]!;
  const units = new Float64Array(perps.venues.length);
  const here =
    scenario.level === 'v3' && perps.hedgeShare.some((share, v) => share > 0 && perps.asset[v] === asset);
  const fraction = here && perpShare > 0 ? perpShare / (spotShare + perpShare) : 0;
  let total = 0;
  let usd = 0;
  if (fraction > 0) {
    for (let v = 0; v < units.length; v += 1) {
      if (perps.asset[v] !== asset) continue;
      units[v] = hedge * fraction * perps.hedgeShare[v]!;
      total += units[v]!;
      usd += units[v]! * assets.spot[asset]! * perps.basis[v]!;
    }
  }
  return { units, fraction, total, usd };
}
