import { DEFAULT_PARAMETERS, evaluate, type EvaluationRecord } from '#libs/dlcm/index';
import { engineBuild } from '#libs/platform/index';
import { evaluationDigest } from '#libs/protocol/index';
import { checkEvidence, readEvidence } from '#libs/sources/index';
import type { Evidence, Outcome } from './checks.js';

const replays = new Map<string, Promise<EvaluationRecord>>();

/** The evaluation recomputed here from the published snapshot, with the published parameters of this build; throws when its digest differs. */
export function replayed(apiUrl: string, digest: `0x${string}`): Promise<EvaluationRecord> {
  const known = replays.get(digest) ?? replay(apiUrl, digest);
  replays.set(digest, known);
  return known;
}

async function replay(apiUrl: string, digest: `0x${string}`): Promise<EvaluationRecord> {
  const evidence = await readEvidence(`${apiUrl}/v1/evaluations/${digest}`);
  const snapshot = checkEvidence(evidence);
  const record = evaluate({
    snapshot,
    snapshotRoot: evidence.header.root,
    parameters: DEFAULT_PARAMETERS,
    engineVersion: engineBuild(),
  });
  const own = evaluationDigest(record);
  if (own !== digest) throw new Error(`the evaluation replays to ${own}, published is ${digest}`);
  return record;
}

export async function replayDigests({ claims }: Evidence): Promise<Outcome> {
  const digests = [claims.breachEvaluation, ...claims.played.cases.map(({ evaluation }) => evaluation)];
  for (const digest of new Set(digests)) await replayed(claims.apiUrl, digest);
  return { holds: true, found: `${new Set(digests).size} recomputed from their bundles` };
}
