import type { Pool } from '#libs/market/index';
import { toDecimalHalfEven, toSignificantHalfEven } from '#libs/numeric/index';
import type { DlcmResult } from '../cascade/dlcm-run.js';
import type { ClosureEvent, LiquidationEvent, PerpEvent, RoundRecord } from '../cascade/events.js';
import { pathShare } from '../cascade/shock-path.js';

/**
 * Tells a run in words, one line per round with an action and a closing summary: which price moved, who hedged, who was
 * liquidated and why, what was blocked, where bad debt arose.
 *
 * @example explain(dlcmRun({ snapshot, scenario }))[0]
 *   // "Shock: ETH falls 40.00 % over 900 s ..."
 */
export function explain(result: DlcmResult): string[] {
  return [opening(result), ...result.events.map((round) => roundLine(result, round)), ...closing(result)];
}

const percent = (share: number): string => `${toDecimalHalfEven(100 * share, 2)} %`;
const usd = (amount: number): string => `${toDecimalHalfEven(amount, 2)} USD`;
const price = (value: number): string => toSignificantHalfEven(value, 6);
const units = (value: number): string => toSignificantHalfEven(Math.abs(value), 6);

function opening(result: DlcmResult): string {
  const { shock, path, level } = result.scenario;
  const move = shock.direction === 'down' ? 'falls' : 'rises';
  const shape = typeof path.shape === 'object' ? 'custom' : path.shape;
  return `Shock: ${shock.asset} ${move} ${percent(shock.size)} over ${path.durationSec} s (${shape} path, ${path.stepSec} s ticks, level ${level}).`;
}

function roundLine(result: DlcmResult, round: RoundRecord): string {
  const share = pathShare(result.scenario.path.shape, round.sec / result.scenario.path.durationSec);
  const parts = [
    ...round.closures.map(closurePart),
    ...round.hedges.map(
      (hedge) =>
        `book ${hedge.book} ${hedge.trade > 0 ? 'buys' : 'sells'} ${units(hedge.trade)} ${hedge.asset} at ${price(hedge.averagePrice)}`,
    ),
    ...round.perps.map(perpPart),
    ...liquidationParts(round.liquidations),
    ...(round.blocked > 0
      ? [`${round.blocked} liquidations wait: the market pays less than their limit`]
      : []),
    ...movedPrices(round),
  ];
  return `t=${round.sec} s (tick ${round.tick}, round ${round.round}, ${percent(share)} of the path): ${parts.join('; ')}.`;
}

function closurePart(event: ClosureEvent): string {
  const cause =
    event.reason === 'capitalRatio'
      ? `vault ${event.book} is liquidated, capital ratio ${price(event.ratio ?? 0)} below ${price(event.minRatio ?? 0)} (${usd(event.availableUsd ?? 0)} against ${usd(event.requiredUsd ?? 0)})`
      : `market maker ${event.book} defaults, equity ${usd(event.equityUsd)}`;
  return `${cause}: options bought back at ${usd(event.optionsUsd)}, ${units(event.hedge)} ${event.asset} of hedge to close`;
}

function perpPart(event: PerpEvent): string {
  const { liquidations, passedToSpot } = event;
  const badDebt = liquidations.reduce((total, { badDebtUsd }) => total + badDebtUsd, 0);
  const closed = (sign: 1 | -1): number =>
    liquidations.reduce((total, row) => total + Math.max(0, sign * row.closed), 0);
  const parts = [
    closed(1) > 0 ? `closes ${units(closed(1))} ${event.asset} of longs` : '',
    closed(-1) > 0 ? `buys back ${units(closed(-1))} ${event.asset} of shorts` : '',
    badDebt > 0 ? `losses beyond margin ${usd(badDebt)}` : '',
    passedToSpot !== 0
      ? `arbitrage ${passedToSpot > 0 ? 'buys' : 'sells'} ${units(passedToSpot)} ${event.asset} on spot`
      : '',
    `mark ${price(event.markBefore)} -> ${price(event.markAfter)}`,
  ];
  return `perpetual ${event.venue} ${parts.filter((part) => part !== '').join(', ')}`;
}

/** Accounts one by one while they are few, otherwise by protocol and pair. */
function liquidationParts(events: readonly LiquidationEvent[]): readonly string[] {
  if (events.length <= 3) return events.map(liquidationPart);
  const groups = new Map<string, LiquidationEvent[]>();
  for (const event of events) {
    const key = `${event.protocol}: ${event.collateral} for ${event.debt}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups].map(([key, rows]) => {
    const value = rows.reduce((total, event) => total + event.valueUsd, 0);
    const badDebt = rows.reduce((total, event) => total + event.badDebtUsd, 0);
    const tail = badDebt > 0 ? `, bad debt ${usd(badDebt)}` : '';
    return `${rows.length} liquidations on ${key}, ${usd(value)} seized, lowest health ${price(rows[0]!.health)}${tail}`;
  });
}

function liquidationPart(event: LiquidationEvent): string {
  const notes = [
    event.filled < 1 ? `${percent(event.filled)} of what was wanted` : '',
    event.toxic ? 'lowers its health' : '',
    event.badDebtUsd > 0 ? `leaves bad debt of ${usd(event.badDebtUsd)}` : '',
  ].filter((note) => note !== '');
  const tail = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return `${event.protocol} account ${event.account}, health ${price(event.health)} at ${event.collateral} ${price(event.collateralPrice)}: ${units(event.seized)} ${event.collateral} seized for ${units(event.repaid)} ${event.debt}${tail}`;
}

function movedPrices(round: RoundRecord): readonly string[] {
  return Object.keys(round.before)
    .filter((id) => round.after[id] !== round.before[id])
    .map((id) => `${id} ${price(round.before[id]!)} -> ${price(round.after[id]!)}`);
}

function closing(result: DlcmResult): readonly string[] {
  const prices = Object.entries(result.finalPrice).map(([id, value]) => `${id} ${price(value)}`);
  const { solvency } = result;
  return [
    `End ${result.status} after ${result.ticks} ticks and ${result.rounds} rounds: ${prices.join(', ')}; ` +
      `${result.liquidations} liquidations of ${result.liquidatedAccounts.length} accounts, ${usd(result.totalValueLiquidatedUsd)} seized, ` +
      `${usd(result.debtRepaidUsd)} debt repaid.`,
    ...result.books.filter((book) => book.hedgeVolume > 0).map(bookLine),
    ...solvency.tokenSales.map(
      (sale) =>
        `Safety modules sell ${units(sale.soldUnits)} ${sale.token} for ${usd(sale.proceedsUsd)}` +
        `${sale.layerRemoved ? ': nothing slashable is left' : ''}.`,
    ),
    ...solvency.members.map(
      (member) =>
        `Member ${member.member}: loss ${usd(member.lossUsd)} (bad debt ${usd(member.badDebtUsd)}, latent ${usd(member.latentBadDebtUsd)}, ` +
        `impermanent ${usd(member.impermanentLossUsd)}, vault deficit ${usd(member.vaultDeficitUsd)}) against ${usd(member.fundUsd)}: ` +
        `${member.failing ? 'fails' : 'survives'}.`,
    ),
  ];
}

/** Net hedge of a book and what drove it, by the Greeks. */
function bookLine({ book, asset, hedgeNetTrade, why, equityUsd }: DlcmResult['books'][number]): string {
  const part = (name: keyof typeof why, sign: 1 | -1): string =>
    `${name} ${toSignificantHalfEven(sign * why[name], 4)}`;
  const causes = (['gamma', 'speed', 'vanna', 'charm', 'residual'] as const).map((name) => part(name, -1));
  return (
    `Book ${book} hedged ${toSignificantHalfEven(hedgeNetTrade, 6)} ${asset} in all ` +
    `(${[...causes, part('carried', 1)].join(', ')}); equity ${usd(equityUsd)}.`
  );
}

/**
 * The first-failure narrative of a run: where the first bad debt arose, which account class and which pool, and who bears it
 * (MODEL 6.4). Empty when the run left no loss.
 *
 * @param pools pools of the snapshot, so that the one the collateral was sold on can be named; none by default
 */
export function firstFailure(result: DlcmResult, pools: readonly Pool[] = []): string[] {
  const failing = result.solvency.members.filter((member) => member.failing);
  if (failing.length === 0) return [];
  return [
    `Failing: ${failing.map((member) => `${member.member} (loss ${usd(member.lossUsd)}, money behind it ${usd(member.fundUsd)})`).join(', ')}.`,
    firstLoss(result, pools),
    ...result.solvency.waterfall
      .filter((row) => row.badDebtUsd > 0)
      .map(
        (row) =>
          `Bad debt of ${row.member}, ${usd(row.badDebtUsd)}: insurance pays ${usd(row.insuranceUsd)}, funds ${usd(row.fundsUsd)}, safety modules ${usd(row.safetyModuleUsd)}, DAO ${usd(row.daoUsd)}, suppliers bear ${usd(row.socialisedUsd)}.`,
      ),
  ];
}

/** The first account, vault or perpetual account that left a loss behind; of one round, in that order. */
function firstLoss(result: DlcmResult, pools: readonly Pool[]): string {
  const accounts = result.events.flatMap((round) => round.liquidations);
  const account = accounts.find((event) => event.badDebtUsd > 0);
  const other = result.events.flatMap(otherLosses)[0];
  if (account !== undefined && (other === undefined || account.round <= other.round))
    return accountLoss(account) + saleOf(account, result, pools);
  if (other !== undefined) return other.told;
  const toxic = accounts.find((event) => event.toxic);
  return toxic === undefined
    ? 'No account was liquidated: the loss is latent, debt exceeds the market value of collateral that nobody may seize yet.'
    : accountLoss(toxic) + saleOf(toxic, result, pools);
}

function accountLoss(event: LiquidationEvent): string {
  return (
    `First at ${when(event)}: ${event.collateral}-collateralised account ${event.account} of ${event.protocol}, ` +
    `health ${price(event.health)} at an oracle price of ${price(event.collateralPrice)}` +
    (event.badDebtUsd > 0
      ? `, leaves ${usd(event.badDebtUsd)} of debt uncovered.`
      : ', liquidation lowers its health.')
  );
}

/** Where the collateral was sold and how far the round moved it. */
function saleOf(event: LiquidationEvent, result: DlcmResult, pools: readonly Pool[]): string {
  const round = result.events.find((candidate) => candidate.round === event.round);
  const [before, after] = [round?.before[event.collateral], round?.after[event.collateral]];
  const on = pools.filter((pool) => pool.base === event.collateral).map((pool) => pool.id);
  if (before === undefined || after === undefined || on.length === 0) return '';
  return ` Sold on ${on.sort().join(', ')}: the round moves ${event.collateral} from ${price(before)} to ${price(after)}.`;
}

const when = ({ sec, tick, round }: Pick<RoundRecord, 'sec' | 'tick' | 'round'>): string =>
  `t=${sec} s, tick ${tick}, round ${round}`;

function otherLosses(round: RoundRecord): readonly { readonly round: number; readonly told: string }[] {
  const vaults = round.closures
    .filter((event) => event.reason === 'capitalRatio' && event.equityUsd < 0)
    .map((event) => `vault ${event.book} is closed with an equity of ${usd(event.equityUsd)}.`);
  const perps = round.perps.flatMap(({ venue, liquidations }) =>
    liquidations
      .filter((row) => row.badDebtUsd > 0)
      .map(
        (row) =>
          `account ${row.account} of perpetual ${venue} loses ${usd(row.badDebtUsd)} beyond its margin.`,
      ),
  );
  return [...vaults, ...perps].map((loss) => ({
    round: round.round,
    told: `First at ${when(round)}: ${loss}`,
  }));
}
