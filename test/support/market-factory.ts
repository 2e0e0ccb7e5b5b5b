import { SeededRandom, roundHalfEven } from '#libs/numeric/index';
import type { LendingProtocol, OptionLine, Pool, Position, Snapshot } from '#libs/market/index';
import {
  aBook,
  aChain,
  aConcentratedPool,
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aSnapshot,
  aStable,
} from './builders.js';

/** How many of each thing a made market has. */
export interface MarketSize {
  readonly positions: number;
  readonly protocols: number;
  readonly optionLines: number;
  /** Collateral value of all positions in USD; pools scale with it. */
  readonly collateralUsd: number;
}

const VOLATILE = [
  { id: 'ETH', spot: 2000, betaToEth: 1, sigma: 0.8 },
  { id: 'BTC', spot: 60_000, betaToEth: 0.8, sigma: 0.6 },
] as const;

/**
 * A realistic, valid snapshot, reproducible from its seed: two volatile assets and a stable; health factors from 1.02 up
 * with the mass between 1.2 and 2.5; sizes log-normal (few large, many small accounts); pools as deep as a stated share
 * of the collateral; a market maker short puts below and calls above the spot.
 * @param seed any text; print it when a test fails
 * @param size number of positions, or all sizes
 */
export function marketFactory(seed: string, size: number | Partial<MarketSize> = 200): Snapshot {
  const positions = typeof size === 'number' ? size : (size.positions ?? 200);
  const full: MarketSize = {
    protocols: 1,
    optionLines: 24,
    collateralUsd: positions * 50_000,
    ...(typeof size === 'number' ? {} : size),
    positions,
  };
  const random = new SeededRandom(seed);
  const protocols = Array.from({ length: full.protocols }, (_, i) =>
    aProtocol(random.fork(`protocol-${i}`), i, full),
  );
  return aSnapshot({
    assets: [
      ...VOLATILE.map(({ id, spot, betaToEth, sigma }) =>
        anAsset({ id, spot, sigmaRef: sigma, beta: id === 'ETH' ? { ETH: 1 } : { [id]: 1, ETH: betaToEth } }),
      ),
      aStable(),
    ],
    pools: VOLATILE.flatMap((asset) => poolsOf(asset, full.collateralUsd * 0.15)),
    lending: protocols,
    books: full.optionLines === 0 ? [] : [aMaker(random.fork('maker'), full)],
    chains: [aChain()],
    funds: [aFund({ usd: full.collateralUsd * 0.001, covers: protocols.map((protocol) => protocol.member) })],
    dao: { backstopUsd: 0, members: protocols.map((protocol) => protocol.member) },
    provenance: { t0: 1_769_288_400, blocks: [], sources: [`market factory, seed ${seed}`.slice(0, 100)] },
  });
}

function poolsOf(asset: (typeof VOLATILE)[number], depthUsd: number): Pool[] {
  const { id, spot } = asset;
  const liquidity = depthUsd / (2 * Math.sqrt(spot));
  return [
    aPool({
      id: `${id.toLowerCase()}-usdc-30`,
      base: id,
      reserveBase: depthUsd / (2 * spot),
      reserveQuote: depthUsd / 2,
    }),
    aConcentratedPool({
      id: `${id.toLowerCase()}-usdc-5`,
      base: id,
      price: spot,
      ranges: [
        { priceLower: spot * 0.05, priceUpper: spot * 0.7, liquidity },
        { priceLower: spot * 0.7, priceUpper: spot * 1.4, liquidity: liquidity * 3 },
        { priceLower: spot * 1.4, priceUpper: spot * 20, liquidity },
      ],
    }),
  ];
}

function aProtocol(random: SeededRandom, index: number, size: MarketSize): LendingProtocol {
  const count = Math.ceil(size.positions / size.protocols);
  const weights = Array.from({ length: count }, () => random.logNormal(1, 1.2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const usd = size.collateralUsd / size.protocols / total;
  return aLendingProtocol({
    id: `aave-${index}`,
    member: `member-${index}`,
    insuranceUsd: 0,
    markets: [
      aLendingMarket(),
      aLendingMarket({ asset: 'BTC', ltv: 0.73, lt: 0.78, bonus: 0.05 }),
      aLendingMarket({ asset: 'USDC', ltv: 0.75, lt: 0.78, bonus: 0.045 }),
    ],
    positions: weights.map((weight, i) =>
      aBorrower(random, `account-${String(i).padStart(7, '0')}`, weight * usd),
    ),
  });
}

function aBorrower(random: SeededRandom, id: string, valueUsd: number): Position {
  const asset = random.next() < 0.7 ? VOLATILE[0] : VOLATILE[1];
  const mixed = random.next() < 0.15;
  const main = mixed ? 0.75 : 1;
  const lt = asset.id === 'ETH' ? 0.825 : 0.78;
  const health = 1.02 + random.logNormal(0.55, 0.7);
  const counted = valueUsd * (main * lt + (mixed ? 0.25 * 0.78 : 0));
  const collateral: Record<string, number> = { [asset.id]: roundHalfEven((valueUsd * main) / asset.spot, 9) };
  if (mixed) collateral['USDC'] = roundHalfEven(valueUsd * 0.25, 6);
  return { id, collateral, debt: { USDC: roundHalfEven(counted / health, 6) }, eMode: null, topUp: null };
}

function aMaker(random: SeededRandom, size: MarketSize) {
  const unit = (size.collateralUsd * 0.04) / (2000 * size.optionLines);
  const options: OptionLine[] = Array.from({ length: size.optionLines }, (_, i) => {
    const put = i % 2 === 0;
    const moneyness = put ? random.between(0.6, 1) : random.between(1, 1.5);
    return anOptionLine({
      id: `line-${String(i).padStart(6, '0')}`,
      type: put ? 'P' : 'C',
      strike: roundHalfEven(2000 * moneyness, 2),
      expirySec: 86_400 * (7 + random.int(60)),
      iv: roundHalfEven(0.7 + 0.4 * Math.abs(moneyness - 1), 4),
      quantity: -roundHalfEven(random.between(0.5, 1.5) * unit, 6),
    });
  });
  return aBook({ id: 'maker', asset: 'ETH', options });
}
