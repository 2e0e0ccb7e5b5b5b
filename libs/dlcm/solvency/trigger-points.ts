import { exp } from '#libs/numeric/index';
import type { System } from '../cascade/system.js';
import { betaTo, shockLogReturn } from '../cascade/shock-path.js';
import type { AccountTable } from '../lending/account-table.js';
import { debtUsd } from '../lending/health.js';
import type { Scenario, Shock } from '../scenario.js';

/** Trigger shocks are told apart to this many decimals; the scan steps this far past each of them. */
const RESOLUTION = 1e-9;
const GRID_CELLS = 256;
const MAX_STEPS = 60;

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
  const { accounts } = system;
  const moves = assetMoves(system, scenario);
  const search = {
    accounts,
    moves,
    maxShock: limit.maxShock,
    shock: scenario.shock,
    spot: system.assets.spot,
  };
  const debtAt = new Map<number, number>();
  for (let g = 0; g < accounts.cohorts.protocol.length; g += 1) {
    const cohort = cohortSearch(search, g);
    for (let account = accounts.cohorts.first[g]!; account < accounts.cohorts.first[g + 1]!; account += 1) {
      const cell = firstDoubt(cohort, accounts.cohorts.reach[account]!);
      // Accounts stand by health: who follows is as safe as this one.
      if (cell > GRID_CELLS) break;
      const trigger = accountTrigger(cohort, account, cell);
      if (trigger === null) continue;
      const rounded = Math.round(trigger / RESOLUTION) * RESOLUTION;
      const usd = debtUsd(accounts, accounts, { account, price: system.assets.spot });
      debtAt.set(rounded, (debtAt.get(rounded) ?? 0) + usd);
    }
  }
  return largest(debtAt, limit.groups)
    .map(([s]) => s + RESOLUTION)
    .filter((s) => s < limit.maxShock)
    .sort((a, b) => a - b);
}

/** The groups with the largest debt, ties by the smaller trigger. */
function largest(debtAt: ReadonlyMap<number, number>, count: number): (readonly [number, number])[] {
  if (count === 0) return [];
  const debts = Float64Array.from(debtAt.values()).sort();
  const least = debts[Math.max(0, debts.length - count)] ?? 0;
  return [...debtAt]
    .filter(([, debt]) => debt >= least)
    .sort(([s1, d1], [s2, d2]) => d2 - d1 || s1 - s2)
    .slice(0, count);
}

/** Log price of each asset under the shock: fixed + beta x log return of the shocked factor. */
interface AssetMoves {
  readonly fixed: Float64Array;
  readonly beta: Float64Array;
}

function assetMoves(system: System, scenario: Scenario): AssetMoves {
  const { assets } = system;
  const fixed = assets.ids.map((id, i) =>
    scenario.alsoShocked.reduce(
      (sum, other) => sum + betaTo({ id, beta: assets.beta[i]! }, other.asset) * shockLogReturn(other),
      0,
    ),
  );
  const beta = assets.ids.map((id, i) => betaTo({ id, beta: assets.beta[i]! }, scenario.shock.asset));
  return { fixed: Float64Array.from(fixed), beta: Float64Array.from(beta) };
}

/** Prices after the whole shock of size s without any impact. */
export function shockedPrices(system: System, scenario: Scenario): (s: number) => Float64Array {
  const { fixed, beta } = assetMoves(system, scenario);
  return (s) => {
    const move = shockLogReturn({ ...scenario.shock, size: s });
    return system.assets.spot.map((spot, i) => spot * exp(fixed[i]! + beta[i]! * move));
  };
}

interface Search {
  readonly accounts: AccountTable;
  readonly moves: AssetMoves;
  readonly maxShock: number;
  readonly shock: Shock;
  readonly spot: Float64Array;
}

interface CohortSearch extends Search {
  /** Least mark of the cohort up to each of GRID_CELLS + 1 equally spaced shocks: health over health at the snapshot. */
  readonly marks: Float64Array;
  /** Whether the health of every account falls all the way: no debt falls faster than any collateral. */
  readonly falling: boolean;
}

function cohortSearch(search: Search, g: number): CohortSearch {
  const { terms, cohorts } = search.accounts;
  const collateral = Array.from(cohorts.terms.subarray(cohorts.firstTerm[g], cohorts.firstTerm[g + 1])).map(
    (row) => terms.asset[row]!,
  );
  const debts = Array.from(cohorts.debts.subarray(cohorts.firstDebt[g], cohorts.firstDebt[g + 1]));
  const { fixed, beta } = search.moves;
  const marks = new Float64Array(GRID_CELLS + 1);
  let least = Infinity;
  for (let cell = 0; cell <= GRID_CELLS; cell += 1) {
    const move = moveAt(search, cell);
    const ratio = (asset: number): number => exp(fixed[asset]! + beta[asset]! * move);
    least = Math.min(least, Math.min(...collateral.map(ratio)) / Math.max(...debts.map(ratio)));
    marks[cell] = debts.length === 0 ? Infinity : least;
  }
  const down = search.shock.direction === 'down' ? 1 : -1;
  const slowest = Math.min(...collateral.map((asset) => down * beta[asset]!));
  return { ...search, marks, falling: debts.every((asset) => down * beta[asset]! <= slowest) };
}

/** Log return of the shocked factor at a cell of the grid. */
function moveAt({ shock, maxShock }: Search, cell: number): number {
  return shockLogReturn({ ...shock, size: (maxShock * cell) / GRID_CELLS });
}

/** First cell of the grid at which an account of this reach may be unhealthy; beyond the grid if none. */
function firstDoubt({ marks }: CohortSearch, reach: number): number {
  let low = 0;
  let high = GRID_CELLS + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reach * marks[middle]! >= 1) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Smallest shock up to maxShock with health < 1; 0 if unhealthy at once, null if never. */
function accountTrigger(search: CohortSearch, account: number, from: number): number | null {
  const healthy = (cell: number): boolean => healthAt(search, account, moveAt(search, cell)) >= 1;
  let cell = from;
  if (!search.falling) while (cell <= GRID_CELLS && healthy(cell)) cell += 1;
  else {
    let high = GRID_CELLS + 1;
    while (cell < high) {
      const middle = (cell + high) >>> 1;
      if (middle <= GRID_CELLS && healthy(middle)) cell = middle + 1;
      else high = middle;
    }
  }
  if (cell > GRID_CELLS) return null;
  if (cell === 0) return 0;
  return crossing(search, account, cell);
}

/** Shock within a cell at which health crosses 1, to a hundredth of the resolution, on the unhealthy side. */
function crossing(search: CohortSearch, account: number, cell: number): number {
  const { shock, maxShock } = search;
  const excess = (s: number): number => healthAt(search, account, shockLogReturn({ ...shock, size: s })) - 1;
  let lo = (maxShock * (cell - 1)) / GRID_CELLS;
  let hi = (maxShock * cell) / GRID_CELLS;
  let atLo = excess(lo);
  let atHi = excess(hi);
  let side = 0;
  for (let i = 0; i < MAX_STEPS && hi - lo > RESOLUTION / 100; i += 1) {
    // Regula falsi with the Illinois rule; a little beyond the root, so that the unhealthy side closes in as well.
    const guess = lo + (hi - lo) * (atLo / (atLo - atHi)) + RESOLUTION / 400;
    const s = guess > lo && guess < hi ? guess : lo + (hi - lo) / 2;
    const value = excess(s);
    if (value < 0) {
      hi = s;
      atHi = value;
      if (side > 0) atLo /= 2;
      side = 1;
    } else {
      lo = s;
      atLo = value;
      if (side < 0) atHi /= 2;
      side = -1;
    }
  }
  return hi;
}

/** Health of an account as in the snapshot once the shocked factor has made this log return. */
function healthAt({ accounts, moves, spot }: Search, account: number, move: number): number {
  const { shapes, terms } = accounts;
  const shape = accounts.shape[account]!;
  const middle = shapes.firstDebt[shape]!;
  const end = shapes.first[shape + 1]!;
  let row = accounts.first[account]!;
  let collateral = 0;
  let debt = 0;
  for (let leg = shapes.first[shape]!; leg < end; leg += 1, row += 1) {
    const key = shapes.leg[leg]!;
    const asset = leg < middle ? terms.asset[key]! : key;
    const usd = accounts.units[row]! * spot[asset]! * exp(moves.fixed[asset]! + moves.beta[asset]! * move);
    if (leg < middle) collateral += usd * terms.lt[key]!;
    else debt += usd;
  }
  return debt > 0 ? collateral / debt : Infinity;
}
