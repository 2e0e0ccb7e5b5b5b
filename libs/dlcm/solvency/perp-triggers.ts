import { bisect } from '#libs/numeric/index';
import type { System } from '../cascade/system.js';
import type { LiquidationQueue } from '../perps/index.js';
import type { Scenario } from '../scenario.js';
import { shockedPrices } from './trigger-points.js';

/** The scan steps this far past each trigger. */
const RESOLUTION = 1e-9;

/**
 * Shock sizes at which the largest perpetual accounts, by the worth of their position, reach their liquidation price on the
 * impact-free path (spot times the basis of the snapshot, no funding), each plus 1e-9, ascending. They join the scan
 * like the triggers of lending accounts (MODEL 6.3, 0.9).
 *
 * @param limit how many accounts to keep, and the largest shock of interest
 */
export function perpTriggers(
  system: System,
  scenario: Scenario,
  limit: { readonly groups: number; readonly maxShock: number },
): readonly number[] {
  const { perps } = system;
  if (scenario.level !== 'v3' || perps.ids.length === 0) return [];
  const prices = shockedPrices(system, scenario);
  const spots = perps.venues.flatMap((_, v) => [
    ...spotsOf(system, v, perps.longs[v]!),
    ...spotsOf(system, v, perps.shorts[v]!),
  ]);
  const largest = spots.sort((a, b) => b.usd - a.usd || a.spot - b.spot).slice(0, limit.groups);
  return largest
    .flatMap(({ asset, spot }) => shockTo((s) => prices(s)[asset]!, spot, limit.maxShock))
    .map((s) => s + RESOLUTION)
    .filter((s) => s < limit.maxShock)
    .sort((a, b) => a - b);
}

interface TriggerSpot {
  readonly asset: number;
  /** Spot price at which the account is reached, USD. */
  readonly spot: number;
  readonly usd: number;
}

function spotsOf({ perps, assets }: System, v: number, queue: LiquidationQueue): readonly TriggerSpot[] {
  const asset = perps.asset[v]!;
  return Array.from(queue.accounts, (account, i) => ({
    asset,
    spot: queue.reachedAt[i]! / perps.basis[v]!,
    usd: Math.abs(perps.quantity[account]!) * assets.spot[asset]!,
  }));
}

/** The shock that brings a monotone price to `spot`; none where it stands there already or never comes. */
function shockTo(price: (s: number) => number, spot: number, maxShock: number): readonly number[] {
  const start = price(0);
  const falling = price(maxShock) < start;
  const reached = (s: number): boolean => (falling ? price(s) <= spot : price(s) >= spot);
  if (price(maxShock) === start || reached(0) || !reached(maxShock)) return [];
  return [bisect(reached, [0, maxShock], RESOLUTION / 100)[1]];
}
