import { exp, log1p } from '#libs/numeric/index';
import { MetricInputError } from '../metrics/error.js';

/** One metric of the index with its breakpoints: at or below `calm` it counts 0, at or above `severe` 1. */
export interface SleMetric {
  readonly name: string;
  readonly value: number;
  readonly calm: number;
  readonly severe: number;
}

export interface SleIndex {
  /** 0 to 100. */
  readonly index: number;
  /** Each metric mapped to [0, 1], by name order of the input. */
  readonly components: readonly { readonly name: string; readonly level: number }[];
}

/**
 * Systemic leverage exposure index (MODEL 9): 100 (1 - prod (1 - x_i)^(1 / n)) of metrics mapped linearly between their
 * breakpoints. One metric at its severe breakpoint makes the index 100: the weakest link counts. Breakpoints are policy and
 * are therefore inputs; the components are always returned with it.
 *
 * @throws MetricInputError without metrics, or for breakpoints that do not ascend
 */
export function sleIndex(metrics: readonly SleMetric[]): SleIndex {
  if (metrics.length === 0) throw new MetricInputError('metrics', 'none', 'at least one');
  const components = metrics.map(({ name, value, calm, severe }) => {
    if (!(severe > calm)) throw new MetricInputError(`breakpoints of ${name}`, severe, 'severe above calm');
    return { name, level: Math.min(1, Math.max(0, (value - calm) / (severe - calm))) };
  });
  if (components.some(({ level }) => level === 1)) return { index: 100, components };
  const logs = components.map(({ level }) => log1p(-level));
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return { index: 100 * (1 - exp(mean)), components };
}
