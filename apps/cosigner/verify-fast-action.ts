import type {
  AttesterSetReader,
  BackstopAction,
  BoundsReader,
  ChainClock,
  MarginAction,
  Proposal,
  RemainingBounds,
} from '#libs/application/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import type { Policy, ProposalEvent, Regime } from '#libs/governance/index';
import { refusal, type Refusal } from './refusal.js';
import { ageRefusal } from './verify-evaluation.js';

export interface FastEvidence {
  readonly proposal: Proposal;
  /** Computed by this co-signer. */
  readonly record: EvaluationRecord;
  readonly events: readonly ProposalEvent[];
}

export interface FastMeans {
  readonly attesters: AttesterSetReader;
  readonly bounds: BoundsReader;
  readonly clock: ChainClock;
  readonly policy: Policy;
}

/** A fast action rests on the newest evaluation the registry holds, answers a real breach, only tightens or opens a tranche, and stays inside what the contracts still allow. */
export async function fastRefusal(
  { proposal, record, events }: FastEvidence,
  own: FastMeans,
): Promise<Refusal | null> {
  const authorised = events.find((event) => event.type === 'FastAuthorised');
  if (authorised === undefined) return refusal('COS-132', 'it was never authorised on the fast path');
  const old = await ageRefusal(record, own.clock, own.policy.maxEvaluationAgeSec);
  if (old !== null) return old;
  return (
    (await newestRefusal(proposal, own.attesters)) ??
    breachRefusal(record, authorised.regime, own.policy) ??
    boundsRefusal(proposal, await own.bounds.remaining(authorised.regime))
  );
}

async function newestRefusal(
  { evaluation }: Proposal,
  attesters: AttesterSetReader,
): Promise<Refusal | null> {
  const { parentDigest } = await attesters.link();
  return parentDigest === evaluation
    ? null
    : refusal('COS-110', `its newest evaluation is ${parentDigest}, the proposal rests on ${evaluation}`);
}

/** The regime is the api's word; the own record must lie below the level that this regime answers to. */
function breachRefusal({ reading }: EvaluationRecord, regime: Regime, policy: Policy): Refusal | null {
  if (regime !== 'TIGHTEN' && regime !== 'EMERGENCY')
    return refusal('COS-127', `regime ${regime} allows no fast action`);
  const threshold =
    reading.thresholdStatus === 'already-failed'
      ? 0
      : reading.thresholdStatus === 'found'
        ? Number(reading.ssfThreshold)
        : null;
  const level = regime === 'EMERGENCY' ? policy.criticalLevel : policy.safetyLevel;
  if (threshold !== null && threshold < level) return null;
  return refusal(
    'COS-127',
    `own SSF threshold is ${threshold ?? reading.thresholdStatus}, ${regime} needs one below ${level}`,
  );
}

function boundsRefusal({ action }: Proposal, left: RemainingBounds): Refusal | null {
  return action.lever === 'backstop-tranche' ? spendRefusal(action, left) : stepRefusal(action, left);
}

function spendRefusal(
  { member, collateral, maxSpendUsd }: BackstopAction,
  { backstops }: RemainingBounds,
): Refusal | null {
  const left =
    backstops.find((bound) => bound.member === member && bound.collateral === collateral)?.maxSpendUsd ?? 0;
  return maxSpendUsd <= left
    ? null
    : refusal('COS-128', `it would spend up to ${maxSpendUsd} USD, ${left} USD are left`);
}

/** Against what the chain holds now, not against what the proposal says it held. */
function stepRefusal(
  { member, asset, ltBpsTo, ltvBpsTo }: MarginAction,
  { margins }: RemainingBounds,
): Refusal | null {
  const bound = margins.find((each) => each.member === member && each.asset === asset);
  if (bound === undefined) return refusal('COS-128', `MarginGuard lists no ${asset} of ${member}`);
  const step = bound.ltBps - ltBpsTo;
  if (step < 0 || ltvBpsTo > bound.ltvBps || (step === 0 && ltvBpsTo === bound.ltvBps)) {
    return refusal(
      'COS-129',
      `it would set LTV ${ltvBpsTo} and LT ${ltBpsTo} bps where ${bound.ltvBps} and ${bound.ltBps} are in force; the fast path only tightens`,
    );
  }
  return step <= bound.maxStepBps
    ? null
    : refusal(
        'COS-128',
        `it would lower the liquidation threshold by ${step} bps, ${bound.maxStepBps} bps are left`,
      );
}
