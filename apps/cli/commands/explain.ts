import { CliError } from '../cli-error.js';
import { DEFAULT_PARAMETERS } from '#libs/dlcm/index';
import type { CliEngine } from '../engine.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { readSnapshot } from '../read-snapshot.js';

export interface ExplainOptions {
  readonly shock?: number | undefined;
  readonly asset?: string | undefined;
}

/** Tells one cascade round by round. */
export async function explainCommand(file: string, options: ExplainOptions, parts: { readonly engine: CliEngine; readonly out: Output }): Promise<ExitCode> {
  const snapshot = await readSnapshot(file);
  const asset = options.asset ?? DEFAULT_PARAMETERS.shockAsset ?? parts.engine.headlineAsset(snapshot);
  if (!snapshot.assets.some(({ id }) => id === asset)) {
    throw new CliError('CLI-104', `The snapshot prices no asset "${asset}". Known: ${snapshot.assets.map(({ id }) => id).join(', ')}.`, { asset });
  }
  const size = options.shock ?? DEFAULT_PARAMETERS.referenceShock;
  const result = parts.engine.run(snapshot, { asset, size });
  parts.out.result(result, () => parts.engine.explain(result));
  return EXIT.fine;
}
