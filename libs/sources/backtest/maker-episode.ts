import { readHourlyPrices, type PricePoint } from '../files/hourly-prices.js';
import { readMakerEvents, type MakerEvent } from '../files/maker-events.js';
import {
  readMakerParameters,
  readMakerVaults,
  type MakerParameters,
  type MakerVault,
} from '../files/maker-vaults.js';

/** Files of one recorded fall, relative to the data folder. */
export interface EpisodeFiles {
  readonly name: string;
  readonly vaults: string;
  /** Midnight of the vault file, unix seconds. */
  readonly bookTime: number;
  readonly prices: string;
}

const EVENTS = 'lending/maker_ethb_events.csv.gz';
const PARAMETERS = 'lending/maker_ethb_parameters.csv';
/** The penalty is recorded under its present name from 6 May 2021 on; it was 13 % before and after. */
const FIRST_PENALTY_RECORD = 1_620_345_600;

/** The falls of 2021 and 2022 for which both a vault book and hourly prices are at hand. */
export const EPISODES: readonly EpisodeFiles[] = [
  episode('February 2021', '20210222', ['2021_02', 1_613_952_000]),
  episode('June 2021', '20210601', ['2021_06', 1_622_505_600]),
  episode('January 2022', '20220120', ['2022_01', 1_642_636_800]),
  episode('June 2022', '20220610', ['2022_06', 1_654_819_200]),
  episode('November 2022', '20221105', ['2022_11', 1_667_606_400]),
];

function episode(name: string, day: string, [month, bookTime]: readonly [string, number]): EpisodeFiles {
  return {
    name,
    vaults: `lending/maker_ethb_vaults_${day}T000000Z.csv`,
    bookTime,
    prices: `prices/prices_hourly_${month}.csv.gz`,
  };
}

/** Every file the backtest reads. */
export const BACKTEST_FILES: readonly string[] = [
  EVENTS,
  PARAMETERS,
  ...EPISODES.flatMap(({ vaults, prices }) => [vaults, prices]),
];

/** One recorded fall: the book at its start, the prices, and what happened to each vault. */
export interface Episode {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly prices: readonly PricePoint[];
  readonly parameters: MakerParameters;
  readonly vaults: readonly MakerVault[];
  /** Vaults of the book left out because they were below the liquidation ratio at the start: residues of the rebuild. */
  readonly residues: number;
  /** Recorded liquidations in the window, one per vault, summed. */
  readonly recorded: readonly { readonly vault: string; readonly dai: number }[];
  /** Vaults whose owner repaid or deposited in the window. */
  readonly reacted: ReadonlySet<string>;
}

/**
 * Reads one episode. The window runs from the first price at or after the book's date to the last price; actions between
 * the two dates are applied to the book.
 *
 * @throws SourceError (SRC-2xx) for unreadable files
 */
export function readEpisode(files: EpisodeFiles, at: (file: string) => string): Episode {
  const prices = readHourlyPrices(at(files.prices), 'WETH').filter(({ time }) => time >= files.bookTime);
  const start = prices[0]!.time;
  const end = prices.at(-1)!.time;
  const parameters = readMakerParameters(at(PARAMETERS), Math.max(start, FIRST_PENALTY_RECORD));
  const events = readMakerEvents(at(EVENTS));
  const between = events.filter(({ time }) => time >= files.bookTime && time < start);
  const book = rolled(readMakerVaults(at(files.vaults)), between).filter((vault) => vault.debtDai > 0);
  const sound = book.filter(
    ({ collateralEth, debtDai }) => collateralEth * prices[0]!.usd >= parameters.liquidationRatio * debtDai,
  );
  const window = events.filter(({ time }) => time >= start && time <= end);
  return {
    name: files.name,
    start,
    end,
    prices,
    parameters,
    vaults: sound,
    residues: book.length - sound.length,
    recorded: liquidationsOf(window),
    reacted: new Set(window.filter(isReaction).map(({ vault }) => vault)),
  };
}

const isReaction = ({ kind }: MakerEvent): boolean => kind === 'repay' || kind === 'deposit';

/** The book after some actions. Interest between the dates is left out. */
export function rolled(vaults: readonly MakerVault[], events: readonly MakerEvent[]): readonly MakerVault[] {
  const book = new Map(vaults.map((vault) => [vault.vault, vault]));
  for (const event of events) {
    const before = book.get(event.vault) ?? {
      vault: event.vault,
      collateralEth: 0,
      normalisedDebt: 0,
      debtDai: 0,
    };
    book.set(event.vault, after(before, event));
  }
  return [...book.values()];
}

function after(vault: MakerVault, { kind, eth, dai }: MakerEvent): MakerVault {
  if (kind === 'liquidate') return { ...vault, collateralEth: 0, debtDai: 0 };
  const sign = kind === 'deposit' || kind === 'borrow' ? 1 : -1;
  return {
    ...vault,
    collateralEth: Math.max(0, vault.collateralEth + sign * eth),
    debtDai: Math.max(0, vault.debtDai + sign * dai),
  };
}

function liquidationsOf(events: readonly MakerEvent[]): Episode['recorded'] {
  const dai = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'liquidate') dai.set(event.vault, (dai.get(event.vault) ?? 0) + event.dai);
  }
  return [...dai].map(([vault, amount]) => ({ vault, dai: amount }));
}
