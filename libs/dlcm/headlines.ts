import type { MarketSnapshot } from '#libs/market/index';
import { valueOf } from '#libs/numeric/index';
import { runOn } from './cascade/dlcm-run.js';
import { runCascade } from './cascade/run.js';
import type { System } from './cascade/system.js';
import type { HeadlinesRecord } from './evaluation-record.js';
import { lacIndexOf } from './metric-records.js';
import { publish, publishOptional } from './publication.js';
import type { ModelLevel, Scenario, SsfSearch } from './scenario.js';
import { searchThreshold } from './solvency/ssf-threshold.js';

/** What an evaluation has already computed at its own level. */
export interface LevelResults {
  readonly v2: HeadlinesRecord['v2'];
  readonly v3: HeadlinesRecord['v3'];
}

/**
 * The headline of each level (MODEL 8.1), each from a run of that level: v1 the value liquidated in the reference shock, v2 the
 * SSF threshold, v3 the LAC index. A level whose run would be the evaluation's own is not run again: without any part that
 * only v3 models, v2 and v3 give the same bytes.
 *
 * @param scenario the reference shock under the evaluation's parameters
 */
export function headlinesOf(
  system: System,
  question: { readonly scenario: Scenario; readonly search: SsfSearch },
  own: LevelResults,
): HeadlinesRecord {
  const { scenario, search } = question;
  const at = (level: ModelLevel): Scenario => ({ ...scenario, level });
  const same = (level: ModelLevel): boolean =>
    scenario.level === level || (scenario.level !== 'v1' && !hasPartsOfV3(system.snapshot));
  const { status, totals } = runCascade(system, at('v1'));
  return {
    v1: { status, totalValueLiquidatedUsd: publish('usd', valueOf(totals.valueLiquidated)) },
    v2: same('v2') ? own.v2 : thresholdHeadline(system, at('v2'), search),
    v3: same('v3') ? own.v3 : indexHeadline(system, at('v3')),
  };
}

function thresholdHeadline(system: System, scenario: Scenario, search: SsfSearch): HeadlinesRecord['v2'] {
  const outcome = searchThreshold(system, { scenario, search });
  const threshold = outcome.status === 'found' ? outcome.threshold : null;
  return { status: outcome.status, ssfThreshold: publishOptional('share', threshold) };
}

function indexHeadline(system: System, scenario: Scenario): HeadlinesRecord['v3'] {
  const reference = runOn(system, scenario);
  return { status: reference.status, lacIndex: lacIndexOf(system, scenario, reference).value };
}

/** Whether a snapshot holds anything that level v2 leaves out: then v2 and v3 may differ. */
export function hasPartsOfV3(snapshot: MarketSnapshot): boolean {
  const { perps, bridges, governanceTokens, nested, chains, lending, assets } = snapshot;
  return (
    perps.length + bridges.length + governanceTokens.length + nested.length > 0 ||
    chains.length > 1 ||
    assets.some((asset) => asset.kind === 'bridged' || asset.kind === 'nested') ||
    lending.some(
      (protocol) =>
        protocol.safetyModule !== null ||
        protocol.liquidationDelaySec > 0 ||
        protocol.markets.some((m) => m.haircut !== null),
    )
  );
}
