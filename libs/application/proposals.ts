import { digestOf } from '#libs/canonical/index';
import type { Lever, ParameterChange, ProposalClass, ProposalTerms, Policy } from '#libs/governance/index';
import { artefactOf } from './artefact.js';
import type {
  Artefact,
  Digest,
  MarginAction,
  Proposal,
  Remedy,
  RemedyAction,
  Simulation,
} from './artefacts.js';
import type { PayloadCodec } from './chain-ports.js';

/** The asset whose parameters or collateral an action touches. */
export const assetOf = (action: RemedyAction): string =>
  action.lever === 'backstop-tranche' ? action.collateral : action.asset;

/** The fields an action sets, as exact integers. */
export function changesOf(action: RemedyAction): readonly ParameterChange[] {
  if (action.lever === 'backstop-tranche') return [{ field: 'spendUsd', from: 0, to: action.maxSpendUsd }];
  return [
    { field: 'ltvBps', from: action.ltvBpsFrom, to: action.ltvBpsTo },
    { field: 'ltBps', from: action.ltBpsFrom, to: action.ltBpsTo },
  ];
}

const CLASS_OF = {
  'margin-tightening': 'T',
  'backstop-tranche': 'B0',
  'margin-baseline': 'S',
} as const satisfies Record<RemedyAction['lever'], ProposalClass>;

/** What a proposal is made from; every time in it derives from the evaluation, so that a repeated stage makes the same one. */
export interface ProposalSource {
  readonly parentId: Digest;
  readonly remedyId: Digest;
  readonly remedy: Remedy;
  readonly evaluationTime: number;
  readonly action: RemedyAction;
  readonly simulation: Simulation;
}

/** A proposal of one action on the path of its class. */
export function proposalOf(
  source: ProposalSource,
  codec: PayloadCodec,
  policy: Policy,
): Artefact<'proposal'> {
  return build(source, {
    codec,
    policy,
    class: CLASS_OF[source.action.lever],
    lever: source.action.lever,
    ratifies: null,
  });
}

/**
 * The vote that a fast action opens: on making its parameters the baseline; on a backstop tranche, on the spend itself. It rests
 * on the same evaluation and the same simulation, since the parameters it would keep are the ones simulated.
 */
export function ratificationOf(
  fast: Artefact<'proposal'>,
  remedy: Remedy,
  rest: { readonly codec: PayloadCodec; readonly policy: Policy },
): Artefact<'proposal'> {
  const { action } = fast.body;
  const kept: RemedyAction =
    action.lever === 'backstop-tranche'
      ? action
      : ({ ...action, lever: 'margin-baseline' } satisfies MarginAction);
  const source = {
    parentId: fast.id,
    remedyId: fast.body.remedy,
    remedy,
    evaluationTime: fast.body.createdAt,
    action: kept,
    simulation: fast.body.simulation,
  };
  return build(source, { ...rest, class: 'S', lever: kept.lever, ratifies: fast.id });
}

interface Path {
  readonly codec: PayloadCodec;
  readonly policy: Policy;
  readonly class: ProposalClass;
  readonly lever: Lever;
  readonly ratifies: Digest | null;
}

function build(source: ProposalSource, path: Path): Artefact<'proposal'> {
  const { action, remedy, evaluationTime } = source;
  const body: Proposal = {
    remedy: source.remedyId,
    evaluation: remedy.evaluation,
    class: path.class,
    lever: path.lever,
    member: action.member,
    asset: assetOf(action),
    action,
    changes: changesOf(action),
    ratifies: path.ratifies,
    payloadHash: path.codec.payloadHash(action),
    counterfactualHash: digestOf(remedy.counterfactuals),
    counterfactuals: remedy.counterfactuals,
    text: path.codec.describe(action),
    simulation: source.simulation,
    createdAt: evaluationTime,
    ...timetableOf(evaluationTime, path.class, path.policy),
  };
  return artefactOf('proposal', { parentId: source.parentId, createdAt: evaluationTime }, body);
}

/** The times of a proposal; null where its class has no such step. */
export type Timetable = Pick<Proposal, 'validUntil' | 'timepoint' | 'reviewEndsAt' | 'voteEndsAt'>;

/** Every time of a proposal, from the time of its evaluation and its class alone. */
export function timetableOf(start: number, kind: ProposalClass, policy: Policy): Timetable {
  const rule = policy.classes[kind];
  if (rule.reviewSec === null || rule.voteSec === null) {
    return {
      validUntil: start + policy.maxEvaluationAgeSec,
      timepoint: null,
      reviewEndsAt: null,
      voteEndsAt: null,
    };
  }
  const reviewEndsAt = start + rule.reviewSec;
  const voteEndsAt = reviewEndsAt + rule.voteSec;
  return {
    validUntil: voteEndsAt + rule.delaySec + rule.graceSec,
    timepoint: start,
    reviewEndsAt,
    voteEndsAt,
  };
}

/** The head of the proposal that its lifecycle rests on. */
export function termsOf(proposal: Proposal, policy: Policy): ProposalTerms {
  const {
    class: kind,
    lever,
    member,
    asset,
    changes,
    evaluation,
    payloadHash,
    counterfactualHash,
    ratifies,
  } = proposal;
  const { createdAt, validUntil, timepoint, reviewEndsAt, voteEndsAt } = proposal;
  const delaySec = policy.classes[kind].delaySec;
  const ttlSec = kind === 'T' ? policy.tighten.ttlSec : null;
  return {
    class: kind,
    lever,
    member,
    asset,
    changes,
    evaluation,
    payloadHash,
    counterfactualHash,
    ratifies,
    createdAt,
    validUntil,
    timepoint,
    reviewEndsAt,
    voteEndsAt,
    delaySec,
    ttlSec,
  };
}
