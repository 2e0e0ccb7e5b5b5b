import { bisect } from '#libs/numeric/index';
import type { Venues } from '../amm/index.js';
import { AT_SNAPSHOT, linesDelta, type OptionLines } from '../options/index.js';
import { lac } from './lac.js';

/** Where hedging becomes the driver of the price. */
export interface PriceDriverPoint {
  /** Smallest shock whose hedge flow is as large as LAC(5 %); null when none up to the largest shock scanned. */
  readonly shock: number | null;
  /** Hedge flow at that shock in base units, + buys; null without a shock. */
  readonly flowUnits: number | null;
  readonly lac5Units: number;
}

const SHIFT = 0.05;
const STEP = 0.0025;
const MAX_SHOCK = 0.95;
const TOLERANCE = 1e-6;

/**
 * Price-driver point (MODEL 7): the smallest shock s at which the aggregate hedge flow |Delta(S0 (1 -+ s)) - Delta(S0)| of
 * exactly hedged books reaches LAC(5 %): from there on the hedge moves the price more than it protects. Frozen
 * volatilities, no time passes; scanned in steps of 0.0025 up to 0.95, then bisected to 1e-6.
 *
 * @param lines lines of the books that hedge, owner sign
 * @param direction side of the shock; down by default
 */
export function priceDriverPoint(
  lines: OptionLines,
  venues: Venues,
  direction: 'down' | 'up' = 'down',
): PriceDriverPoint {
  const sign = direction === 'down' ? -1 : 1;
  const start = linesDelta(lines, lines.spot, AT_SNAPSHOT);
  const flow = (shock: number): number =>
    start - linesDelta(lines, lines.spot * (1 + sign * shock), AT_SNAPSHOT);
  const lac5Units = lac(venues, SHIFT).units;
  const drives = (shock: number): boolean => Math.abs(flow(shock)) >= lac5Units;
  const steps = Math.round(MAX_SHOCK / STEP);
  for (let i = 1; i <= steps; i += 1) {
    if (!drives(i * STEP)) continue;
    const [, shock] = bisect(drives, [(i - 1) * STEP, i * STEP], TOLERANCE);
    return { shock, flowUnits: flow(shock), lac5Units };
  }
  return { shock: null, flowUnits: null, lac5Units };
}
