import type { Command } from './commands.js';
import { directionOf } from './proposal.js';
import { SEVERITY } from './regime.js';
import type { Situation } from './rules.js';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;
type Check = readonly [holds: boolean, reason: string];

/** Reason of the first check that does not hold. */
function firstFailure(checks: readonly Check[]): string | null {
  return checks.find(([holds]) => !holds)?.[1] ?? null;
}

/** Fast path: classes T and B0, a breach on fresh attested data, inside the budgets, never looser. */
export function fastGuard(c: Of<'authorise-fast'>, { state, policy, now }: Situation): string | null {
  const { terms } = state;
  const age = now - c.evaluationTime;
  return firstFailure([
    [terms.class === 'T' || terms.class === 'B0', `class ${terms.class} has no fast path; T and B0 have`],
    [
      directionOf(terms.changes) === 'stricter',
      `a fast path never loosens: the changes are ${directionOf(terms.changes)}`,
    ],
    [
      c.judgement.breach,
      `the regime is ${c.judgement.regime}${c.judgement.stale ? ' on stale data' : ''}; TIGHTEN or EMERGENCY is needed`,
    ],
    [
      c.latestEvaluation === terms.evaluation,
      `the latest attested evaluation is ${c.latestEvaluation}, not ${terms.evaluation}`,
    ],
    [
      c.attestations >= policy.attestersNeeded,
      `the evaluation has ${c.attestations} attestations, needs ${policy.attestersNeeded}`,
    ],
    [
      age <= policy.maxEvaluationAgeSec,
      `the evaluation is ${age} s old, at most ${policy.maxEvaluationAgeSec} s`,
    ],
    [now >= c.budget.notBefore, `the next step is allowed at ${c.budget.notBefore}`],
    ...budgetChecks(c, state.terms.changes),
  ]);
}

function budgetChecks(
  c: Of<'authorise-fast'>,
  changes: Situation['state']['terms']['changes'],
): readonly Check[] {
  return changes.map((change) => {
    const size = change.field === 'spendUsd' ? change.to - change.from : change.from - change.to;
    const limit = change.field === 'spendUsd' ? c.budget.spendUsd : c.budget.stepBps;
    return [size <= limit, `${change.field} moves by ${size}; the budget left is ${limit}`] as const;
  });
}

/** Class B1 only. */
export function councilGuard(_: Of<'authorise-council'>, { state }: Situation): string | null {
  return state.terms.class === 'B1' ? null : `class ${state.terms.class} is not decided by the council`;
}

/** Class R by the recede rule: fresh data in GREEN only. */
export function recedeGuard(c: Of<'authorise-recede'>, { state }: Situation): string | null {
  return firstFailure([
    [state.terms.class === 'R', `class ${state.terms.class} cannot recede`],
    [
      !c.judgement.relaxationFrozen && c.judgement.regime === 'GREEN',
      `relaxation is frozen in ${c.judgement.regime}${c.judgement.stale ? ' on stale data' : ''}`,
    ],
  ]);
}

/** Vote path: classes R, S and B1, with a power timepoint and a timetable. */
export function reviewGuard(_: Of<'open-review'>, { state }: Situation): string | null {
  const { terms } = state;
  return firstFailure([
    [terms.class === 'R' || terms.class === 'S', `class ${terms.class} is not decided by a vote`],
    [
      terms.timepoint !== null && terms.reviewEndsAt !== null && terms.voteEndsAt !== null,
      'the terms lack timepoint, reviewEndsAt or voteEndsAt',
    ],
  ]);
}

const GUARDIANS_FOR_S = 2;

/** Who may stop what: proposers before the vote, guardians once per payload (two of them on S), members on R and S. */
export function stopGuard(c: Of<'cancel'> | Of<'veto'>, { state }: Situation): string | null {
  if (c.type === 'cancel') return cancelProblem(c, state);
  const needed = state.terms.class === 'S' && c.by.role === 'guardian' ? GUARDIANS_FOR_S : 1;
  const distinct = new Set(c.by.ids).size;
  return firstFailure([
    [c.by.role === 'guardian' || c.by.role === 'member', `a ${c.by.role} has no veto`],
    [
      c.by.role !== 'member' || state.terms.class === 'R' || state.terms.class === 'S',
      `a member's objection to class ${state.terms.class} is recorded, it does not stop it`,
    ],
    [!c.payloadVetoedBefore, 'this payload was vetoed once already'],
    [distinct >= needed, `needs ${needed} distinct ${c.by.role}s, got ${distinct}`],
  ]);
}

const BEFORE_DECISION: ReadonlySet<string> = new Set(['Draft', 'Simulated', 'Shadow', 'Review', 'Requested']);

/** The proposer withdraws before anything was decided; the system withdraws a fast action that newer evidence superseded. */
function cancelProblem(c: Of<'cancel'>, state: Situation['state']): string | null {
  const fast = state.terms.class === 'T' || state.terms.class === 'B0';
  return firstFailure([
    [c.by.role === 'proposer' || c.by.role === 'system', `a ${c.by.role} vetoes; only the proposer cancels`],
    [
      BEFORE_DECISION.has(state.name) || (c.by.role === 'system' && fast),
      `a ${c.by.role} cannot cancel in ${state.name}`,
    ],
  ]);
}

/** Threshold of distinct owners on the very Safe transaction that signing was opened for. */
export function signaturesGuard(c: Of<'complete-signatures'>, { state }: Situation): string | null {
  const owners = new Set(c.owners);
  const valid = new Set(c.signers.filter((signer) => owners.has(signer)));
  return firstFailure([
    [state.safeTransaction === c.safeTransaction, `signing is open for ${state.safeTransaction}`],
    [valid.size === c.signers.length, 'a signer is repeated or no owner of the Safe'],
    [valid.size >= c.threshold, `needs ${c.threshold} owners, got ${valid.size}`],
  ]);
}

/** Renewal: fresh attested breach, within the allowed count unless a vote passed, one TTL at most. */
export function renewGuard(c: Of<'renew'>, { state, policy, now }: Situation): string | null {
  return firstFailure([
    [state.terms.ttlSec !== null, 'a permanent change needs no renewal'],
    [
      !c.judgement.stale && SEVERITY[c.judgement.regime] >= SEVERITY.RECOVERY,
      `the regime is ${c.judgement.regime}${c.judgement.stale ? ' on stale data' : ''}; the change is not needed`,
    ],
    [
      state.ratified || state.renewals < policy.maxRenewals,
      `renewed ${state.renewals} times without a passed vote`,
    ],
    [
      c.until > (state.lapsesAt ?? 0) && c.until - now <= (state.terms.ttlSec ?? 0),
      `until must be later than ${state.lapsesAt} and at most ${state.terms.ttlSec} s ahead`,
    ],
  ]);
}

/** Two of the guardians. */
export function pauseGuard(c: Of<'request-pause'>, { state }: Situation): string | null {
  return firstFailure([
    [state.terms.class === 'P', `class ${state.terms.class} is not a pause`],
    [c.by.role === 'guardian' && new Set(c.by.ids).size >= 2, 'a pause needs two distinct guardians'],
  ]);
}
