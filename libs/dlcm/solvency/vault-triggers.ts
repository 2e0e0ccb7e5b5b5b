import { bisect } from '#libs/numeric/index';
import { freshVenues } from '../amm/index.js';
import { openingHedge } from '../cascade/option-books.js';
import type { System } from '../cascade/system.js';
import { slippageOn, vaultStanding } from '../cascade/vault-capital.js';
import { linesDelta, linesValue, type OptionClock } from '../options/index.js';
import type { Scenario } from '../scenario.js';
import { shockedPrices } from './trigger-points.js';

/** The scan steps this far past each trigger. */
const RESOLUTION = 1e-9;
const GRID_CELLS = 64;

/**
 * Shock sizes at which vaults fall below their minimum capital ratio on the impact-free path, each plus 1e-9, ascending
 * (MODEL 6.3). Prices are S0 (1 - s)^beta, time stands still and volatility is the snapshot's. After a jump a vault still
 * holds its opening hedge; along any other path it has rebalanced all the way, so that its hedge has earned what its
 * options lost, V(S0) - V(S). Found at a resolution of 1/64 of the range: these points refine the scan, they decide nothing.
 */
export function vaultTriggers(system: System, scenario: Scenario, maxShock: number): readonly number[] {
  if (scenario.level === 'v1' || !scenario.hedgeFlow) return [];
  const prices = shockedPrices(system, scenario);
  const triggers = system.options.books.flatMap((book, b) => {
    if (book.kind !== 'vault' || book.options.length === 0) return [];
    return vaultTrigger(shortAt(system, scenario, b), prices, maxShock);
  });
  return triggers.map((s) => s + RESOLUTION).sort((a, b) => a - b);
}

type Prices = (s: number) => Float64Array;

function vaultTrigger(
  short: (prices: Float64Array) => boolean,
  prices: Prices,
  maxShock: number,
): readonly number[] {
  const at = (cell: number): number => (maxShock * cell) / GRID_CELLS;
  for (let cell = 0; cell <= GRID_CELLS; cell += 1) {
    if (!short(prices(at(cell)))) continue;
    if (cell === 0) return [];
    const bracket = [at(cell - 1), at(cell)] as const;
    const trigger = bisect((s) => short(prices(s)), bracket, RESOLUTION / 100)[1];
    return trigger + RESOLUTION < maxShock ? [trigger] : [];
  }
  return [];
}

/** Whether vault `b` would be liquidated at these prices. */
function shortAt(system: System, scenario: Scenario, b: number): (prices: Float64Array) => boolean {
  const { options, assets } = system;
  const clock: OptionClock = { elapsedSec: 0, volShift: scenario.iv === 'endogenous' ? 0 : null };
  const asset = options.asset[b]!;
  const curves = assets.curves[asset] ?? null;
  const venues = curves === null ? null : freshVenues(curves);
  const hedgeAt = hedgeOnPath(system, scenario, { b, clock });
  return (prices) => {
    const { hedge, hedgeEquityUsd } = hedgeAt(prices[asset]!);
    const slippage = venues === null ? 0 : slippageOn(venues, hedge);
    const view = { book: b, prices, clock, hedge, hedgeEquityUsd, slippage, vol: options.sigma0[asset]! };
    return vaultStanding(options, scenario.vaultRule, view).short;
  };
}

interface PathHedge {
  readonly hedge: number;
  readonly hedgeEquityUsd: number;
}

function hedgeOnPath(
  { options }: System,
  scenario: Scenario,
  of: { readonly b: number; readonly clock: OptionClock },
): (spot: number) => PathHedge {
  const { lines } = options.curves[of.b]!;
  const opening = openingHedge(options, of.b, of.clock);
  if (scenario.path.shape === 'jump' || !options.books[of.b]!.hedged) {
    return (spot) => ({ hedge: opening, hedgeEquityUsd: opening * (spot - lines.spot) });
  }
  const value = (spot: number): number => linesValue(lines, { ...of.clock, spot });
  const atStart = value(lines.spot);
  return (spot) => ({
    hedge: -linesDelta(lines, spot, of.clock),
    hedgeEquityUsd: atStart - value(spot),
  });
}
