import { exp, lagrange4, log, quantise } from '#libs/numeric/index';
import { openDeltaSum, type DeltaSum } from './delta-sum.js';
import { lineDelta, linesDelta, lineVol, type OptionClock, type OptionLines } from './lines.js';
import { SECONDS_PER_YEAR } from './year.js';

/** Nodes of the hedge curve, equally spaced in ln p from S0 / 4 to 2 S0; the snapshot price is node 682 exactly. */
const NODES = 1024;
const ORIGIN = 682;
const LN_2 = 0.6931471805599453;
const SPACING = LN_2 / 341;
/**
 * A line whose remaining standard deviation is below this is a near-step that four nodes cannot carry: the cubic's
 * error 0.0417 h^4 max|N''''(d)| / s^4 would exceed 1e-6 of the line. Such lines are evaluated as they are.
 */
const SHARP_DEVIATION = 0.035;

/**
 * Option delta of a book as a function of the spot price: the definition both engines use (MODEL 0.10).
 *
 * A lazily filled table on 1,024 nodes in ln p for one clock, read by a 4-point Lagrange interpolant that never
 * straddles the snapshot price. Outside [S0 / 4, 2 S0] and for near-step lines the lines themselves are summed.
 */
export interface HedgeCurve {
  readonly lines: OptionLines;
  readonly values: Float64Array;
  /** 1 where `values` belongs to the present clock. */
  readonly filled: Uint8Array;
  /** 1 for lines summed directly at the present clock. */
  readonly sharp: Uint8Array;
  /** The lines at the present clock; those summed otherwise have no weight. */
  readonly deltas: DeltaSum;
  /** Lines whose volatility depends on the spot. */
  readonly smiling: readonly number[];
  /** Number of lines summed directly. */
  sharpCount: number;
  clock: OptionClock | null;
}

/** An empty hedge curve over prepared lines; it fills as `bookDelta` asks. */
export function hedgeCurve(lines: OptionLines): HedgeCurve {
  return {
    lines,
    values: new Float64Array(NODES),
    filled: new Uint8Array(NODES),
    sharp: new Uint8Array(lines.count),
    deltas: openDeltaSum(lines.count),
    smiling: lines.surface.flatMap((surface, i) => (surface === null ? [] : [i])),
    sharpCount: 0,
    clock: null,
  };
}

/**
 * Owner delta of the book's options in base units at a spot price, its hedge not included. The curve is rebuilt when
 * the clock (tick or volatility shift) changes.
 *
 * @param spot USD per base unit, positive
 */
export function bookDelta(curve: HedgeCurve, spot: number, clock: OptionClock): number {
  const position = log(spot / curve.lines.spot) / SPACING + ORIGIN;
  if (!(position >= 0 && position <= NODES - 1)) return linesDelta(curve.lines, spot, clock);
  wind(curve, clock);
  const first = firstNode(position);
  for (let node = first; node < first + 4; node += 1) fill(curve, node, clock);
  return lagrange4(curve.values, first, position - first) + sharpDelta(curve, spot, clock);
}

/** Leftmost of the four nodes around a position, kept on one side of the snapshot price and inside the table. */
function firstNode(position: number): number {
  const centred = Math.floor(position) - 1;
  return position < ORIGIN
    ? Math.max(0, Math.min(ORIGIN - 3, centred))
    : Math.max(ORIGIN, Math.min(NODES - 4, centred));
}

function wind(curve: HedgeCurve, clock: OptionClock): void {
  if (curve.clock?.elapsedSec === clock.elapsedSec && curve.clock.volShift === clock.volShift) return;
  curve.clock = { elapsedSec: clock.elapsedSec, volShift: clock.volShift };
  curve.filled.fill(0);
  const at = { ...clock, spot: curve.lines.spot };
  for (let i = 0; i < curve.lines.count; i += 1) windLine(curve, i, at);
  curve.sharpCount = curve.sharp.reduce((count, sharp) => count + sharp, 0);
}

/** What of a line's delta depends on the clock but not on the spot. */
function windLine(curve: HedgeCurve, i: number, at: OptionClock & { readonly spot: number }): void {
  const { lines } = curve;
  const years = (lines.expirySec[i]! - at.elapsedSec) / SECONDS_PER_YEAR;
  const deviation = years > 0 ? lineVol(lines, i, at) * Math.sqrt(years) : 0;
  const { deltas } = curve;
  curve.sharp[i] = deviation < SHARP_DEVIATION ? 1 : 0;
  if (curve.sharp[i] === 1 || lines.surface[i] !== null) {
    deltas.deviation[i] = 1;
    deltas.weight[i] = 0;
    return;
  }
  const side = lines.isCall[i] === 1 ? 1 : -1;
  deltas.deviation[i] = deviation;
  deltas.offset[i] = (lines.rate - lines.yield) * years - lines.logStrike[i]!;
  deltas.weight[i] = side * lines.quantity[i]! * (lines.yield === 0 ? 1 : exp(-lines.yield * years));
  deltas.side[i] = side;
}

function fill(curve: HedgeCurve, node: number, clock: OptionClock): void {
  if (curve.filled[node] === 1) return;
  const { lines } = curve;
  const logSpot = (node - ORIGIN) * SPACING;
  let sum = curve.deltas.sum(logSpot, lines.quantum);
  const at = { ...clock, spot: lines.spot * exp(logSpot) };
  for (const i of curve.smiling) {
    if (curve.sharp[i] === 0) sum += quantise(lineDelta(lines, i, at), lines.quantum);
  }
  curve.values[node] = sum;
  curve.filled[node] = 1;
}

/** Sum over the near-step lines, each evaluated at the spot itself. */
function sharpDelta(curve: HedgeCurve, spot: number, clock: OptionClock): number {
  if (curve.sharpCount === 0) return 0;
  const at = { ...clock, spot };
  let sum = 0;
  for (let i = 0; i < curve.lines.count; i += 1) {
    if (curve.sharp[i] === 1) sum += quantise(lineDelta(curve.lines, i, at), curve.lines.quantum);
  }
  return sum;
}
