import { runCascade, type FinishedRun } from '../cascade/run.js';
import { systemOf } from '../cascade/system.js';
import { lac } from '../metrics/lac.js';
import { publish, publishOptional } from '../publication.js';
import { solvencyOf } from '../solvency/solvency.js';
import { withBackstops } from './minimal-backstop.js';
import type { RemedyRow } from './remedy.js';
import { NOTHING, total, type Candidate, type Plan, type RemedySearch } from './remedy-search.js';
import { withSize } from './scan-to-target.js';

const LAC_SHIFT = 0.1;

/** Do nothing, the proposal, half and double of it, and each lever alone at its bound. */
export function counterfactuals(
  search: RemedySearch,
  known: { readonly before: number | null; readonly after: number | null; readonly chosen: Candidate },
): readonly RemedyRow[] {
  const { bounds } = search.input;
  const { chosen } = known;
  const scaled = (factor: number): Plan => ({
    bps: Math.round(chosen.bps * factor),
    needs: chosen.needs.map((need) => ({ ...need, usd: Math.round(need.usd * factor) })),
  });
  const rows: (readonly [label: string, plan: Plan, threshold: number | null | undefined])[] = [
    ['do-nothing', NOTHING, known.before],
    ['proposed', chosen, known.after],
    ['half', scaled(0.5), undefined],
    ['double', scaled(2), undefined],
  ];
  const max = search.reductions.at(-1)!;
  if (max > 0) rows.push(['margin-tightening', { bps: max, needs: [] }, undefined]);
  const needs = bounds.backstops.map(({ member, maxSpendUsd }) => ({ member, usd: maxSpendUsd }));
  if (total(needs) > 0) rows.push(['backstop-tranche', { bps: 0, needs }, undefined]);
  return rows.map(([label, plan, threshold]) =>
    rowOf(search, { label, plan, threshold: threshold === undefined ? search.thresholdOf(plan) : threshold }),
  );
}

function rowOf(
  search: RemedySearch,
  row: { readonly label: string; readonly plan: Plan; readonly threshold: number | null },
): RemedyRow {
  const { yardstick, input } = search;
  const tightened = search.tightened(row.plan.bps);
  const system = systemOf(withBackstops(tightened.snapshot, row.plan.needs));
  const run = runCascade(system, withSize(yardstick.scenario, input.target));
  return {
    label: row.label,
    ssfThreshold: publishOptional('remedy.thresholdAfter', row.threshold),
    expectedLossUsd: publish('remedy.lossUsd', solvencyOf(run).lossUsd),
    costUsd: publish('remedy.costUsd', search.costOf(row.plan)),
    accountsAffected: tightened.accountsTouched,
    lac10Usd: publish('remedy.capacityUsd', lacLeft(run, yardstick.scenario.shock.asset)),
    capitalUnusableUsd: publish('remedy.costUsd', tightened.capacityLostUsd + total(row.plan.needs)),
  };
}

/** LAC(10 %) of an asset on the venues as a run left them, USD; 0 without venues. */
function lacLeft({ state }: FinishedRun, asset: string): number {
  const { assets } = state.system;
  const index = assets.index.get(asset) ?? -1;
  const venues = state.venues[index] ?? null;
  return venues === null ? 0 : lac(venues, LAC_SHIFT, state.market[assets.quote[index]!]!).usd;
}
