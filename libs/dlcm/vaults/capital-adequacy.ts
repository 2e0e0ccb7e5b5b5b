import { compensatedSum } from '#libs/numeric/index';
import { AT_SNAPSHOT, linesValue, type OptionClock, type OptionLines } from '../options/index.js';
import { requireFinite, requireNotNegative, requireShare } from './error.js';
import { worstScenario, type StressScenario } from './stress-grid.js';

/** One holding that secures a vault. */
export interface VaultCollateral {
  readonly usd: number;
  /** Share of its value that does not count. */
  readonly haircut: number;
  /** What it can be delivered as: the underlying itself, cash, or neither. */
  readonly inKind: 'underlying' | 'cash' | null;
}

export interface CapitalQuestion {
  readonly lines: OptionLines;
  /** Spot price of the underlying in USD. */
  readonly spot: number;
  /** Time and volatility at which the options are valued; the snapshot's by default. */
  readonly clock?: OptionClock;
  /** False for a vault that does not hedge: it must hold the full deliverable. */
  readonly hedged: boolean;
  /** Base units held as hedge, and its profit (+) or loss (-) so far in USD. */
  readonly hedge: number;
  readonly hedgeEquityUsd: number;
  /** USD lost to price impact if the hedge is closed now. */
  readonly hedgeSlippageUsd: number;
  readonly collateral: readonly VaultCollateral[];
}

/** What a vault needs against what it has, USD. */
export interface CapitalAdequacy {
  readonly requiredUsd: number;
  readonly availableUsd: number;
  /** available / required; null stands for infinity: nothing is required, or everything owed is held in kind. */
  readonly ratio: number | null;
  /** The scenario that fixes the requirement of a hedged vault; null for an unhedged one. */
  readonly worst: StressScenario | null;
}

/**
 * Capital adequacy ratio of a vault (MODEL 12.3, 0.10).
 *
 * Hedged: required = -min over the stress grid (spot -50..+50 % in steps of 5 %, volatility -25, 0, +50, +100 %) of the
 * profit and loss from the present marks with the present hedge, plus the slippage of closing it; available =
 * sum collateral (1 - haircut) + hedge equity + the options at their present marks, so that a loss already made counts.
 * Unhedged: required = the full deliverable, |short calls| x spot + sum strike x |short puts|; available = collateral,
 * with no haircut on the part that is itself what must be delivered.
 *
 * @throws VaultInputError (DLCM-160) for a number out of range
 * @example capitalAdequacy({ lines, spot: 2000, hedged: false, hedge: 0, hedgeEquityUsd: 0, hedgeSlippageUsd: 0,
 *   collateral: [{ usd: 30_000, haircut: 0, inKind: 'cash' }] }).ratio // 1.5 with ten short puts struck at 2,000
 */
export function capitalAdequacy(question: CapitalQuestion): CapitalAdequacy {
  requireQuestion(question);
  return question.hedged ? ofHedged(question) : ofUnhedged(question);
}

function ofHedged(question: CapitalQuestion): CapitalAdequacy {
  const { lines, spot, hedge } = question;
  const clock = question.clock ?? AT_SNAPSHOT;
  const marksUsd = linesValue(lines, { ...clock, spot });
  const worst = worstScenario(lines, { spot, hedge, clock, marksUsd });
  const requiredUsd = -worst.profitUsd + question.hedgeSlippageUsd;
  const availableUsd = compensatedSum([
    ...question.collateral.map(({ usd, haircut }) => usd * (1 - haircut)),
    question.hedgeEquityUsd,
    marksUsd,
  ]);
  return { requiredUsd, availableUsd, ratio: requiredUsd > 0 ? availableUsd / requiredUsd : null, worst };
}

function ofUnhedged({ lines, spot, collateral }: CapitalQuestion): CapitalAdequacy {
  const owed = fullDeliverable(lines, spot);
  const underlying = inKind(collateral, 'underlying', owed.underlyingUsd);
  const cash = inKind(collateral, 'cash', owed.cashUsd);
  const requiredUsd = owed.underlyingUsd + owed.cashUsd;
  const availableUsd = compensatedSum([
    ...collateral.map(({ usd, haircut }) => usd * (1 - haircut)),
    underlying.haircutSparedUsd,
    cash.haircutSparedUsd,
  ]);
  const covered = underlying.covered && cash.covered;
  return { requiredUsd, availableUsd, ratio: covered ? null : availableUsd / requiredUsd, worst: null };
}

/** What exercise of every short line costs: calls in the underlying (at spot), puts in cash. */
function fullDeliverable(
  lines: OptionLines,
  spot: number,
): { readonly underlyingUsd: number; readonly cashUsd: number } {
  const calls: number[] = [];
  const puts: number[] = [];
  for (let i = 0; i < lines.count; i += 1) {
    const short = Math.max(0, -lines.quantity[i]!);
    if (lines.isCall[i] === 1) calls.push(short);
    else puts.push(short * lines.strike[i]!);
  }
  return { underlyingUsd: compensatedSum(calls) * spot, cashUsd: compensatedSum(puts) };
}

/** How far one kind of holding covers what is owed in it, and the haircut that the covering part is spared. */
function inKind(
  collateral: readonly VaultCollateral[],
  kind: 'underlying' | 'cash',
  owedUsd: number,
): { readonly covered: boolean; readonly haircutSparedUsd: number } {
  const own = collateral.filter((holding) => holding.inKind === kind);
  const heldUsd = compensatedSum(own.map(({ usd }) => usd));
  const cutUsd = compensatedSum(own.map(({ usd, haircut }) => usd * haircut));
  const share = heldUsd > owedUsd ? owedUsd / heldUsd : 1;
  return { covered: heldUsd >= owedUsd, haircutSparedUsd: cutUsd * share };
}

function requireQuestion(question: CapitalQuestion): void {
  requireFinite('hedge', question.hedge);
  requireFinite('hedgeEquityUsd', question.hedgeEquityUsd);
  requireNotNegative('hedgeSlippageUsd', question.hedgeSlippageUsd);
  question.collateral.forEach(({ usd, haircut }, i) => {
    requireNotNegative(`collateral[${i}].usd`, usd);
    requireShare(`collateral[${i}].haircut`, haircut);
  });
}
