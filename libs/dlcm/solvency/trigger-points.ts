import { bisect, exp } from '#libs/numeric/index';
import type { System } from '../cascade/system.js';
import { betaTo, shockLogReturn } from '../cascade/shock-path.js';
import { debtUsd, healthFactor, type AccountUnits } from '../lending/health.js';
import type { Scenario } from '../scenario.js';

/** Trigger shocks are told apart to this many decimals; the scan steps this far past each of them. */
const RESOLUTION = 1e-9;
const GRID_CELLS = 256;

/**
 * Shock sizes at which the largest groups of accounts become liquidatable on the impact-free path, each plus 1e-9,
 * ascending (MODEL 6.3, 0.12). An account's trigger is the smallest s with health < 1 at the prices S0 (1 - s)^beta;
 * accounts with equal triggers form a group; groups rank by summed debt, ties by the smaller trigger.
 *
 * @param limit how many groups to keep, and the largest shock of interest
 */
export function triggerPoints(
  system: System,
  scenario: Scenario,
  limit: { readonly groups: number; readonly maxShock: number },
): readonly number[] {
  const { maxShock } = limit;
  const prices = shockedPrices(system, scenario);
  const grid = Array.from({ length: GRID_CELLS + 1 }, (_, j) => prices((maxShock * j) / GRID_CELLS));
  const { accounts } = system;
  const units = {
    units: accounts.units,
    legClosed: new Uint8Array(accounts.units.length),
    lt: accounts.terms.lt,
  };
  const debtAt = new Map<number, number>();
  for (let account = 0; account < system.accounts.count; account += 1) {
    const trigger = accountTrigger(system, account, { units, prices, grid, maxShock });
    if (trigger === null) continue;
    const rounded = Math.round(trigger / RESOLUTION) * RESOLUTION;
    debtAt.set(
      rounded,
      (debtAt.get(rounded) ?? 0) + debtUsd(accounts, units, { account, price: system.assets.spot }),
    );
  }
  const ranked = [...debtAt].sort(([s1, d1], [s2, d2]) => d2 - d1 || s1 - s2);
  return ranked
    .slice(0, limit.groups)
    .map(([s]) => s + RESOLUTION)
    .filter((s) => s < maxShock)
    .sort((a, b) => a - b);
}

/** Prices after the whole shock of size s without any impact. */
export function shockedPrices(system: System, scenario: Scenario): (s: number) => Float64Array {
  const { assets } = system;
  const fixed = assets.ids.map((id, i) =>
    scenario.alsoShocked.reduce(
      (sum, other) => sum + betaTo({ id, beta: assets.beta[i]! }, other.asset) * shockLogReturn(other),
      0,
    ),
  );
  const beta = assets.ids.map((id, i) => betaTo({ id, beta: assets.beta[i]! }, scenario.shock.asset));
  return (s) => {
    const move = shockLogReturn({ ...scenario.shock, size: s });
    return assets.spot.map((spot, i) => spot * exp(fixed[i]! + beta[i]! * move));
  };
}

interface Search {
  readonly units: AccountUnits;
  readonly prices: (s: number) => Float64Array;
  /** Prices at GRID_CELLS + 1 equally spaced shocks from 0 to maxShock. */
  readonly grid: readonly Float64Array[];
  readonly maxShock: number;
}

/** Smallest shock up to maxShock with health < 1; 0 if unhealthy at once, null if never. */
function accountTrigger(system: System, account: number, search: Search): number | null {
  const { maxShock, units } = search;
  const unhealthy = (price: Float64Array): boolean =>
    healthFactor(system.accounts, units, { account, price }) < 1;
  const cell = search.grid.findIndex(unhealthy);
  if (cell <= 0) return cell === 0 ? 0 : null;
  const bracket = [(maxShock * (cell - 1)) / GRID_CELLS, (maxShock * cell) / GRID_CELLS] as const;
  return bisect((s) => unhealthy(search.prices(s)), bracket, RESOLUTION / 100)[1];
}
