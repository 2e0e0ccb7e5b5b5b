import { snapshotAt } from './snapshot-at.js';
import { DEFAULT_PARAMETERS, dlcmRun, scenarioOf } from '#libs/dlcm/index';
import { POLICY } from '#libs/governance/index';
import type { Artefact } from '#libs/application/index';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import { playShock } from '../play/play-shock.js';
import type { Breached } from './act-fall.js';
import type { Remedied } from './act-remedy.js';
import { usd } from './lines.js';
import { expected, type Stage } from './stage.js';

/** What the model predicted or the chain did; USD, and USD per unit of the shocked asset. */
export interface ShockNumbers {
  readonly liquidations: number;
  readonly liquidatedAccounts: number;
  readonly liquidatedUsd: number;
  readonly badDebtUsd: number;
  readonly finalPrice: number;
}

export interface PlayedCase {
  readonly label: 'without the remedy' | 'with the remedy';
  readonly evaluation: `0x${string}`;
  readonly predicted: ShockNumbers;
  readonly realised: ShockNumbers;
}

export interface PlayedShockFacts {
  readonly asset: string;
  readonly size: number;
  readonly cases: readonly PlayedCase[];
}

/** The predicted shock is really played on two private forks: where the breach was found, and after the remedy. */
export async function actPlayedShock(
  stage: Stage,
  { breached, remedied }: { readonly breached: Breached; readonly remedied: Remedied },
): Promise<PlayedShockFacts> {
  const { say, store } = stage;
  const size = POLICY.safetyLevel;
  const asset = breached.evaluation.body.shockAsset;
  say(
    'act 5',
    `a shock of ${(size * 100).toFixed(0)} % in ${asset} is played on two forks of the chain, without and with the remedy`,
  );
  const last = remedied.reports.at(-1);
  const after = await expected(
    'the evaluation after the remedy',
    store.transaction((tx) =>
      last === undefined ? Promise.resolve(null) : tx.get('evaluation', last.body.evaluationAfter),
    ),
  );
  const cases = [
    await playCase(stage, { label: 'without the remedy', evaluation: breached.evaluation, asset, size }),
    await playCase(stage, { label: 'with the remedy', evaluation: after, asset, size }),
  ];
  for (const one of cases) sayCase(stage, one);
  return { asset, size, cases };
}

interface Case {
  readonly label: PlayedCase['label'];
  readonly evaluation: Artefact<'evaluation'>;
  readonly asset: string;
  readonly size: number;
}

async function playCase(
  { ground, store }: Stage,
  { label, evaluation, asset, size }: Case,
): Promise<PlayedCase> {
  const snapshot = await snapshotAt(store, evaluation);
  const run = dlcmRun({ snapshot, scenario: scenarioOf(DEFAULT_PARAMETERS, asset, size) });
  const block = evaluation.body.blocks[0]?.number ?? 0;
  const { scenario } = DEFAULT_PARAMETERS;
  const played = await playShock({
    rpcUrl: ground.rpcUrl,
    blockNumber: BigInt(block),
    deployment: ground.deployment,
    seed: ground.seed,
    borrowers: (ground.world?.plan ?? DEFAULT_PLAN).borrowers.count,
    shock: { asset, size },
    path: { shape: 'exp', durationSec: scenario.path.durationSec, stepSec: scenario.path.stepSec },
    realisedVolWeight: scenario.realisedVolWeight,
  });
  return {
    label,
    evaluation: evaluation.id,
    predicted: {
      liquidations: run.liquidations,
      liquidatedAccounts: run.liquidatedAccounts.length,
      liquidatedUsd: run.totalValueLiquidatedUsd,
      badDebtUsd: run.badDebtUsd + run.latentBadDebtUsd,
      finalPrice: run.finalPrice[asset] ?? 0,
    },
    realised: {
      liquidations: played.liquidations,
      liquidatedAccounts: played.liquidatedAccounts,
      liquidatedUsd: played.liquidatedUsd,
      badDebtUsd: played.badDebtUsd + played.latentBadDebtUsd,
      finalPrice: played.finalPrices[asset] ?? 0,
    },
  };
}

function sayCase({ say }: Stage, { label, predicted, realised }: PlayedCase): void {
  const row = (name: string, of: (numbers: ShockNumbers) => string): string =>
    `${name} ${of(predicted)} | ${of(realised)}`;
  say(
    'played',
    `${label}, predicted | realised: ${[
      row('accounts liquidated', (n) => String(n.liquidatedAccounts)),
      row('collateral sold', (n) => usd(n.liquidatedUsd)),
      row('bad debt', (n) => usd(n.badDebtUsd)),
      row('final price', (n) => n.finalPrice.toFixed(2)),
    ].join('; ')}`,
  );
}
