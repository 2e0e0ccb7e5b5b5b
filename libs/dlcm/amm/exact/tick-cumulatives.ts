import { ExactMathError } from './error.js';

/** One write of a v3 pool's oracle: seconds, and the sum over time of the tick. */
export interface V3Observation {
  readonly blockTimestamp: number;
  readonly tickCumulative: bigint;
}

/**
 * Tick cumulatives at points in the past (v3-core, Oracle.observe): between two observations on the straight line whose slope
 * is rounded towards zero, after the last one at the present tick.
 *
 * @param input.observations in ascending time
 * @param input.secondsAgos seconds before `time`
 * @throws ExactMathError (DLCM-180): OLD for a time before the first observation
 */
export function v3OracleTickCumulatives(input: {
  readonly observations: readonly V3Observation[];
  readonly time: number;
  readonly tick: number;
  readonly secondsAgos: readonly number[];
}): readonly bigint[] {
  const { observations } = input;
  observations.forEach((one, i) => {
    const before = observations[i - 1]?.blockTimestamp ?? -Infinity;
    if (!Number.isInteger(one.blockTimestamp) || one.blockTimestamp <= before)
      throw new ExactMathError(
        'BAD_ARGUMENT',
        `observations[${i}]`,
        `${one.blockTimestamp}`,
        'ascending times',
      );
  });
  return input.secondsAgos.map((ago) => cumulativeAt(input, input.time - ago));
}

function cumulativeAt(
  { observations, tick, time }: Parameters<typeof v3OracleTickCumulatives>[0],
  target: number,
): bigint {
  const at = observations.findLastIndex((one) => one.blockTimestamp <= target);
  const before = observations[at];
  if (before === undefined || !Number.isInteger(target) || target > time)
    throw new ExactMathError('OLD', 'secondsAgo', `${time - target}`, 'a whole time the observations cover');
  const after = observations[at + 1];
  const seconds = BigInt(target - before.blockTimestamp);
  if (after === undefined) return before.tickCumulative + BigInt(tick) * seconds;
  const slope =
    (after.tickCumulative - before.tickCumulative) / BigInt(after.blockTimestamp - before.blockTimestamp);
  return before.tickCumulative + slope * seconds;
}
