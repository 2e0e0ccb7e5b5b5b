import type { RunState } from '../cascade/run-state.js';

/**
 * End of the accounts of cohort `g` whose debt may exceed the market value of their collateral; for the rest it cannot.
 *
 * Value over debt is at least health over the largest liquidation threshold, and falls at most by the smallest ratio of a
 * collateral price to its snapshot over the largest ratio of a debt price. Accounts the run has looked at stand first; of
 * the others those follow, in the order of their health, for which this bound is below 1.
 */
export function doubtfulEnd(state: RunState, g: number): number {
  const { cohorts } = state.system.accounts;
  const kept = keptShare(state, g);
  const end = cohorts.first[g + 1]!;
  let account = state.reached[g]!;
  while (account < end && !(cohorts.reach[account]! * kept >= 1)) account += 1;
  return account;
}

function keptShare(state: RunState, g: number): number {
  const { market, lt, system } = state;
  const { cohorts, terms } = system.accounts;
  const { spot } = system.assets;
  if (cohorts.firstDebt[g] === cohorts.firstDebt[g + 1]) return Infinity;
  let fall = Infinity;
  let rise = 0;
  for (let j = cohorts.firstTerm[g]!; j < cohorts.firstTerm[g + 1]!; j += 1) {
    const row = cohorts.terms[j]!;
    const asset = terms.asset[row]!;
    fall = Math.min(fall, market[asset]! / spot[asset]! / Math.max(1, terms.lt[row]!, lt[row]!));
  }
  for (let j = cohorts.firstDebt[g]!; j < cohorts.firstDebt[g + 1]!; j += 1) {
    const asset = cohorts.debts[j]!;
    rise = Math.max(rise, market[asset]! / spot[asset]!);
  }
  return fall / rise;
}
