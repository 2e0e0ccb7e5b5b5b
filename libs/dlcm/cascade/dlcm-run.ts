import { compensatedSum, valueOf } from '#libs/numeric/index';
import type { MarketSnapshot } from '#libs/market/index';
import type { RunStatus } from '../evaluation-record.js';
import type { Scenario } from '../scenario.js';
import { poolLossUsd } from '../solvency/losses.js';
import type { PerpVenueLoss } from '../solvency/perp-losses.js';
import { solvencyOf, type Solvency } from '../solvency/solvency.js';
import type { HedgeAttribution, LiquidationEvent, RoundRecord } from './events.js';
import { bookEquityUsd } from './book-capital.js';
import { rowOn } from './lookup.js';
import { pricesOf, recorder } from './recorder.js';
import { runCascade, type FinishedRun, type RunHow, type RunObserver } from './run.js';
import type { Examine } from './examiner.js';
import type { RunState } from './run-state.js';
import { systemOf, type System } from './system.js';

/** One book at the end of a run. */
export interface BookResult {
  readonly book: string;
  readonly asset: string;
  /** Base units bought (+) or sold (-) by hedging. */
  readonly hedgeNetTrade: number;
  readonly hedgeVolume: number;
  /** Why it traded, summed over the run. */
  readonly why: HedgeAttribution;
  readonly equityUsd: number;
  /** When the book was closed on its capital; null if it stayed open. */
  readonly closedSec: number | null;
}

/** One perpetual venue at the end of a run. */
export interface PerpResult extends PerpVenueLoss {
  readonly asset: string;
  /** mark / spot - 1. */
  readonly basis: number;
  readonly liquidations: number;
  /** USD one long unit paid in funding during the run. */
  readonly fundingPaid: number;
  /** Its order book ran out: orders were left unexecuted. */
  readonly exhausted: boolean;
}

/** Breakdown of liquidations and bad debt by protocol or by collateral asset. */
export interface BreakdownEntry {
  readonly key: string;
  readonly liquidations: number;
  readonly liquidatedUsd: number;
  readonly badDebtUsd: number;
}

/** Everything one run of the cascade tells (MODEL 14). USD at final market prices unless said otherwise. */
export interface DlcmResult {
  readonly scenario: Scenario;
  readonly status: RunStatus;
  readonly finalPrice: Readonly<Record<string, number>>;
  /** The same per chain: chains of one market segment share their prices. `finalPrice` is that of the asset's home chain. */
  readonly finalPriceByChain: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Price without any endogenous flow at the end of the path. */
  readonly exogenousPrice: Readonly<Record<string, number>>;
  readonly badDebtUsd: number;
  readonly latentBadDebtUsd: number;
  /** Sum over liquidations of seized units x oracle price at the event. */
  readonly totalValueLiquidatedUsd: number;
  readonly debtRepaidUsd: number;
  /** Of all pools, whoever owns them; negative when fees exceed the loss. */
  readonly impermanentLossUsd: number;
  /** Sum over books, base units by asset. */
  readonly hedgeNetTrade: Readonly<Record<string, number>>;
  readonly hedgeVolume: Readonly<Record<string, number>>;
  /** Base units offered for sale by hedges, liquidations and routed proceeds, gross, by asset. */
  readonly grossSold: Readonly<Record<string, number>>;
  /** The same by row of the asset table: one row per asset and chain, where the asset's venues stood. */
  readonly grossSoldByRow: readonly number[];
  /** Number of liquidations. */
  readonly liquidations: number;
  /** Accounts liquidated at least once, as protocol/id, by round, then health, then id. */
  readonly liquidatedAccounts: readonly string[];
  readonly firstLiquidationSec: number | null;
  readonly ticks: number;
  readonly rounds: number;
  readonly peakRealisedVolatility: Readonly<Record<string, number>>;
  readonly solvency: Solvency;
  readonly books: readonly BookResult[];
  /** Perpetual venues in id order; none below level v3. */
  readonly perps: readonly PerpResult[];
  readonly byProtocol: readonly BreakdownEntry[];
  readonly byAsset: readonly BreakdownEntry[];
  readonly byChain: readonly BreakdownEntry[];
  /** Every round with an action, in order: the whole cascade can be told from it. */
  readonly events: readonly RoundRecord[];
  /** Assets whose venues were drained to the floor. */
  readonly drained: readonly string[];
}

/**
 * Runs the Delta-Leverage Cascade Model once over a snapshot (MODEL 5, 6): pure, deterministic, synchronous.
 *
 * @throws SnapshotContentError (DLCM-141), ScenarioError (DLCM-142) and the venue and
 *   option errors of their parts
 * @example dlcmRun({ snapshot, scenario: scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.4) }).badDebtUsd
 */
export function dlcmRun(input: {
  readonly snapshot: MarketSnapshot;
  readonly scenario: Scenario;
  readonly examine?: Examine;
}): DlcmResult {
  return runOn(systemOf(input.snapshot), input.scenario, input);
}

/** The same over a system that is already laid out; an observer sees the run beside the recorder. */
export function runOn(system: System, scenario: Scenario, how: RunHow = {}): DlcmResult {
  const record = recorder();
  const observer = how.observer ? both(record, how.observer) : record;
  const run = runCascade(system, scenario, { ...how, observer });
  return resultOf(run, record.rounds);
}

function both(first: RunObserver, second: RunObserver): RunObserver {
  return {
    roundStarts(state) {
      first.roundStarts(state);
      second.roundStarts(state);
    },
    liquidated(state, order, fill) {
      first.liquidated(state, order, fill);
      second.liquidated(state, order, fill);
    },
    roundEnds(state) {
      first.roundEnds(state);
      second.roundEnds(state);
    },
  };
}

function resultOf(run: FinishedRun, events: readonly RoundRecord[]): DlcmResult {
  const { state, totals } = run;
  const { assets, snapshot } = state.system;
  const solvency = solvencyOf(run);
  const finalPrice = pricesOf(state);
  const liquidations = events.flatMap((round) => round.liquidations);
  const chainOf = new Map(snapshot.lending.map((protocol) => [protocol.id, protocol.chain]));
  const atHome = (values: Float64Array) =>
    Object.fromEntries(Array.from(assets.index, ([id, row]) => [id, values[row]!]));
  return {
    scenario: state.scenario,
    status: run.status,
    finalPrice,
    finalPriceByChain: Object.fromEntries(
      snapshot.chains.map((chain) => [chain.id, pricesOn(state, chain.id)]),
    ),
    exogenousPrice: atHome(state.exogenous),
    badDebtUsd: sum([...solvency.protocols, ...solvency.perps], (p) => p.badDebtUsd),
    latentBadDebtUsd: sum([...solvency.protocols, ...solvency.perps], (p) => p.latentBadDebtUsd),
    totalValueLiquidatedUsd: valueOf(totals.valueLiquidated),
    debtRepaidUsd: valueOf(totals.debtRepaid),
    impermanentLossUsd: poolLossUsd(state, null),
    hedgeNetTrade: hedgeSum(run, (book) => book.netTrade),
    hedgeVolume: hedgeSum(run, (book) => book.volume),
    grossSold: overChains(assets, state.flows.grossSold),
    grossSoldByRow: [...state.flows.grossSold],
    liquidations: totals.liquidations,
    liquidatedAccounts: [...new Set(liquidations.map((event) => `${event.protocol}/${event.account}`))],
    firstLiquidationSec: totals.firstLiquidationSec,
    ticks: state.tick,
    rounds: state.rounds,
    peakRealisedVolatility: atHome(state.volatility.peak),
    solvency,
    books: bookResults(run, events),
    perps: perpResults(run, solvency.perps),
    byProtocol: breakdown(liquidations, (event) => event.protocol),
    byAsset: breakdown(liquidations, (event) => event.collateral),
    byChain: breakdown(liquidations, (event) => chainOf.get(event.protocol)!),
    events,
    drained: [...new Set(assets.ids.filter((_, i) => state.drained[i] === 1))],
  };
}

function pricesOn({ system, market }: RunState, chain: string): Readonly<Record<string, number>> {
  const ids = [...system.assets.index.keys()];
  return Object.fromEntries(ids.map((id) => [id, market[rowOn(system.assets, id, chain)!]!]));
}

function overChains({ ids }: System['assets'], values: Float64Array): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  ids.forEach((id, row) => (sums[id] = (sums[id] ?? 0) + values[row]!));
  return sums;
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}

function hedgeSum(
  run: FinishedRun,
  value: (book: FinishedRun['state']['books'][number]) => number,
): Readonly<Record<string, number>> {
  const { assets } = run.state.system;
  const sums: Record<string, number> = {};
  for (const book of run.state.books) {
    const id = assets.ids[book.asset]!;
    sums[id] = (sums[id] ?? 0) + value(book);
  }
  return sums;
}

function bookResults(run: FinishedRun, events: readonly RoundRecord[]): readonly BookResult[] {
  const { options, assets } = run.state.system;
  const closures = events.flatMap((round) => round.closures);
  return run.state.books.map((book, b) => {
    const { id } = options.books[b]!;
    return {
      book: id,
      asset: assets.ids[book.asset]!,
      hedgeNetTrade: book.netTrade,
      hedgeVolume: book.volume,
      why: totalAttribution(events, id),
      equityUsd: bookEquityUsd(run.state, b),
      closedSec: closures.find((closure) => closure.book === id)?.sec ?? null,
    };
  });
}

function perpResults({ state }: FinishedRun, losses: readonly PerpVenueLoss[]): readonly PerpResult[] {
  const { perps } = state;
  if (perps === null) return [];
  return losses.map((loss, v) => ({
    ...loss,
    asset: perps.table.venues[v]!.asset,
    basis: loss.mark / state.market[perps.table.asset[v]!]! - 1,
    liquidations: perps.liquidations[v]!,
    fundingPaid: perps.fundingPaid[v]!,
    exhausted: perps.bidsOut[v]! + perps.asksOut[v]! > 0,
  }));
}

function totalAttribution(events: readonly RoundRecord[], book: string): HedgeAttribution {
  const own = events.flatMap((round) => round.hedges.filter((hedge) => hedge.book === book));
  const total = (part: keyof HedgeAttribution): number => compensatedSum(own.map(({ why }) => why[part]));
  return {
    gamma: total('gamma'),
    speed: total('speed'),
    vanna: total('vanna'),
    charm: total('charm'),
    residual: total('residual'),
    carried: total('carried'),
  };
}

function breakdown(
  events: readonly LiquidationEvent[],
  keyOf: (event: LiquidationEvent) => string,
): readonly BreakdownEntry[] {
  const rows = new Map<string, BreakdownEntry>();
  for (const event of events) {
    const key = keyOf(event);
    const row = rows.get(key) ?? { key, liquidations: 0, liquidatedUsd: 0, badDebtUsd: 0 };
    rows.set(key, {
      key,
      liquidations: row.liquidations + 1,
      liquidatedUsd: row.liquidatedUsd + event.valueUsd,
      badDebtUsd: row.badDebtUsd + event.badDebtUsd,
    });
  }
  return [...rows.values()].sort((a, b) => compare(a.key, b.key));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
