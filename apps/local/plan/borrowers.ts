import { SeededRandom } from '#libs/numeric/index';
import type { AssetPlan, BorrowerPlan, WorldPlan } from './plan.js';

export interface BorrowerDraw {
  readonly index: number;
  /** USD by asset id. */
  readonly collateralUsd: Readonly<Record<string, number>>;
  readonly debtUsd: Readonly<Record<string, number>>;
  /** Repays when a tightening would make the account liquidatable. */
  readonly attentive: boolean;
}

/**
 * Accounts as they are found on real markets: leverage mostly 1.4 to 1.9 (Heimbach and Huang, BIS working paper 1171),
 * log-normal sizes, and a share that sits near liquidation.
 */
export function drawBorrowers(plan: WorldPlan, seed: string): BorrowerDraw[] {
  const random = new SeededRandom(`borrowers ${seed}`);
  const assets = new Map(plan.assets.map((asset) => [asset.id, asset]));
  return Array.from({ length: plan.borrowers.count }, (_, index) => drawOne(plan.borrowers, assets, { random, index }));
}

interface Draw {
  readonly random: SeededRandom;
  readonly index: number;
}

function drawOne(plan: BorrowerPlan, assets: ReadonlyMap<string, AssetPlan>, { random, index }: Draw): BorrowerDraw {
  const { median, sigma, max } = plan.collateralUsd;
  const size = Math.min(max, Math.max(8_000, median * Math.exp(sigma * random.normal())));
  const [collateralUsd, debtAsset] = sides(plan, size, random.next());
  const capacity = Object.entries(collateralUsd).reduce((sum, [id, usd]) => sum + (usd * (assets.get(id)?.reserve.ltBps ?? 0)) / 10_000, 0);
  const limit = Object.entries(collateralUsd).reduce((sum, [id, usd]) => sum + (usd * (assets.get(id)?.reserve.ltvBps ?? 0)) / 10_000, 0);
  const wanted = random.next() < plan.near.share ? capacity / between(plan.near, random.next()) : size * (1 - 1 / between(plan.leverage, random.next()));
  // Aave lends only up to the loan-to-value limit; a hair below it leaves room for rounding.
  const debt = Math.min(wanted, limit * 0.995);
  return { index, collateralUsd, debtUsd: { [debtAsset]: debt }, attentive: random.next() < plan.attentiveShare };
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
