import { SeededRandom } from '#libs/numeric/index';
import type { MarketSnapshot, PositionColumns } from '#libs/market/index';
import {
  aBook,
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aSnapshot,
  aStable,
} from './builders.js';

/** What a made market holds. */
export interface BenchMarketSize {
  readonly positions: number;
  readonly optionLines: number;
}

const VOLATILES = 12;
const STABLES = ['DAI', 'FRAX', 'USDC', 'USDT'];
const USD_A_POSITION = 50_000;
const ID_DIGITS = 8;

interface Listed {
  readonly id: string;
  readonly spot: number;
  readonly beta: number;
  readonly lt: number;
}

/**
 * A market for measurements, reproducible from its seed, with its positions as columns and no object per position: one to
 * four collaterals and one or two debts over sixteen assets of very unequal popularity, health from 1.02 up with the mass
 * between 1.2 and 2.5, sizes log-normal; one constant product pool an asset; a market maker short options on ETH.
 */
export function benchMarket(seed: string, size: BenchMarketSize): MarketSnapshot {
  const random = new SeededRandom(seed);
  const listed = listedAssets(random);
  const totalUsd = size.positions * USD_A_POSITION;
  const volatile = listed.slice(0, VOLATILES);
  return {
    ...aSnapshot({
      assets: listed.map((asset) =>
        asset.beta === 0
          ? aStable({ id: asset.id })
          : anAsset({ id: asset.id, spot: asset.spot, beta: { [asset.id]: 1, ETH: asset.beta } }),
      ),
      pools: volatile.map((asset, i) => {
        const usd = (0.3 * totalUsd * popularity(i)) / total(volatile.length);
        return aPool({
          id: `${asset.id}-usdc`,
          base: asset.id,
          reserveBase: usd / 2 / asset.spot,
          reserveQuote: usd / 2,
          fee: 0,
        });
      }),
      books: size.optionLines === 0 ? [] : [aMaker(random, size, totalUsd)],
      funds: [aFund({ usd: 0.002 * totalUsd, covers: ['member'] })],
      dao: { backstopUsd: 0, members: ['member'] },
    }),
    lending: [
      {
        ...aLendingProtocol({ member: 'member', insuranceUsd: 0, dustUsd: 0, minLeftoverUsd: 0 }),
        markets: listed.map(({ id, lt }) => aLendingMarket({ asset: id, ltv: lt - 0.05, lt, bonus: 0.05 })),
        positions: { batches: [someColumns(random, listed, size.positions)] },
      },
    ],
  };
}

const popularity = (rank: number): number => 1 / ((rank + 1) * (rank + 1));
const total = (count: number): number =>
  Array.from({ length: count }, (_, i) => popularity(i)).reduce((sum, share) => sum + share, 0);

function listedAssets(random: SeededRandom): readonly Listed[] {
  const volatile = Array.from({ length: VOLATILES }, (_, i) => ({
    id: i === 0 ? 'ETH' : `V${String(i).padStart(2, '0')}`,
    spot: i === 0 ? 2000 : random.logNormal(3, 2),
    beta: i === 0 ? 1 : random.between(0.6, 1.4),
    lt: i === 0 ? 0.825 : random.between(0.6, 0.8),
  }));
  return [...volatile, ...STABLES.map((id) => ({ id, spot: 1, beta: 0, lt: 0.78 }))];
}

function drawRank(random: SeededRandom, count: number): number {
  let left = random.next() * total(count);
  for (let rank = 0; rank < count; rank += 1) {
    left -= popularity(rank);
    if (left < 0) return rank;
  }
  return 0;
}

function someColumns(random: SeededRandom, listed: readonly Listed[], count: number): PositionColumns {
  const draft = {
    collateralFirst: new Int32Array(count + 1),
    collateralAsset: new Int32Array(4 * count),
    collateralUnits: new Float64Array(4 * count),
    debtFirst: new Int32Array(count + 1),
    debtAsset: new Int32Array(2 * count),
    debtUnits: new Float64Array(2 * count),
  };
  const sorted = listed.map((_, i) => i).sort((a, b) => (listed[a]!.id < listed[b]!.id ? -1 : 1));
  const place = Int32Array.from(listed, (_, i) => sorted.indexOf(i));
  for (let row = 0; row < count; row += 1) {
    const usd = random.logNormal(Math.sqrt(USD_A_POSITION), 1.2);
    const owned = someOf(random, { count: legCount(random), from: VOLATILES, offset: 0 });
    let at = draft.collateralFirst[row]!;
    let capacity = 0;
    for (const asset of byPlace(owned, place)) {
      draft.collateralAsset[at] = place[asset]!;
      draft.collateralUnits[at++] = usd / owned.length / listed[asset]!.spot;
      capacity += (usd / owned.length) * listed[asset]!.lt;
    }
    draft.collateralFirst[row + 1] = at;
    const owed = someOf(random, {
      count: random.next() < 0.8 ? 1 : 2,
      from: STABLES.length,
      offset: VOLATILES,
    });
    at = draft.debtFirst[row]!;
    const debtUsd = capacity / (1.02 + random.logNormal(0.55, 0.7));
    for (const asset of byPlace(owed, place)) {
      draft.debtAsset[at] = place[asset]!;
      draft.debtUnits[at++] = debtUsd / owed.length;
    }
    draft.debtFirst[row + 1] = at;
  }
  return {
    count,
    ids: countedIds(count),
    assets: sorted.map((i) => listed[i]!.id),
    collateral: {
      first: draft.collateralFirst,
      asset: draft.collateralAsset,
      units: draft.collateralUnits,
    },
    debt: { first: draft.debtFirst, asset: draft.debtAsset, units: draft.debtUnits },
    eModes: [],
    eMode: null,
    topUp: null,
  };
}

function legCount(random: SeededRandom): number {
  const share = random.next();
  return share < 0.6 ? 1 : share < 0.85 ? 2 : share < 0.95 ? 3 : 4;
}

function someOf(
  random: SeededRandom,
  wish: { readonly count: number; readonly from: number; readonly offset: number },
): readonly number[] {
  const chosen: number[] = [];
  while (chosen.length < wish.count) {
    const asset = wish.offset + drawRank(random, wish.from);
    if (!chosen.includes(asset)) chosen.push(asset);
  }
  return chosen;
}

function byPlace(assets: readonly number[], place: Int32Array): readonly number[] {
  return assets.length === 1 ? assets : [...assets].sort((a, b) => place[a]! - place[b]!);
}

/** Ids of eight digits, ascending. */
function countedIds(count: number) {
  const bytes = new Uint8Array(count * ID_DIGITS);
  for (let row = 0; row < count; row += 1) {
    let rest = row;
    for (let digit = ID_DIGITS - 1; digit >= 0; digit -= 1) {
      bytes[row * ID_DIGITS + digit] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
  return { bytes, first: Int32Array.from({ length: count + 1 }, (_, row) => row * ID_DIGITS) };
}

function aMaker(random: SeededRandom, size: BenchMarketSize, totalUsd: number) {
  const unit = (totalUsd * 0.02) / (2000 * size.optionLines);
  return aBook({
    options: Array.from({ length: size.optionLines }, (_, i) =>
      anOptionLine({
        id: `line-${String(i).padStart(6, '0')}`,
        type: i % 2 === 0 ? 'P' : 'C',
        strike: 2000 * (i % 2 === 0 ? random.between(0.6, 1) : random.between(1, 1.5)),
        expirySec: 86_400 * (7 + random.int(60)),
        quantity: -random.between(0.5, 1.5) * unit,
      }),
    ),
  });
}
