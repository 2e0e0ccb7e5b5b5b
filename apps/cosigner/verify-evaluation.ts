import type { ChainClock, Digest, MarketSource, RegistryLink, RiskEngine } from '#libs/application/index';
import { digestOf } from '#libs/canonical/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import { encodeSnapshot, inCanonicalOrder, type PinnedBlock, type Snapshot } from '#libs/market/index';
import { checkEvidence, type Evidence, evidenceDifferences } from '#libs/sources/index';
import { accepted, refusal, type Refusal, refused, type Verdict } from './refusal.js';

/** What a co-signer has of its own to check an evaluation with. */
export interface OwnMeans {
  readonly market: MarketSource;
  readonly clock: ChainClock;
  readonly engine: Pick<RiskEngine, 'engineVersion' | 'evaluate'>;
  readonly chain: string;
}

export interface Demands {
  /** Chain seconds since the snapshot; null for an evaluation that a vote has confirmed since. */
  readonly maxAgeSec: number | null;
}

/** The evaluation this evidence proves: read from the chain and computed again here, to the same bytes. */
export async function verifyEvaluation(
  evidence: Evidence,
  own: OwnMeans,
  demands: Demands,
): Promise<Verdict<EvaluationRecord>> {
  const published = snapshotOf(evidence);
  if (!published.ok) return published;
  const block = pinnedBlock(evidence.record, own.chain);
  if (!block.ok) return block;
  const hindrance =
    engineRefusal(evidence.record, own) ?? (await ageRefusal(evidence.record, own.clock, demands.maxAgeSec));
  if (hindrance !== null) return refused(hindrance);
  const reading = await own.market.capture({ hash: block.value.hash });
  const { root } = encodeSnapshot(reading);
  if (root !== evidence.header.root) {
    return refused(
      refusal(
        'COS-107',
        `published root ${evidence.header.root}, own root ${root} at block ${block.value.number}`,
        listed(inCanonicalOrder(published.value), inCanonicalOrder(reading)),
      ),
    );
  }
  return recompute(evidence, own, reading);
}

async function recompute(
  { evaluation, record, header }: Evidence,
  own: OwnMeans,
  snapshot: Snapshot,
): Promise<Verdict<EvaluationRecord>> {
  const recomputed = await own.engine.evaluate({ snapshot, snapshotRoot: header.root });
  const digest: Digest = digestOf(recomputed);
  if (digest === evaluation) return accepted(recomputed);
  return refused(refusal('COS-108', `published ${evaluation}, own ${digest}`, listed(record, recomputed)));
}

const LISTED = 12;

/** For the log of a refusal: which rows and fields. */
function listed(published: unknown, own: unknown): string[] {
  const found = evidenceDifferences(published, own);
  const lines = found
    .slice(0, LISTED)
    .map((each) => `${each.pointer}: published ${each.published}, own ${each.own}`);
  return found.length > LISTED ? [...lines, `and ${found.length - LISTED} more`] : lines;
}

function snapshotOf(evidence: Evidence): Verdict<Snapshot> {
  try {
    return accepted(checkEvidence(evidence));
  } catch (thrown) {
    return refused(refusal('COS-105', thrown instanceof Error ? thrown.message : String(thrown)));
  }
}

/** Exactly one block, of this chain: inputs of a chain that this co-signer cannot read are not signed. */
export function pinnedBlock(
  { blocks }: Pick<EvaluationRecord, 'blocks'>,
  chain: string,
): Verdict<PinnedBlock> {
  const [block, ...others] = blocks;
  if (block !== undefined && others.length === 0 && block.chain === chain) return accepted(block);
  return refused(
    refusal(
      'COS-111',
      `it pins ${blocks.map((other) => other.chain).join(', ') || 'no block'}; accepted is one block of ${chain}`,
    ),
  );
}

function engineRefusal({ engineVersion }: EvaluationRecord, { engine }: OwnMeans): Refusal | null {
  return engineVersion === engine.engineVersion
    ? null
    : refusal('COS-106', `${engineVersion}, this build is ${engine.engineVersion}`);
}

/** No older than stated, and not from the future, by the chain's own clock. */
export async function ageRefusal(
  { t0 }: EvaluationRecord,
  clock: ChainClock,
  maxAgeSec: Demands['maxAgeSec'],
): Promise<Refusal | null> {
  const age = (await clock.now()) - t0;
  if (age < 0) return refusal('COS-109', `its time lies ${-age} s ahead of the chain`);
  if (maxAgeSec !== null && age > maxAgeSec)
    return refusal('COS-109', `it is ${age} s old, at most ${maxAgeSec} s are accepted`);
  return null;
}

/** The registry takes an evaluation only after the one it holds and under its present attesters. */
export function linkRefusal(asked: RegistryLink, onChain: RegistryLink): Refusal | null {
  if (asked.parentDigest === onChain.parentDigest && asked.attesterEpoch === onChain.attesterEpoch)
    return null;
  return refusal(
    'COS-110',
    `asked for parent ${asked.parentDigest} in epoch ${asked.attesterEpoch}, the registry holds ${onChain.parentDigest} in epoch ${onChain.attesterEpoch}`,
  );
}
