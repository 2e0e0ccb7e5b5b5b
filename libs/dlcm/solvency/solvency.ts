import { compensatedSum } from '#libs/numeric/index';
import type { FinishedRun } from '../cascade/run.js';
import { memberLosses, protocolLosses, type MemberLoss, type ProtocolLoss } from './losses.js';
import { perpLosses, type PerpVenueLoss } from './perp-losses.js';
import { fundsBehind, lossWaterfall, type Waterfall } from './waterfall.js';

/** One member's loss against the money behind it. */
export interface MemberSolvency extends MemberLoss {
  readonly fundUsd: number;
  /** The loss exceeds the fund, or the DAO had to pay. */
  readonly failing: boolean;
}

/** Whether the coalition survives a run, and what it costs whom. USD at final market prices. */
export interface Solvency {
  readonly protocols: readonly ProtocolLoss[];
  /** Perpetual venues; none below level v3. */
  readonly perps: readonly PerpVenueLoss[];
  readonly members: readonly MemberSolvency[];
  readonly waterfall: readonly Waterfall[];
  readonly lossUsd: number;
  readonly fundUsd: number;
  /** Systemic solvency failure: some member fails (the headline, MODEL 6.2). */
  readonly failing: boolean;
  /** Pooled view: all losses exceed all funds. */
  readonly pooledFailing: boolean;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Judges a finished run: SSF of a member iff loss > fund strictly or the DAO pays (MODEL 6.2). */
export function solvencyOf(run: FinishedRun): Solvency {
  const { state } = run;
  const cover = coverOf(run);
  const protocols = protocolLosses(state);
  const perps = perpLosses(state);
  const losses = memberLosses(state, [...protocols, ...perps], state.scenario.lossBasis);
  const funds = fundsBehind(
    cover,
    losses.map(({ member, lossUsd }) => ({ member, usd: lossUsd })),
  );
  const waterfall = lossWaterfall(
    cover,
    losses.map(({ member, badDebtUsd }) => ({ member, usd: badDebtUsd })),
  );
  const members = losses.map((loss, i) => ({
    ...loss,
    fundUsd: funds[i]!,
    failing: loss.lossUsd > funds[i]! || waterfall[i]!.daoUsd > 0,
  }));
  const lossUsd = total(members.map((member) => member.lossUsd));
  const fundUsd = pooledFundUsd(cover);
  return {
    protocols,
    perps,
    members,
    waterfall,
    lossUsd,
    fundUsd,
    failing: members.some((member) => member.failing),
    pooledFailing: lossUsd > fundUsd,
  };
}

/** What stands behind the losses of this run: the snapshot's, without the venues that are not part of it. */
function coverOf({ state }: FinishedRun) {
  const { snapshot } = state.system;
  return state.perps === null ? { ...snapshot, perps: [] } : snapshot;
}

/** All insurance and funds of the coalition, USD. */
function pooledFundUsd({ lending, perps, funds }: ReturnType<typeof coverOf>): number {
  const insurance = [...lending, ...perps].map((insurer) => insurer.insuranceUsd);
  return compensatedSum([...insurance, ...funds.map((fund) => fund.usd)]);
}
