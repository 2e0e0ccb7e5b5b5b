import { rowOf } from './price-history.js';
import type { RunState } from './run-state.js';

/**
 * Pauses the liquidation of collateral that fell too fast (MODEL 0.26): once its market price at the end of a tick is more
 * than `fall` below that of `windowSec` before, nothing of it is seized for `pauseSec`.
 */
export function breakCircuits(state: RunState): void {
  const rule = state.scenario.lendingPolicy?.circuitBreaker;
  if (rule === undefined) return;
  const { history, tick, pausedUntil } = state;
  const { stepSec } = state.scenario.path;
  const now = rowOf(history, tick - 1);
  const before = rowOf(history, tick - 1 - Math.ceil(rule.windowSec / stepSec));
  const resumes = tick + Math.ceil(rule.pauseSec / stepSec);
  for (let i = 0; i < pausedUntil.length; i += 1) {
    const fell = history.prices[now + i]! < history.prices[before + i]! * (1 - rule.fall);
    if (fell && tick >= pausedUntil[i]!) pausedUntil[i] = resumes;
  }
}
