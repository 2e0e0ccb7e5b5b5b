import { DEFAULT_PARAMETERS } from '#libs/dlcm/index';
import { positionsOf, type MarketSnapshot } from '#libs/market/index';
import { CliError } from '../cli-error.js';
import type { CliEngine } from '../engine.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { readSnapshot } from '../read-snapshot.js';

export interface ExplainOptions {
  readonly shock?: number | undefined;
  readonly asset?: string | undefined;
}

/** Tells one cascade round by round. */
export async function explainCommand(
  file: string,
  options: ExplainOptions,
  parts: { readonly engine: CliEngine; readonly out: Output },
): Promise<ExitCode> {
  const snapshot = await readSnapshot(file);
  const asset = options.asset ?? DEFAULT_PARAMETERS.shockAsset ?? mostPosted(snapshot);
  if (!snapshot.assets.some(({ id }) => id === asset)) {
    throw new CliError(
      'CLI-104',
      `The snapshot prices no asset "${asset}". Known: ${snapshot.assets.map(({ id }) => id).join(', ')}.`,
      { asset },
    );
  }
  const size = options.shock ?? DEFAULT_PARAMETERS.referenceShock;
  const result = parts.engine.run(snapshot, { asset, size });
  parts.out.result(result, () => parts.engine.explain(result));
  return EXIT.fine;
}

/** The asset with the most collateral value behind loans, as the published evaluation shocks it; ties by id. */
function mostPosted(snapshot: MarketSnapshot): string {
  const posted = snapshot.lending.flatMap((protocol) =>
    Array.from(positionsOf(protocol), ({ collateral }) => collateral),
  );
  const valueOf = (id: string, spot: number): number =>
    posted.reduce((sum, collateral) => sum + (collateral[id] ?? 0) * spot, 0);
  const ranked = snapshot.assets
    .map(({ id, spot }) => ({ id, usd: valueOf(id, spot) }))
    .sort((a, b) => b.usd - a.usd || (a.id < b.id ? -1 : 1));
  return ranked[0]?.id ?? '';
}
