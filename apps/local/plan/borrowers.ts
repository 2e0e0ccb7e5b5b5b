import { SeededRandom } from '#libs/numeric/index';
import type { AssetPlan, BorrowerPlan, WorldPlan } from './plan.js';

export interface BorrowerDraw {
  readonly index: number;
  /** USD by asset id. */
  readonly collateralUsd: Readonly<Record<string, number>>;
  readonly debtUsd: Readonly<Record<string, number>>;
  /** Repays when a tightening would make the account liquidatable. */
  readonly attentive: boolean;
  readonly eMode: boolean;
}

/**
 * Accounts as they are found on real markets: leverage mostly 1.4 to 1.9 (Heimbach and Huang, BIS working paper 1171),
 * log-normal sizes, a share near liquidation, and a few large loopers who sit just above it. Every dimension is drawn by
 * strata, so that another seed gives other accounts but much the same market.
 */
export function drawBorrowers(plan: WorldPlan, seed: string): BorrowerDraw[] {
  const random = new SeededRandom(`borrowers ${seed}`);
  const { count, loopers } = plan.borrowers;
  const terms = new Map(plan.assets.map((asset) => [asset.id, asset]));
  const near = Math.round(plan.borrowers.near.share * (count - loopers.count));
  const calm = count - loopers.count - near;
  return [
    ...strata(calm, random).map((draws, index) => calmAccount(plan.borrowers, terms, { ...draws, index })),
    ...strata(near, random).map((draws, i) =>
      nearAccount(plan.borrowers, terms, { ...draws, index: calm + i }),
    ),
    ...strata(loopers.count, random).map((draws, i) =>
      looper(plan.borrowers, terms, { ...draws, index: calm + near + i }),
    ),
  ];
}

interface Draws {
  readonly index: number;
  readonly side: number;
  readonly size: number;
  readonly health: number;
  readonly care: number;
}

function strata(n: number, random: SeededRandom): Omit<Draws, 'index'>[] {
  const [side, size, health, care] = [
    shuffled(n, random),
    shuffled(n, random),
    shuffled(n, random),
    shuffled(n, random),
  ];
  return side.map((draw, i) => ({
    side: draw,
    size: size[i] as number,
    health: health[i] as number,
    care: care[i] as number,
  }));
}

/** One uniform draw from each of n equal strata, in random order. */
function shuffled(n: number, random: SeededRandom): number[] {
  const draws = Array.from({ length: n }, (_, i) => (i + random.next()) / n);
  for (let i = n - 1; i > 0; i -= 1) {
    const j = random.int(i + 1);
    [draws[i], draws[j]] = [draws[j] as number, draws[i] as number];
  }
  return draws;
}

type Terms = ReadonlyMap<string, AssetPlan>;

function calmAccount(
  plan: BorrowerPlan,
  terms: Terms,
  { index, side, size, health, care }: Draws,
): BorrowerDraw {
  const { median, sigma, max } = plan.collateralUsd;
  const usd = Math.min(max, Math.max(SMALLEST_USD, median * Math.exp(sigma * normalQuantile(size))));
  const [collateralUsd, debtAsset] = sides(plan, usd, side);
  const debt = Math.min(usd * (1 - 1 / between(plan.leverage, health)), lendable(terms, collateralUsd));
  return {
    index,
    collateralUsd,
    debtUsd: { [debtAsset]: debt },
    attentive: care < plan.attentiveShare,
    eMode: debtAsset === 'USDC' && care < plan.eModeShare,
  };
}

function nearAccount(
  plan: BorrowerPlan,
  terms: Terms,
  { index, side, size, health, care }: Draws,
): BorrowerDraw {
  const { near } = plan;
  const usd = near.collateralUsd * (0.7 + 0.6 * size);
  const [collateralUsd, debtAsset] = sides(plan, usd, side);
  const debt = Math.min(
    weighted(terms, collateralUsd, 'ltBps') / between(near, health),
    lendable(terms, collateralUsd),
  );
  return {
    index,
    collateralUsd,
    debtUsd: { [debtAsset]: debt },
    attentive: care < plan.attentiveShare,
    eMode: false,
  };
}

function looper({ loopers }: BorrowerPlan, terms: Terms, { index, health, size }: Draws): BorrowerDraw {
  const collateralUsd = { ETH: loopers.collateralUsd * (0.8 + 0.4 * size) };
  return {
    index,
    collateralUsd,
    debtUsd: { USDC: weighted(terms, collateralUsd, 'ltBps') / between(loopers.health, health) },
    attentive: true,
    eMode: false,
  };
}

/** Smaller accounts would fall under the market's rules for dust. */
const SMALLEST_USD = 8_000;

/** Aave lends only up to the loan-to-value limit; a hair below it leaves room for rounding. */
function lendable(terms: Terms, collateralUsd: Readonly<Record<string, number>>): number {
  return weighted(terms, collateralUsd, 'ltvBps') * 0.995;
}

function weighted(terms: Terms, usd: Readonly<Record<string, number>>, by: 'ltBps' | 'ltvBps'): number {
  return Object.entries(usd).reduce(
    (sum, [id, amount]) => sum + (amount * (terms.get(id)?.reserve[by] ?? 0)) / 10_000,
    0,
  );
}

function sides(plan: BorrowerPlan, size: number, draw: number): [Readonly<Record<string, number>>, string] {
  if (draw < plan.shortShare) return [{ USDC: size }, 'ETH'];
  if (draw < plan.shortShare + plan.mixedShare) return [{ ETH: size * 0.6, BTC: size * 0.4 }, 'USDC'];
  if (draw < plan.shortShare + plan.mixedShare + plan.btcShare) return [{ BTC: size }, 'USDC'];
  return [{ ETH: size }, 'USDC'];
}

function between({ low, high }: { readonly low: number; readonly high: number }, draw: number): number {
  return low + (high - low) * draw;
}

/** Logistic approximation of the normal quantile (Tocher 1963), within 0.02 for the sizes drawn here. */
function normalQuantile(share: number): number {
  return Math.log(share / (1 - share)) / 1.702;
}
