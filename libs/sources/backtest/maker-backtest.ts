import { DEFAULT_PARAMETERS, dlcmRun, scenarioOf, type Scenario } from '#libs/dlcm/index';
import type { Position, Snapshot } from '#libs/market/index';
import { log, SeededRandom } from '#libs/numeric/index';
import type { Episode } from './maker-episode.js';

const CHAIN = 'eip155:1';
const PROTOCOL = 'maker-eth-b';
/** Maker's price arrives one hour late; ticks are as long, so that the delay is one tick. */
const HOUR = 3600;

/** Which vaults a run liquidated, and how much of their debt (Dai) it repaid. */
export interface Simulated {
  readonly vaults: ReadonlySet<string>;
  readonly repaidDai: number;
}

/**
 * Replays an episode: level v1, since the recorded prices already hold whatever impact there was, along the running minimum
 * of the hourly prices, with Maker's one-hour price delay.
 *
 * @param reaction share of owners, drawn by the seed, who add collateral in time; they are never liquidated
 */
export function simulate(episode: Episode, reaction: number, seed: string): Simulated {
  const result = dlcmRun({ snapshot: snapshotOf(episode, reaction, seed), scenario: scenarioFor(episode) });
  const vaults = new Set(result.liquidatedAccounts.map((account) => account.slice(PROTOCOL.length + 1)));
  return { vaults, repaidDai: result.debtRepaidUsd };
}

function scenarioFor({ prices, start, end }: Episode): Scenario {
  const spot = prices[0]!.usd;
  const lowest = Math.min(...prices.map(({ usd }) => usd));
  const size = 1 - lowest / spot;
  let minimum = spot;
  const knots = prices.map(({ time, usd }) => {
    minimum = Math.min(minimum, usd);
    return { at: (time - start) / (end - start), share: log(minimum / spot) / log(lowest / spot) };
  });
  return {
    ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', size),
    level: 'v1',
    path: { shape: { knots }, durationSec: end - start, stepSec: HOUR },
  };
}

function snapshotOf(episode: Episode, reaction: number, seed: string): Snapshot {
  const random = new SeededRandom(`maker-backtest-${seed}`);
  const lt = 1 / episode.parameters.liquidationRatio;
  const plain = { rate: 0, yield: 0, circulating: null } as const;
  const market = { asset: 'DAI', ltv: 0, lt: 0, bonus: 0, protocolFee: 0, haircut: null };
  return {
    format: 'dlcm-snapshot/1',
    provenance: { t0: episode.start, blocks: [], sources: [`Maker ETH-B, ${episode.name}`] },
    assets: [
      { id: 'ETH', spot: episode.prices[0]!.usd, kind: 'native', beta: { ETH: 1 }, sigmaRef: 0.8, ...plain },
      { id: 'DAI', spot: 1, kind: 'stable', beta: {}, sigmaRef: 0, ...plain },
    ],
    surfaces: [],
    pools: [],
    lending: [
      {
        id: PROTOCOL,
        chain: CHAIN,
        member: 'maker',
        oracle: { latencySec: HOUR, twapSec: 0, heartbeatSec: null, deviation: null },
        closeFactor: { normal: 1, full: 1, fullBelowHf: 1 },
        dustUsd: episode.parameters.dustDai,
        minLeftoverUsd: 0,
        liquidationDelaySec: 0,
        insuranceUsd: 0,
        safetyModule: null,
        markets: [{ ...market, asset: 'ETH', ltv: lt, lt, bonus: episode.parameters.penalty }, market],
        eModes: [],
        positions: [...episode.vaults]
          .sort((a, b) => (a.vault < b.vault ? -1 : 1))
          .map(({ vault, collateralEth, debtDai }): Position => ({
            id: vault,
            collateral: { ETH: collateralEth },
            debt: { DAI: debtDai },
            eMode: null,
            topUp: random.next() < reaction ? rescue(collateralEth) : null,
          })),
      },
    ],
    perps: [],
    books: [],
    nested: [],
    chains: [{ id: CHAIN, blockTimeSec: 12, finalitySec: 768, liquidationCapacityUsdPerBlock: null }],
    bridges: [],
    funds: [],
    governanceTokens: [],
    dao: { backstopUsd: 0, members: ['maker'] },
  };
}

/** Collateral that keeps a vault safe through any fall of the record: nobody who reacts is liquidated later. */
function rescue(collateralEth: number): Position['topUp'] {
  return { chain: CHAIN, asset: 'ETH', amount: 9 * collateralEth, ifHfBelow: 1.02 };
}

/** A comparison of what was simulated with what was recorded, averaged over seeds. */
export interface Comparison {
  readonly vaults: number;
  readonly dai: number;
  /** Share of the simulated vaults that were really liquidated; null when none was simulated. */
  readonly precision: number | null;
  /** Share of the really liquidated vaults that were simulated; null when none was recorded. */
  readonly recall: number | null;
}

const SEEDS = Array.from({ length: 25 }, (_, i) => `${i}`);

/** Simulates with a reaction share under each seed (once without reaction) and compares with the record. */
export function compare(episode: Episode, reaction: number): Comparison {
  const runs = (reaction > 0 ? SEEDS : ['0']).map((seed) => simulate(episode, reaction, seed));
  const recorded = new Set(episode.recorded.map(({ vault }) => vault));
  const hits = runs.map(({ vaults }) => [...vaults].filter((vault) => recorded.has(vault)).length);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const vaults = mean(runs.map((run) => run.vaults.size));
  return {
    vaults,
    dai: mean(runs.map((run) => run.repaidDai)),
    precision: vaults > 0 ? mean(hits) / vaults : null,
    recall: recorded.size > 0 ? mean(hits) / recorded.size : null,
  };
}

/**
 * Reaction share that makes the simulated number of liquidated vaults the recorded one on this episode: 1 - recorded /
 * simulated without reaction, since whoever reacts is not liquidated; between 0 and 1, 0 when nothing was simulated.
 */
export function fittedReaction(episode: Episode): number {
  const { vaults } = compare(episode, 0);
  return vaults > 0 ? Math.max(0, 1 - episode.recorded.length / vaults) : 0;
}

/**
 * Share of the owners that the run without reaction liquidates, and the record does not, who are seen to repay or deposit in the
 * window: how far the record itself explains the reaction share. Null when there is no such owner.
 */
export function seenToReact(episode: Episode): number | null {
  const recorded = new Set(episode.recorded.map(({ vault }) => vault));
  const spared = [...simulate(episode, 0, '0').vaults].filter((vault) => !recorded.has(vault));
  if (spared.length === 0) return null;
  return spared.filter((vault) => episode.reacted.has(vault)).length / spared.length;
}

/** One line of the published table. */
export interface BacktestRow {
  readonly episode: string;
  readonly fall: number;
  readonly vaults: number;
  readonly residues: number;
  readonly recorded: { readonly vaults: number; readonly dai: number };
  readonly nobodyReacts: Comparison;
  readonly withReaction: Comparison;
  /** Share that would have fitted this episode itself. */
  readonly ownReaction: number;
  readonly seenToReact: number | null;
}

export interface Backtest {
  readonly fittedOn: string;
  readonly reaction: number;
  readonly rows: readonly BacktestRow[];
}

/** Fits the reaction share on one episode and tests it on all. */
export function backtest(episodes: readonly Episode[], fittedOn: string): Backtest {
  const reaction = fittedReaction(episodes.find(({ name }) => name === fittedOn)!);
  return { fittedOn, reaction, rows: episodes.map((episode) => rowOf(episode, reaction)) };
}

function rowOf(episode: Episode, reaction: number): BacktestRow {
  const spot = episode.prices[0]!.usd;
  return {
    episode: episode.name,
    fall: 1 - Math.min(...episode.prices.map(({ usd }) => usd)) / spot,
    vaults: episode.vaults.length,
    residues: episode.residues,
    recorded: {
      vaults: episode.recorded.length,
      dai: episode.recorded.reduce((sum, { dai }) => sum + dai, 0),
    },
    nobodyReacts: compare(episode, 0),
    withReaction: compare(episode, reaction),
    ownReaction: fittedReaction(episode),
    seenToReact: seenToReact(episode),
  };
}
