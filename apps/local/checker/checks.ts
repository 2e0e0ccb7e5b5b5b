import type { Deployment, ReadClient } from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { getAbiItem } from 'viem';
import { ballotsAreProven } from './check-ballots.js';
import { parametersAreChanged } from './check-parameters.js';
import { playedAsPredicted } from './check-played.js';
import { replayed, replayDigests } from './check-replay.js';
import { signersAreDistinct } from './check-signers.js';
import type { StoryClaims } from './claims.js';
import { readApi, type View } from './read-api.js';

export interface Evidence {
  readonly claims: StoryClaims;
  readonly deployment: Deployment;
  readonly client: ReadClient;
}

export interface Outcome {
  readonly holds: boolean;
  readonly found: string;
}

export type Check = (evidence: Evidence) => Promise<Outcome>;

const ACCEPTED = getAbiItem({ abi: evaluationRegistryAbi, name: 'EvaluationAccepted' });

/** Every statement the story must satisfy, each checked from chain and api alone. */
export const CHECKS: Readonly<Record<string, Check>> = {
  'the SSF threshold fell below the safety level': breached,
  'the registry accepted the evaluations behind it': accepted,
  'replaying the evaluations gives the same digests': replayDigests,
  'the parameters on Aave are the intended ones': parametersAreChanged,
  'at least two distinct owners signed each Safe transaction': signersAreDistinct,
  'the ballots are counted, each with its proof': ballotsAreProven,
  'the SSF threshold recovered past the safety level': recovered,
  'the played shock went as predicted': playedAsPredicted,
};

async function breached({ claims }: Evidence): Promise<Outcome> {
  const { reading } = await replayed(claims.apiUrl, claims.breachEvaluation);
  const threshold = Number(reading.ssfThreshold);
  return {
    holds: reading.thresholdStatus === 'found' && threshold > 0 && threshold < POLICY.safetyLevel,
    found: `${reading.ssfThreshold} < ${POLICY.safetyLevel}`,
  };
}

async function accepted({ claims, deployment, client }: Evidence): Promise<Outcome> {
  const logs = await client.getLogs({
    address: deployment.contracts.evaluationRegistry,
    event: ACCEPTED,
    fromBlock: BigInt(deployment.deployBlock.number),
    toBlock: 'latest',
    strict: true,
  });
  const digests = new Set(logs.map(({ args }) => args.digest));
  const wanted = [claims.breachEvaluation, ...claims.played.cases.map(({ evaluation }) => evaluation)];
  const missing = wanted.filter((digest) => !digests.has(digest));
  return {
    holds: missing.length === 0,
    found:
      missing.length === 0 ? `${digests.size} evaluations on chain` : `not on chain: ${missing.join(', ')}`,
  };
}

async function recovered({ claims }: Evidence): Promise<Outcome> {
  const [first] = claims.fastProposals;
  const { items } = await readApi<{ items: View<'report'>[] }>(claims.apiUrl, '/v1/reports');
  const report = items.find(({ body }) => body.proposal === first) ?? null;
  if (report === null) return { holds: false, found: `no report on ${first}` };
  const [before, after] = await Promise.all([
    replayed(claims.apiUrl, claims.breachEvaluation),
    replayed(claims.apiUrl, report.body.evaluationAfter),
  ]);
  const [from, to] = [before, after].map(({ reading }) =>
    reading.thresholdStatus === 'beyond-range' ? 1 : Number(reading.ssfThreshold),
  ) as [number, number];
  return {
    holds: to > from && to >= POLICY.safetyLevel,
    found: `${from} -> ${to}, level ${POLICY.safetyLevel}`,
  };
}
