import { encodeSnapshot, type Snapshot } from '#libs/market/index';
import { ScenarioError } from '../cascade/error.js';
import { runCascade } from '../cascade/run.js';
import { systemOf } from '../cascade/system.js';
import type { Scenario, StandingBid } from '../scenario.js';
import type { Certificate } from './minimal-backstop.js';
import { holdsUpTo, thresholdAgainst, withSize, type Yardstick } from './scan-to-target.js';

/** A search for the smallest budget of a buyer of last resort. USD. */
export interface BuyerInput extends Yardstick {
  readonly snapshot: Snapshot;
  /** The bid without its budget: asset, oracle, discount and allowance per tick. */
  readonly bid: Omit<StandingBid, 'budgetUsd'>;
  readonly maxBudgetUsd: number;
  /** The answer is this close to a budget that does not suffice. */
  readonly toleranceUsd: number;
}

export type BuyerOutcome =
  | {
      readonly status: 'sufficient';
      readonly budgetUsd: number;
      /** What the bid really spends and then holds at the target shock, at final market prices. */
      readonly atTarget: { readonly spentUsd: number; readonly holdingsUsd: number };
      readonly certificate: Certificate;
    }
  | { readonly status: 'not-needed'; readonly thresholdBefore: number | null }
  | {
      readonly status: 'insufficient';
      readonly thresholdBefore: number | null;
      readonly thresholdAtMax: number | null;
    };

/** Budgets tried between none and the largest; the effect of a budget is not monotone, so ends alone would not do. */
const GRID = 16;

/**
 * Smallest budget of a buyer of last resort after which no member fails up to the target (MODEL 13, 0.25): a standing limit
 * order at (1 - discount) x oracle price for the collateral that liquidators sell, capped per tick. Scans 16 equal budgets,
 * takes the first success that also holds one step further, bisects to the tolerance and verifies both sides by full searches.
 * What the buyer loses on its holdings is reported, not counted among the members' losses.
 *
 * @throws ScenarioError (DLCM-142) for a budget or tolerance that is not positive; DlcmError for a snapshot or scenario the
 *   engine refuses
 */
export function minimalBuyerOfLastResort(input: BuyerInput): BuyerOutcome {
  const { snapshot, maxBudgetUsd, toleranceUsd } = input;
  requirePositive('maxBudgetUsd', maxBudgetUsd);
  requirePositive('toleranceUsd', toleranceUsd);
  const scenarioWith = (budgetUsd: number): Scenario => withBid(input, budgetUsd);
  const thresholdOf = (budgetUsd: number): number | null =>
    thresholdAgainst(snapshot, { ...input, scenario: scenarioWith(budgetUsd) });
  const holds = (budgetUsd: number): boolean =>
    holdsUpTo(snapshot, { ...input, scenario: scenarioWith(budgetUsd) });
  const thresholdBefore = thresholdOf(0);
  if (holds(0)) return { status: 'not-needed', thresholdBefore };
  const coarse = firstLasting(holds, maxBudgetUsd);
  if (coarse === null)
    return { status: 'insufficient', thresholdBefore, thresholdAtMax: thresholdOf(maxBudgetUsd) };
  let { failing, holding } = coarse;
  while (holding - failing > toleranceUsd) {
    const middle = (failing + holding) / 2;
    if (holds(middle)) holding = middle;
    else failing = middle;
  }
  return {
    status: 'sufficient',
    budgetUsd: holding,
    atTarget: spentAtTarget(input, holding),
    certificate: {
      snapshotRoot: encodeSnapshot(snapshot).root,
      thresholdBefore,
      thresholdAfter: thresholdOf(holding),
      thresholdJustBelow: thresholdOf(failing),
    },
  };
}

function withBid({ scenario, bid }: BuyerInput, budgetUsd: number): Scenario {
  if (budgetUsd === 0) return scenario;
  return { ...scenario, standingBids: [...(scenario.standingBids ?? []), { ...bid, budgetUsd }] };
}

function firstLasting(
  holds: (budgetUsd: number) => boolean,
  max: number,
): { readonly failing: number; readonly holding: number } | null {
  const answers = [false];
  const asked = (i: number): boolean => (answers[i] ??= holds((max * i) / GRID));
  for (let i = 1; i <= GRID; i += 1) {
    if (asked(i) && (i === GRID || asked(i + 1)))
      return { failing: (max * (i - 1)) / GRID, holding: (max * i) / GRID };
  }
  return null;
}

function spentAtTarget(input: BuyerInput, budgetUsd: number) {
  const scenario = withSize(withBid(input, budgetUsd), input.target);
  const { state } = runCascade(systemOf(input.snapshot), scenario);
  const own = state.bids.at(-1)!;
  return { spentUsd: budgetUsd - own.budgetUsd, holdingsUsd: own.bought * state.market[own.asset]! };
}

function requirePositive(field: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new ScenarioError(field, `${value}`, 'a finite amount above 0');
}
