import { brent, exp, log } from '#libs/numeric/index';
import { AT_SNAPSHOT, linesGreek, type OptionLines } from '../options/index.js';

const SCAN_POINTS = 401;
const SCAN_LOW = 0.2;
const SCAN_HIGH = 3;
const TOLERANCE = 1e-10;
/** Gammas below this share of the largest count as zero. */
const NEGLIGIBLE = 1e-12;

export interface GammaNeutrality {
  /** Crossing nearest to the snapshot price in |ln(S / S0)|; null when aggregate gamma keeps one sign. */
  readonly price: number | null;
  /** All crossings, ascending. */
  readonly crossings: readonly number[];
  /** Side of `price` on which aggregate gamma is positive; null without a crossing. */
  readonly positiveSide: 'above' | 'below' | null;
  /** Sign of aggregate gamma when it never crosses: 1, -1, or 0 without any gamma; null with a crossing. */
  readonly constantSign: -1 | 0 | 1 | null;
}

/**
 * Gamma neutrality price: zero of the aggregate owner gamma nearest to spot (MODEL 7). 401 points, equally spaced in
 * ln S on [0.2, 3] S0, frozen volatilities; crossings refined to 1e-10 relative by Brent's method.
 *
 * @example gammaNeutralityPrice(optionLines(lines, { spot: 3000 })).price
 */
export function gammaNeutralityPrice(lines: OptionLines): GammaNeutrality {
  const gamma = (logPrice: number): number =>
    linesGreek(lines, 'gamma', { ...AT_SNAPSHOT, spot: exp(logPrice) });
  const found = crossingsOf(gamma, scanPoints(lines.spot));
  const centre = log(lines.spot);
  const [nearest] = [...found.crossings].sort((a, b) => Math.abs(a.at - centre) - Math.abs(b.at - centre));
  if (nearest === undefined) {
    return { price: null, crossings: [], positiveSide: null, constantSign: found.sign };
  }
  return {
    price: exp(nearest.at),
    crossings: found.crossings.map((crossing) => exp(crossing.at)),
    positiveSide: nearest.rising ? 'above' : 'below',
    constantSign: null,
  };
}

interface Crossing {
  readonly at: number;
  readonly rising: boolean;
}

function crossingsOf(
  gamma: (logPrice: number) => number,
  points: readonly number[],
): { crossings: Crossing[]; sign: -1 | 0 | 1 } {
  const sampled = points.map((at) => ({ at, value: gamma(at) }));
  const largest = Math.max(...sampled.map(({ value }) => Math.abs(value)));
  const marked = sampled.filter(({ value }) => value !== 0 && Math.abs(value) >= NEGLIGIBLE * largest);
  const crossings: Crossing[] = [];
  for (let i = 1; i < marked.length; i += 1) {
    const from = marked[i - 1]!;
    const to = marked[i]!;
    if (from.value > 0 === to.value > 0) continue;
    crossings.push({ at: brent(gamma, [from.at, to.at], TOLERANCE), rising: to.value > 0 });
  }
  const head = marked[0]?.value ?? 0;
  return { crossings, sign: head > 0 ? 1 : head < 0 ? -1 : 0 };
}

function scanPoints(spot: number): number[] {
  const low = log(SCAN_LOW * spot);
  const step = (log(SCAN_HIGH * spot) - low) / (SCAN_POINTS - 1);
  return Array.from({ length: SCAN_POINTS }, (_, i) => low + i * step);
}
