import { normalCdf, quantise } from '#libs/numeric/index';

/**
 * Option lines at one clock, ready to be summed at any spot: delta = weight N(side d1),
 * d1 = (ln(spot / S0) + offset) / deviation + deviation / 2. A line that is not to count has weight 0 and deviation 1.
 */
export interface DeltaSum {
  /** sigma sqrt(T) of each line. */
  readonly deviation: Float64Array;
  /** ln(forward / strike) - ln(spot / S0). */
  readonly offset: Float64Array;
  /** Quantity times e^(-yield T), negative for a long put. */
  readonly weight: Float64Array;
  /** 1 for a call, -1 for a put. */
  readonly side: Float64Array;
  /**
   * Sum of the deltas, each rounded to a multiple of the quantum, so that the sum has no order.
   *
   * @param logSpot ln(spot / S0)
   */
  sum(logSpot: number, quantum: number): number;
}

/** Makes room for a number of lines. */
export type OpenDeltaSum = (lines: number) => DeltaSum;

/** The sum in plain TypeScript. */
export const plainDeltaSum: OpenDeltaSum = (lines) => {
  const column = (): Float64Array => new Float64Array(lines);
  const [deviation, offset, weight, side] = [column(), column(), column(), column()];
  return {
    deviation,
    offset,
    weight,
    side,
    sum(logSpot, quantum) {
      let sum = 0;
      for (let i = 0; i < lines; i += 1) {
        const own = deviation[i]!;
        const d1 = (logSpot + offset[i]!) / own + own / 2;
        sum += quantise(weight[i]! * normalCdf(side[i]! * d1), quantum);
      }
      return sum;
    },
  };
};

let inUse: OpenDeltaSum = plainDeltaSum;

/**
 * Lets a host put a compiled kernel in the place of the plain sum, for every curve made from now on. It must give the same
 * bits; a test demands it.
 */
export function useDeltaSum(open: OpenDeltaSum): void {
  inUse = open;
}

/** Room for a number of lines in the kernel in use. */
export function openDeltaSum(lines: number): DeltaSum {
  return inUse(lines);
}
