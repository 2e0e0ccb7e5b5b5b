import type { EvaluationRecord } from '#libs/dlcm/index';
import type { Digest } from '#libs/canonical/index';
import { digestOf } from '#libs/canonical/index';
import { decodeSnapshot, MAX_CHUNK_BYTES, type Snapshot, type SnapshotCommitment } from '#libs/market/index';
import { z } from 'zod';
import { EvidenceError } from './evidence-error.js';

/** What a bundle claims; nothing in it is believed before `checkEvidence`. */
export interface Evidence {
  readonly evaluation: Digest;
  readonly record: EvaluationRecord;
  readonly header: SnapshotCommitment;
  readonly chunks: readonly Uint8Array[];
}

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  'expected 0x and 64 lower-case hex digits',
);
const count = z.int().nonnegative();
const block = z.object({ chain: z.string(), number: count, hash: digest, parentHash: digest });
/** Only what is needed to find and check the inputs; every other field is checked by recomputing it. */
const record = z.looseObject({
  format: z.literal('dlcm-evaluation/1'),
  engineVersion: z.string(),
  snapshotRoot: digest,
  t0: z.number(),
  blocks: z.array(block),
  parameters: z.looseObject({}),
});
const MAX_CHUNKS = 1_024;
const header = z.object({
  root: digest,
  t0: z.number(),
  blocks: z.array(block),
  chunks: z.array(digest).max(MAX_CHUNKS),
  bytes: count.max(MAX_CHUNKS * MAX_CHUNK_BYTES),
});
const bundle = z.object({
  format: z.literal('srd-bundle/1'),
  evaluation: z.object({ id: digest, body: record }),
  snapshot: z.object({ id: digest, body: header }),
});

export interface ParsedBundle {
  readonly evaluation: Digest;
  readonly record: EvaluationRecord;
  readonly header: SnapshotCommitment;
}

export function parseBundle(bytes: Uint8Array, place: string): ParsedBundle {
  const parsed = bundle.safeParse(jsonOf(bytes, place));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
    throw new EvidenceError(
      'SRC-403',
      `${place} is not a bundle (srd-bundle/1): ${faults.join('; ')}`,
      false,
      { faults },
    );
  }
  const { evaluation, snapshot } = parsed.data;
  // The record's remaining fields stay unread until a recomputation gives the same digest.
  return {
    evaluation: evaluation.id,
    record: evaluation.body as unknown as EvaluationRecord,
    header: snapshot.body,
  };
}

function jsonOf(bytes: Uint8Array, place: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EvidenceError(
      'SRC-403',
      `${place} is not JSON. Pass the address or file of a bundle.`,
      false,
      {},
      { cause },
    );
  }
}

/**
 * The snapshot behind the evidence, once everything that can be checked without the engine holds: the evaluation's id is the
 * digest of its record, the record rests on this snapshot, and the chunks hash to the snapshot's root.
 */
export function checkEvidence(evidence: Evidence): Snapshot {
  const own = digestOf(evidence.record);
  demand(own === evidence.evaluation, `the record's digest is ${own}, not ${evidence.evaluation}`);
  demand(
    evidence.record.snapshotRoot === evidence.header.root,
    `the record rests on snapshot ${evidence.record.snapshotRoot}, the bundle holds ${evidence.header.root}`,
  );
  return decodeSnapshot(evidence.header, evidence.chunks);
}

function demand(holds: boolean, fault: string): void {
  if (!holds)
    throw new EvidenceError(
      'SRC-404',
      `The evidence contradicts itself: ${fault}. Fetch it again from another server; do not rely on it.`,
      false,
      { fault },
    );
}
