import {
  DEFAULT_PARAMETERS,
  dlcmRun,
  type DlcmResult,
  evaluate,
  type EvaluationRecord,
  explain,
  scenarioOf,
} from '#libs/dlcm/index';
import type { Digest } from '#libs/canonical/index';
import type { MarketSnapshot } from '#libs/market/index';
import { useKernel } from '#libs/compute/index';
import { engineBuild } from '#libs/platform/index';

/** The model as the commands use it; a test may stand in another version. */
export interface CliEngine {
  readonly version: string;
  evaluate(snapshot: MarketSnapshot, root: Digest): EvaluationRecord;
  run(snapshot: MarketSnapshot, shock: { readonly asset: string; readonly size: number }): DlcmResult;
  explain(result: DlcmResult): readonly string[];
}

export function cliEngine(): CliEngine {
  useKernel();
  const version = engineBuild();
  return {
    version,
    evaluate: (snapshot, snapshotRoot) =>
      evaluate({ snapshot, snapshotRoot, parameters: DEFAULT_PARAMETERS, engineVersion: version }),
    run: (snapshot, { asset, size }) =>
      dlcmRun({ snapshot, scenario: scenarioOf(DEFAULT_PARAMETERS, asset, size) }),
    explain,
  };
}
