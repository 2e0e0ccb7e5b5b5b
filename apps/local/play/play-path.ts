import type { Address } from 'viem';
import { readFeeds } from '../agents/accounts.js';
import { movePool } from '../agents/arbitrageur.js';
import { LaggedPrices, pushPrices } from '../agents/feed-pusher.js';
import { hedgeBooks } from '../agents/hedger.js';
import { liquidateRound, LIQUIDATORS, type Liquidated } from '../agents/liquidators.js';
import { PositionBook } from '../agents/position-book.js';
import { openingVolatility, VolatilityMark } from '../agents/volatility-mark.js';
import type { LocalMarket } from '../agents/market.js';
import { poolPrice } from '../agents/trade.js';
import { localAccount, localAccounts } from '../keys.js';
import { exogenousFactor, type PlayedPath, type PlayedShock } from './path.js';

export interface PlayOptions {
  readonly shock: PlayedShock;
  readonly path: PlayedPath;
  /** Accounts the liquidators watch. */
  readonly accounts: readonly Address[];
  /** Weight of the excess realised volatility in the hedger's marks; 0 keeps the volatility each line was written at. */
  readonly realisedVolWeight: number;
  readonly hedging: boolean;
  /** False moves the pools back to the exogenous path at each tick; true lets the market's own impact stay. */
  readonly impactStays: boolean;
  /** Told after each tick. */
  readonly onTick?: (tick: PlayedTick) => void;
}

export interface PlayedTick {
  readonly tick: number;
  readonly rounds: number;
  readonly prices: ReadonlyMap<string, number>;
  readonly reported: ReadonlyMap<string, number>;
  readonly liquidations: number;
  readonly badDebtUsd: number;
}

export interface Played {
  readonly ticks: number;
  readonly liquidations: number;
  readonly liquidatedAccounts: number;
  /** Collateral seized, at the feeds' prices when it was. */
  readonly liquidatedUsd: number;
  readonly debtRepaidUsd: number;
  /** Debt the market wrote off. */
  readonly badDebtUsd: number;
  /** Debt still open beyond its collateral, at the pools' final prices. */
  readonly latentBadDebtUsd: number;
  /** Net base traded by the hedger. */
  readonly hedgeNetTrade: number;
  readonly finalPrices: Readonly<Record<string, number>>;
}

const QUIET_TICKS = 3;
const MAX_TAIL_TICKS = 120;
const MAX_ROUNDS = 40;

interface Run {
  readonly market: LocalMarket;
  readonly options: PlayOptions;
  readonly book: PositionBook;
  readonly lagged: LaggedPrices;
  readonly marks: VolatilityMark;
  readonly startedAt: number;
  readonly log: Liquidated[];
  badDebtUsd: number;
  hedgeNetTrade: number;
  exogenous: Map<string, number>;
}

/**
 * Plays a price path on a chain that is mined by hand: tick by tick an arbitrageur brings the pools to the path, the
 * feeds follow with their latency, the option hedger and the liquidators act in rounds until nobody moves.
 */
export async function playPath(market: LocalMarket, options: PlayOptions): Promise<Played> {
  const run = await begin(market, options);
  const ticks = Math.ceil(options.path.durationSec / options.path.stepSec);
  let tick = 0;
  let quiet = 0;
  while (tick < ticks || (quiet < QUIET_TICKS && tick < ticks + MAX_TAIL_TICKS)) {
    tick += 1;
    const acted = await playTick(run, tick, tick > ticks);
    quiet = tick > ticks && !acted ? quiet + 1 : 0;
  }
  return outcomeOf(run, tick);
}

async function begin(market: LocalMarket, options: PlayOptions): Promise<Run> {
  const { ground, seed } = market;
  await ground.manualMining();
  const agents = [
    ...['arbitrageur', 'feed pusher', 'hedger'].map((role) => localAccount(seed, role)),
    ...localAccounts(seed, 'liquidator', LIQUIDATORS),
  ];
  await ground.adoptNonces(agents.map(({ address }) => address));
  const prices = await pricesOf(market);
  const { timestamp } = await ground.client.getBlock({ blockTag: 'latest' });
  const lag = Math.max(
    ...market.deployment.feeds.map(({ latencySec }) => Math.ceil(latencySec / options.path.stepSec)),
  );
  const rule = {
    openingVol: await openingVolatility(market, Number(timestamp)),
    weight: options.realisedVolWeight,
    tickSec: options.path.stepSec,
  };
  const hedged = market.deployment.optionMarkets[0]?.asset ?? '';
  const book = await PositionBook.open(market, options.accounts);
  return {
    market,
    options,
    book,
    lagged: new LaggedPrices(lag, prices),
    marks: new VolatilityMark(rule, prices.get(hedged) ?? 1),
    startedAt: Number(timestamp),
    log: [],
    badDebtUsd: 0,
    hedgeNetTrade: 0,
    exogenous: new Map(prices),
  };
}

async function playTick(run: Run, tick: number, tail: boolean): Promise<boolean> {
  const { market, options, startedAt } = run;
  const { stepSec } = options.path;
  await waitFor(run, startedAt + tick * stepSec);
  await recentre(run, tick);
  pushPrices(market, run.lagged.reported());
  await market.ground.flush();
  const marking = {
    timestamp: startedAt + Math.min(tick * stepSec, options.path.durationSec),
    volLift: run.marks.liftNow(tail),
  };
  const rounds = await playRounds(run, { marking, directions: new Map() });
  const prices = await pricesOf(market);
  options.onTick?.({
    tick,
    rounds,
    prices,
    reported: run.lagged.reported(),
    liquidations: run.log.length,
    badDebtUsd: run.badDebtUsd,
  });
  run.lagged.record(prices);
  run.marks.record(prices.get(market.deployment.optionMarkets[0]?.asset ?? '') ?? 1);
  return rounds > 1;
}

/** Hedger and liquidators in turn until nobody moves. The feeds stand still within a tick, so an account that is healthy at its start stays so. */
async function playRounds(run: Run, hedge: Parameters<typeof hedgeBooks>[1]): Promise<number> {
  const { market, options } = run;
  const watch = (await run.book.below(await readFeeds(market))).length > 0;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const traded = options.hedging ? await hedgeBooks(market, hedge) : 0;
    if (traded !== 0) await market.ground.flush();
    run.hedgeNetTrade += traded;
    const liquidated = watch ? await liquidate(run) : 0;
    if (traded === 0 && liquidated === 0) return round;
  }
  return MAX_ROUNDS;
}

async function liquidate(run: Run): Promise<number> {
  const round = await liquidateRound(run.market, run.book);
  run.log.push(...round.liquidations);
  run.badDebtUsd += round.badDebtUsd;
  return round.liquidations.length;
}

/** Chain time stands at the tick's start; the few blocks of a tick each take a second of it. */
async function waitFor({ market: { ground } }: Run, timestamp: number): Promise<void> {
  const newest = await ground.client.getBlock({ blockTag: 'latest' });
  if (Number(newest.timestamp) < timestamp) await ground.mineAt(timestamp);
}

/** The exogenous move of the tick, applied to the pool's own price or to the path's. */
async function recentre(run: Run, tick: number): Promise<void> {
  const { market, options } = run;
  const { stepSec } = options.path;
  for (const pool of market.pools) {
    const beta = pool.base.id === options.shock.asset ? 1 : (pool.base.beta[options.shock.asset] ?? 0);
    const factor = exogenousFactor(options.path, { size: options.shock.size, beta }, [
      (tick - 1) * stepSec,
      tick * stepSec,
    ]);
    const path = (run.exogenous.get(pool.base.id) ?? 0) * factor;
    run.exogenous.set(pool.base.id, path);
    const target = options.impactStays ? (await poolPrice(market, pool)) * factor : path;
    if (factor !== 1 || !options.impactStays) await movePool(market, pool, target);
  }
}

/** USD by asset id, as the pools show it; money itself stands at what its feed says. */
async function pricesOf(market: LocalMarket): Promise<Map<string, number>> {
  const prices = new Map(await readFeeds(market));
  for (const pool of market.pools)
    prices.set(pool.base.id, (await poolPrice(market, pool)) * (prices.get(pool.quote.id) ?? 1));
  return prices;
}

async function outcomeOf(
  { market, book, log, badDebtUsd, hedgeNetTrade }: Run,
  ticks: number,
): Promise<Played> {
  const finalPrices = await pricesOf(market);
  const sum = (of: (entry: Liquidated) => number): number =>
    log.reduce((total, entry) => total + of(entry), 0);
  return {
    ticks,
    liquidations: log.length,
    liquidatedAccounts: new Set(log.map(({ account }) => account)).size,
    liquidatedUsd: sum(({ seizedUsd }) => seizedUsd),
    debtRepaidUsd: sum(({ coveredUsd }) => coveredUsd),
    badDebtUsd,
    latentBadDebtUsd: book.uncovered(finalPrices),
    hedgeNetTrade,
    finalPrices: Object.fromEntries(finalPrices),
  };
}
