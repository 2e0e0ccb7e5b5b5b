import type { RunState } from './run-state.js';

/**
 * Cuts liquidation thresholds as volatility rises (MODEL 5 stage 4, 0.2): every interval
 * LT <- clip(LT_0 - eta max(0, sigma_RV - sigma_ref), floor, LT), so that within a run a threshold only falls. Judged at the
 * start of a tick on the volatility realised up to the end of the tick before. A threshold that starts below its floor stays.
 */
export function cutThresholds(state: RunState): void {
  const { system, scenario, lt, volatility, tick } = state;
  const { haircuts, asset, lt: start } = system.accounts.terms;
  if (haircuts.length === 0 || scenario.level !== 'v3') return;
  const { stepSec } = scenario.path;
  for (const { row, eta, floor, intervalSec } of haircuts) {
    const due = Math.floor((tick * stepSec) / intervalSec) > Math.floor(((tick - 1) * stepSec) / intervalSec);
    if (!due) continue;
    const excess = Math.sqrt(volatility.variance[asset[row]!]!) - system.assets.sigmaRef[asset[row]!]!;
    const cut = start[row]! - eta * Math.max(0, excess);
    lt[row] = Math.min(lt[row]!, Math.max(cut, Math.min(floor, start[row]!)));
  }
}
