import type { FinishedRun } from '../cascade/run.js';
import { memberLosses, protocolLosses, type MemberLoss, type ProtocolLoss } from './losses.js';
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
  const { snapshot } = state.system;
  const protocols = protocolLosses(state);
  const losses = memberLosses(state, protocols, state.scenario.lossBasis);
  const funds = fundsBehind(
    snapshot,
    losses.map(({ member, lossUsd }) => ({ member, usd: lossUsd })),
  );
  const waterfall = lossWaterfall(
    snapshot,
    losses.map(({ member, badDebtUsd }) => ({ member, usd: badDebtUsd })),
  );
  const members = losses.map((loss, i) => ({
    ...loss,
    fundUsd: funds[i]!,
    failing: loss.lossUsd > funds[i]! || waterfall[i]!.daoUsd > 0,
  }));
  const lossUsd = total(members.map((member) => member.lossUsd));
  const fundUsd = pooledFundUsd(snapshot);
  return {
    protocols,
    members,
    waterfall,
    lossUsd,
    fundUsd,
    failing: members.some((member) => member.failing),
    pooledFailing: lossUsd > fundUsd,
  };
}

/** All insurance and funds of the coalition, USD. */
function pooledFundUsd(snapshot: FinishedRun['state']['system']['snapshot']): number {
  return total([...snapshot.lending.map((p) => p.insuranceUsd), ...snapshot.funds.map((fund) => fund.usd)]);
}
