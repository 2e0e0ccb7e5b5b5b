import { compensatedSum } from '#libs/numeric/index';
import type { FinishedRun } from '../cascade/run.js';
import { memberLosses, protocolLosses, type MemberLoss, type ProtocolLoss } from './losses.js';
import { perpLosses, type PerpVenueLoss } from './perp-losses.js';
import { safetyModules, type ModuleSale, type SafetyModules } from './safety-modules.js';
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
  /** Governance tokens sold for bad debt; none below level v3. */
  readonly tokenSales: readonly ModuleSale[];
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
  const modules = safetyModules(
    state,
    losses.map(({ member }) => member),
  );
  let tokenSales: readonly ModuleSale[] = [];
  const waterfall = lossWaterfall(
    cover,
    losses.map(({ member, badDebtUsd }) => ({ member, usd: badDebtUsd })),
    (needs) => {
      const { raisedUsd, sales } = modules.sell(needs, compensatedSum(needs));
      tokenSales = sales;
      return raisedUsd;
    },
  );
  const missing = losses.map((loss, i) => Math.max(0, loss.lossUsd - funds[i]!));
  const members = losses.map((loss, i) => {
    const fundUsd = funds[i]! + capacityOf(modules, missing, i);
    return { ...loss, fundUsd, failing: loss.lossUsd > fundUsd || waterfall[i]!.daoUsd > 0 };
  });
  const lossUsd = total(members.map((member) => member.lossUsd));
  const everything = modules.sell(
    losses.map(() => Infinity),
    compensatedSum(missing),
  ).raisedUsd;
  const fundUsd = compensatedSum([pooledFundUsd(cover), ...everything]);
  return {
    protocols,
    perps,
    members,
    waterfall,
    tokenSales,
    lossUsd,
    fundUsd,
    failing: members.some((member) => member.failing),
    pooledFailing: lossUsd > fundUsd,
  };
}

/** What the safety modules of one member raise if it sells all it may while the others sell what they need. */
function capacityOf(modules: SafetyModules, missing: readonly number[], i: number): number {
  const needs = missing.map((need, m) => (m === i ? Infinity : need));
  return modules.sell(needs, compensatedSum(missing)).raisedUsd[i]!;
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
