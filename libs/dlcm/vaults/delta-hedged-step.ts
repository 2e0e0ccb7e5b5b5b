import { compensatedSum } from '#libs/numeric/index';
import {
  AT_SNAPSHOT,
  bsGreeks,
  lineOption,
  linesGreek,
  SECONDS_PER_YEAR,
  type OptionClock,
  type OptionLines,
} from '../options/index.js';
import { requireFinite } from './error.js';

/** Spot price in USD and clock at one end of a step. */
export interface StepEnd {
  readonly spot: number;
  readonly clock?: OptionClock;
}

export interface HedgedStepInput {
  readonly lines: OptionLines;
  /** Base units held over the step. */
  readonly hedge: number;
  readonly from: StepEnd;
  readonly to: StepEnd;
  /** USD paid for trading at the step's end; 0 by default. */
  readonly costUsd?: number;
}

/** Profit (+) and loss (-) of the owner over one step, USD. */
export interface HedgedStep {
  readonly optionsUsd: number;
  readonly hedgeUsd: number;
  readonly costUsd: number;
  readonly totalUsd: number;
  /** Sum over lines of q gamma / 2 S^2 (r^2 - sigma^2 dt): what an exactly hedged book makes to second order. */
  readonly gammaThetaUsd: number;
}

/**
 * Profit and loss of a hedged book over one step (MODEL 12.2): sum q (V1 - V0) + h (S1 - S0) - cost, beside its second
 * order approximation. A short book loses when |r| > sigma sqrt(dt).
 *
 * @throws VaultInputError (DLCM-160) for a hedge or cost that is not finite; OptionInputError for a spot that is not positive
 * @example deltaHedgedStep({ lines, hedge: 5, from: { spot: 2000 }, to: { spot: 2020 } }).totalUsd
 */
export function deltaHedgedStep(input: HedgedStepInput): HedgedStep {
  const { lines, hedge } = input;
  const costUsd = input.costUsd ?? 0;
  requireFinite('hedge', hedge);
  requireFinite('costUsd', costUsd);
  const from = { ...(input.from.clock ?? AT_SNAPSHOT), spot: input.from.spot };
  const to = { ...(input.to.clock ?? AT_SNAPSHOT), spot: input.to.spot };
  const optionsUsd = linesGreek(lines, 'price', to) - linesGreek(lines, 'price', from);
  const hedgeUsd = hedge * (to.spot - from.spot);
  return {
    optionsUsd,
    hedgeUsd,
    costUsd,
    totalUsd: optionsUsd + hedgeUsd - costUsd,
    gammaThetaUsd: gammaTheta(lines, from, to),
  };
}

type At = OptionClock & { readonly spot: number };

function gammaTheta(lines: OptionLines, from: At, to: At): number {
  const move = to.spot / from.spot - 1;
  const years = (to.elapsedSec - from.elapsedSec) / SECONDS_PER_YEAR;
  const dollar = (from.spot * from.spot) / 2;
  const terms = new Float64Array(lines.count);
  for (let i = 0; i < lines.count; i += 1) {
    const option = lineOption(lines, i, from);
    const gamma = lines.quantity[i]! * bsGreeks(option).gamma;
    terms[i] = gamma * dollar * (move * move - option.vol * option.vol * years);
  }
  return compensatedSum(terms);
}
