import type { Scenario } from '../scenario.js';
import { ScenarioError } from './error.js';

const between = (low: number, high: number) => (x: number) => x >= low && x <= high;
const positive = (x: number): boolean => x > 0 && x < Infinity;
const notNegative = (x: number): boolean => x >= 0 && x < Infinity;

/**
 * Refuses a scenario outside its domain.
 *
 * @throws ScenarioError (DLCM-142) naming the first bad field
 */
export function requireScenario(scenario: Scenario): void {
  const check = (
    field: string,
    value: number,
    [accepts, accepted]: readonly [(x: number) => boolean, string],
  ): void => {
    if (!accepts(value)) throw new ScenarioError(field, `${value}`, accepted);
  };
  for (const shock of [scenario.shock, ...scenario.alsoShocked]) {
    check(`shock of ${shock.asset}, size`, shock.size, [between(0, 0.99), 'a share in [0, 0.99]']);
  }
  check('path.durationSec', scenario.path.durationSec, [positive, 'seconds above 0']);
  check('path.stepSec', scenario.path.stepSec, [positive, 'seconds above 0']);
  check('liquidityFlight', scenario.liquidityFlight, [notNegative, 'a number of at least 0']);
  check('permanentImpact', scenario.permanentImpact, [between(0, 1), 'a share in [0, 1]']);
  check('inventoryShare', scenario.inventoryShare, [between(0, 1), 'a share in [0, 1]']);
  check('realisedVolWeight', scenario.realisedVolWeight, [notNegative, 'a number of at least 0']);
  for (const [name, weight] of Object.entries(scenario.lossBasis)) {
    check(`lossBasis.${name}`, weight, [notNegative, 'a weight of at least 0']);
  }
  check('governanceReflexivity', scenario.governanceReflexivity, [notNegative, 'a number of at least 0']);
  check('perpPassThrough', scenario.perpPassThrough, [between(0, 1), 'a share in [0, 1]']);
  const { zScore, oracleSec, executionSec, haircut } = scenario.vaultRule;
  check('vaultRule.zScore', zScore, [notNegative, 'a number of at least 0']);
  check('vaultRule.oracleSec', oracleSec, [notNegative, 'seconds of at least 0']);
  check('vaultRule.executionSec', executionSec, [notNegative, 'seconds of at least 0']);
  check('vaultRule.haircut', haircut, [between(0, 1), 'a share in [0, 1]']);
  for (const bid of scenario.standingBids ?? []) {
    check(`standing bid for ${bid.asset}, discount`, bid.discount, [
      between(0, 0.99),
      'a share in [0, 0.99]',
    ]);
    check(`standing bid for ${bid.asset}, budgetUsd`, bid.budgetUsd, [notNegative, 'USD of at least 0']);
    check(`standing bid for ${bid.asset}, maxUsdPerTick`, bid.maxUsdPerTick, [
      (usd) => usd >= 0,
      'USD of at least 0',
    ]);
  }
  const policy = scenario.lendingPolicy;
  if (policy?.maxCloseFactor !== undefined) {
    const accepts = (x: number): boolean => x > 0 && x <= 1;
    check('lendingPolicy.maxCloseFactor', policy.maxCloseFactor, [accepts, 'a share in (0, 1]']);
  }
  if (policy?.circuitBreaker !== undefined) {
    const { fall, windowSec, pauseSec } = policy.circuitBreaker;
    check('lendingPolicy.circuitBreaker.fall', fall, [between(0, 1), 'a share in [0, 1]']);
    check('lendingPolicy.circuitBreaker.windowSec', windowSec, [positive, 'seconds above 0']);
    check('lendingPolicy.circuitBreaker.pauseSec', pauseSec, [positive, 'seconds above 0']);
  }
  const { shape } = scenario.path;
  if (typeof shape === 'object') requireKnots(shape.knots);
}

function requireKnots(knots: readonly { readonly at: number; readonly share: number }[]): void {
  const ascending = knots.every(
    (knot, i) => i === 0 || (knot.at > knots[i - 1]!.at && knot.share >= knots[i - 1]!.share),
  );
  const first = knots[0];
  const last = knots.at(-1);
  const ends = first?.at === 0 && first.share === 0 && last?.at === 1 && last.share === 1;
  if (!ends || !ascending) {
    throw new ScenarioError(
      'path.shape.knots',
      JSON.stringify(knots),
      'ascending knots from (0, 0) to (1, 1)',
    );
  }
}
