import { toDecimalHalfEven } from '#libs/numeric/index';
import { stateNow } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Decimal, Digest, RemedyAction, Report } from '../artefacts.js';
import { command, jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { assetOf } from '../proposals.js';
import { isInForce, loadSnapshot, mustGet, proposalEvents, publishedThreshold } from '../store-reads.js';

type Ports = Pick<LinePorts, 'store' | 'clock' | 'engine' | 'policy'>;

const RETRY_SEC = 12;
const LOOKED_THROUGH = 20;
const DECIMALS = 6;

/** Scores an applied change: the same newer snapshot with it and without it, beside the forecast. */
export function reviewStage(ports: Ports) {
  return async (effectId: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const found = await ports.store.transaction((tx) =>
      inputs(tx, effectId, { now, attestersNeeded: ports.policy.attestersNeeded }),
    );
    if (found.known !== undefined)
      return { stage: 'review', artefacts: [found.known.id], note: 'reported before' };
    if (found.after === null || found.snapshots === null) {
      await ports.store.transaction((tx) =>
        tx.enqueue(jobOf('review', effectId, { mark: String(now), notBefore: now + RETRY_SEC })),
      );
      return { stage: 'review', artefacts: [], note: 'waits for an evaluation after the effect' };
    }
    const thresholdWithout = await ports.engine.thresholdWithout({
      ...found.snapshots,
      actions: found.applied,
    });
    const thresholdAfter = publishedThreshold(found.after.body);
    const forecastGain = gain(found.remedy.body.thresholdBefore, found.remedy.body.thresholdAfter);
    const measuredGain = gain(thresholdWithout, thresholdAfter);
    const body: Report = {
      proposal: found.proposal.id,
      effect: effectId,
      evaluationBefore: found.proposal.body.evaluation,
      evaluationAfter: found.after.id,
      thresholdBefore: publishedThreshold(found.before.body),
      thresholdAfter,
      thresholdWithout,
      forecastGain,
      measuredGain,
      effective:
        Number(measuredGain) >= 0 &&
        Number(measuredGain) >= ports.policy.effectiveShare * Number(forecastGain),
    };
    const report = artefactOf('report', { parentId: effectId, createdAt: found.after.createdAt }, body);
    await ports.store.transaction((tx) => record(tx, report, { policy: ports.policy, now }));
    return {
      stage: 'review',
      artefacts: [report.id],
      note: `threshold ${body.thresholdBefore ?? 'none'} -> ${thresholdAfter ?? 'none'}; gain ${measuredGain}, forecast ${forecastGain}`,
    };
  };
}

/** The oldest evaluation of a block at or after this one that enough attesters signed. */
async function firstAttestedAfter(
  tx: StageTransaction,
  block: number,
  needed: number,
): Promise<Artefact<'evaluation'> | null> {
  const newest = await tx.newest('evaluation', LOOKED_THROUGH);
  const later = newest.filter((e) => (e.body.blocks[0]?.number ?? 0) >= block).reverse();
  for (const evaluation of later) {
    if ((await tx.children('attestation', evaluation.id)).length >= needed) return evaluation;
  }
  return null;
}

async function inputs(
  tx: StageTransaction,
  effectId: Digest,
  { now, attestersNeeded }: { readonly now: number; readonly attestersNeeded: number },
) {
  const effect = await mustGet(tx, 'effect', effectId);
  const proposal = await mustGet(tx, 'proposal', effect.body.proposal);
  const after = await firstAttestedAfter(tx, effect.body.blockNumber, attestersNeeded);
  const before = await mustGet(tx, 'evaluation', proposal.body.evaluation);
  const [known] = await tx.children('report', effectId);
  return {
    proposal,
    known,
    applied: await appliedTogether(tx, proposal, now),
    after,
    before,
    remedy: await mustGet(tx, 'remedy', proposal.body.remedy),
    snapshots:
      after === null
        ? null
        : {
            snapshot: await loadSnapshot(tx, after.body.snapshotRoot),
            before: await loadSnapshot(tx, before.body.snapshotRoot),
          },
  };
}

/** This action and those of the same remedy on other assets that are in force: the forecast is of all of them. */
async function appliedTogether(
  tx: StageTransaction,
  proposal: Artefact<'proposal'>,
  now: number,
): Promise<readonly RemedyAction[]> {
  const actions: RemedyAction[] = [proposal.body.action];
  for (const one of await tx.children('proposal', proposal.body.remedy)) {
    if (assetOf(one.body.action) === proposal.body.asset && one.body.member === proposal.body.member)
      continue;
    const events = await proposalEvents(tx, one.id);
    if (events.length > 0 && isInForce(stateNow(events, now).name)) actions.push(one.body.action);
  }
  return actions;
}

/** Rise of the threshold; beyond the searched range counts as 1, the whole price. */
function gain(from: Decimal | null, to: Decimal | null): Decimal {
  return toDecimalHalfEven((to === null ? 1 : Number(to)) - (from === null ? 1 : Number(from)), DECIMALS);
}

async function record(
  tx: StageTransaction,
  report: Artefact<'report'>,
  at: { readonly policy: LinePorts['policy']; readonly now: number },
): Promise<void> {
  const asked = { type: 'measure', report: report.id, effective: report.body.effective } as const;
  const decision = await command(tx, report.body.proposal, {
    commands: [asked],
    policy: at.policy,
    now: at.now,
  });
  if (decision.ok || decision.refusal.state === 'Relaxing' || decision.refusal.state === 'Relaxed')
    await tx.put(report);
}
