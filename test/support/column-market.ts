import type { LegColumns, MarketSnapshot, Pool, PositionColumns } from '#libs/market/index';
import { SeededRandom } from '#libs/numeric/index';
import {
  aBook,
  aChain,
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aSnapshot,
  aStable,
} from './builders.js';
import { marketFactory } from './market-factory.js';

/** Size of a made market with columns. */
export interface ColumnMarketSize {
  /** 1 to 10^7. */
  readonly positions: number;
  readonly protocols?: number;
  readonly optionLines?: number;
}

interface Coin {
  readonly id: string;
  readonly spot: number;
  readonly lt: number;
}

const VOLATILE: readonly Coin[] = [
  'AAVE',
  'ARB',
  'AVAX',
  'BTC',
  'CRV',
  'ETH',
  'LDO',
  'LINK',
  'MKR',
  'OP',
  'SOL',
  'UNI',
].map((id, i) => ({ id, spot: id === 'ETH' ? 2000 : 0.5 * 3 ** i, lt: 0.7 + 0.01 * i }));
const STABLE: readonly Coin[] = ['DAI', 'GHO', 'USDC', 'USDT'].map((id) => ({ id, spot: 1, lt: 0.78 }));
/** In ascending order of ids, so that ascending numbers are ascending legs. */
const COINS = [...VOLATILE, ...STABLE].sort((a, b) => (a.id < b.id ? -1 : 1));
const USD_PER_POSITION = 50_000;
const ID_LENGTH = 15;
const MAX_LEGS = 6;

/**
 * A valid market whose positions were never objects, reproducible from its seed: 16 assets; accounts with 1 to 4
 * collaterals (most have one) and 1 or 2 debts, mostly stable; log-normal sizes; health factors from 1.02 up with the mass
 * between 1.2 and 2.5; one pool per asset, 15 % of the collateral deep in all; option lines on ETH.
 * 10^6 positions take about a second and 60 MB.
 */
export function columnMarket(seed: string, size: ColumnMarketSize): MarketSnapshot {
  const { positions, protocols = 1, optionLines = 0 } = size;
  const random = new SeededRandom(seed);
  const usd = positions * USD_PER_POSITION;
  const desks = Array.from({ length: protocols }, (_, i) => {
    const count = Math.floor((positions * (i + 1)) / protocols) - Math.floor((positions * i) / protocols);
    return {
      ...aLendingProtocol({
        id: `aave-${i}`,
        member: `member-${i}`,
        markets: COINS.map(({ id, lt }) => aLendingMarket({ asset: id, ltv: lt - 0.03, lt, bonus: 0.05 })),
      }),
      positions: { batches: [accounts(random.fork(`protocol-${i}`), count)] },
    };
  });
  const members = desks.map((desk) => desk.member);
  return {
    ...aSnapshot({
      assets: COINS.map(({ id, spot, lt }) =>
        lt === 0.78
          ? aStable({ id })
          : anAsset({ id, spot, beta: id === 'ETH' ? { ETH: 1 } : { [id]: 1, ETH: 0.9 } }),
      ),
      pools: COINS.filter(({ id }) => id !== 'USDC').map((coin) => poolOf(coin, (usd * 0.15) / COINS.length)),
      books: optionLines === 0 ? [] : [optionsOf(seed, optionLines, usd)],
      chains: [aChain()],
      funds: [aFund({ usd: usd * 0.001, covers: members })],
      dao: { backstopUsd: 0, members },
      provenance: { t0: 1_769_288_400, blocks: [], sources: [`column market, seed ${seed}`.slice(0, 100)] },
    }),
    lending: desks,
  };
}

function poolOf({ id, spot }: Coin, depthUsd: number): Pool {
  const reserves = { reserveBase: depthUsd / (2 * spot), reserveQuote: depthUsd / 2 };
  return aPool({ id: `${id.toLowerCase()}-usdc`, base: id, ...reserves });
}

function optionsOf(seed: string, optionLines: number, collateralUsd: number) {
  const [book] = marketFactory(seed, { positions: 1, optionLines, collateralUsd }).books;
  return aBook(book);
}

/** Columns under construction; legs go behind one another. */
class LegBuilder {
  readonly first: Int32Array;
  private readonly asset: Int32Array;
  private readonly units: Float64Array;
  private count = 0;

  constructor(positions: number) {
    this.first = new Int32Array(positions + 1);
    this.asset = new Int32Array(positions * MAX_LEGS);
    this.units = new Float64Array(positions * MAX_LEGS);
  }

  add(asset: number, usd: number): void {
    this.asset[this.count] = asset;
    // Six digits, as tokens of six decimals have.
    this.units[this.count] = Math.round((usd / COINS[asset]!.spot) * 1e6) / 1e6;
    this.count += 1;
  }

  endPosition(row: number): void {
    this.first[row + 1] = this.count;
  }

  done(): LegColumns {
    const { first, count } = this;
    return { first, asset: this.asset.slice(0, count), units: this.units.slice(0, count) };
  }
}

function accounts(random: SeededRandom, count: number): PositionColumns {
  const collateral = new LegBuilder(count);
  const debt = new LegBuilder(count);
  const ids = { bytes: new Uint8Array(count * ID_LENGTH), first: new Int32Array(count + 1) };
  for (let row = 0; row < count; row += 1) {
    writeId(ids.bytes, row);
    ids.first[row + 1] = ID_LENGTH * (row + 1);
    const valueUsd = random.logNormal(USD_PER_POSITION / 2, 1.2);
    const counted = addCollateral(random, collateral, valueUsd);
    addDebt(random, debt, counted / (1.02 + random.logNormal(0.55, 0.7)));
    collateral.endPosition(row);
    debt.endPosition(row);
  }
  return {
    count,
    ids,
    assets: COINS.map(({ id }) => id),
    collateral: collateral.done(),
    debt: debt.done(),
    eModes: [],
    eMode: null,
    topUp: null,
  };
}

/** "account-0000042": eight letters, seven digits. */
function writeId(bytes: Uint8Array, row: number): void {
  const at = ID_LENGTH * row;
  for (let i = 0; i < 8; i += 1) bytes[at + i] = 'account-'.charCodeAt(i);
  for (let i = ID_LENGTH - 1, rest = row; i >= 8; i -= 1) {
    bytes[at + i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** @returns the USD that count toward health */
function addCollateral(random: SeededRandom, legs: LegBuilder, valueUsd: number): number {
  const draw = random.next();
  const wanted = draw < 0.75 ? 1 : draw < 0.92 ? 2 : draw < 0.98 ? 3 : 4;
  let counted = 0;
  let asset = random.int(COINS.length - wanted + 1);
  for (let left = wanted; left > 0; left -= 1) {
    legs.add(asset, valueUsd / wanted);
    counted += (valueUsd / wanted) * COINS[asset]!.lt;
    if (left > 1) asset += 1 + random.int(COINS.length - asset - left + 1);
  }
  return counted;
}

const USDC = COINS.findIndex(({ id }) => id === 'USDC');
const DAI = COINS.findIndex(({ id }) => id === 'DAI');
const ETH = COINS.findIndex(({ id }) => id === 'ETH');

function addDebt(random: SeededRandom, legs: LegBuilder, usd: number): void {
  const draw = random.next();
  if (draw < 0.6) legs.add(USDC, usd);
  else if (draw < 0.85) legs.add(random.int(COINS.length), usd);
  else {
    legs.add(draw < 0.95 ? DAI : ETH, usd / 2);
    legs.add(USDC, usd / 2);
  }
}
