import { compensatedSum } from '#libs/numeric/index';
import type { MarketSnapshot } from '#libs/market/index';

/** Who bears a member's realised bad debt, USD. The five payments add up to the bad debt. */
export interface Waterfall {
  readonly member: string;
  readonly badDebtUsd: number;
  readonly insuranceUsd: number;
  readonly fundsUsd: number;
  /** Proceeds of governance tokens sold by the safety modules of its protocols. */
  readonly safetyModuleUsd: number;
  readonly daoUsd: number;
  /** Borne by the suppliers of the member's protocols. */
  readonly socialisedUsd: number;
}

/** What one member needs in USD. */
export interface Need {
  readonly member: string;
  readonly usd: number;
}

/** USD raised for each need; never more than it. */
export type ModuleProceeds = (needs: readonly number[]) => readonly number[];

type Cover = Pick<MarketSnapshot, 'lending' | 'funds' | 'dao'> & Insurers;

/** Perpetual venues whose insurance counts as well; none where they are not part of the run. */
interface Insurers {
  readonly perps?: readonly { readonly member: string; readonly insuranceUsd: number }[];
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Insurance of a member: the sum over its lending protocols and perpetual venues, USD. */
export function insuranceOf(cover: Pick<MarketSnapshot, 'lending'> & Insurers, member: string): number {
  const insurers = [...cover.lending, ...(cover.perps ?? [])].filter((insurer) => insurer.member === member);
  return compensatedSum(insurers.map((insurer) => insurer.insuranceUsd));
}

/**
 * Splits money pro rata to needs: everyone gets the need if the money suffices.
 *
 * @example proRata(50, [60, 40]) // [30, 20]
 */
export function proRata(usd: number, needs: readonly number[]): readonly number[] {
  const total = compensatedSum(needs);
  if (total <= usd) return needs;
  return needs.map((need) => (usd * need) / total);
}

/**
 * Bad-debt waterfall (MODEL 6.2, 0.13): a member's insurance, then the funds in id order, each pro rata to the remaining
 * needs of the members it covers, then the safety modules, then the DAO's backstop pro rata, the rest falls on suppliers.
 *
 * @param modules what governance tokens raise for what is left, by member; none by default
 */
export function lossWaterfall(
  cover: Cover,
  badDebts: readonly Need[],
  modules: ModuleProceeds = (needs) => needs.map(() => 0),
): readonly Waterfall[] {
  const insurance = badDebts.map((need) => Math.min(need.usd, insuranceOf(cover, need.member)));
  const afterInsurance = badDebts.map((need, i) => need.usd - insurance[i]!);
  const fromFunds = drawFunds(cover, { needs: badDebts, remaining: afterInsurance });
  const afterFunds = afterInsurance.map((rest, i) => Math.max(0, rest - fromFunds[i]!));
  const fromModules = modules(afterFunds);
  const afterModules = afterFunds.map((rest, i) => Math.max(0, rest - fromModules[i]!));
  const eligible = afterModules.map((rest, i) =>
    cover.dao.members.includes(badDebts[i]!.member) ? rest : 0,
  );
  const fromDao = proRata(cover.dao.backstopUsd, eligible);
  return badDebts.map((need, i) => ({
    member: need.member,
    badDebtUsd: need.usd,
    insuranceUsd: insurance[i]!,
    fundsUsd: fromFunds[i]!,
    safetyModuleUsd: fromModules[i]!,
    daoUsd: fromDao[i]!,
    socialisedUsd: Math.max(0, afterModules[i]! - fromDao[i]!),
  }));
}

function drawFunds(
  cover: Cover,
  demand: { readonly needs: readonly Need[]; readonly remaining: readonly number[] },
): readonly number[] {
  const remaining = [...demand.remaining];
  const drawn = remaining.map(() => 0);
  for (const fund of [...cover.funds].sort(byId)) {
    const needs = demand.needs.map((need, i) =>
      fund.covers.includes(need.member) ? Math.max(0, remaining[i]!) : 0,
    );
    proRata(fund.usd, needs).forEach((usd, i) => {
      drawn[i]! += usd;
      remaining[i]! -= usd;
    });
  }
  return drawn;
}

/**
 * Money that stands behind each member against its loss, USD (MODEL 6.2: F = insurance + allocated share of the funds).
 * A fund is allocated pro rata to the members' remaining losses when it is short; otherwise a member may count on
 * everything the others do not need.
 */
export function fundsBehind(cover: Cover, losses: readonly Need[]): readonly number[] {
  const insurance = losses.map((need) => insuranceOf(cover, need.member));
  const remaining = losses.map((need, i) => Math.max(0, need.usd - insurance[i]!));
  const behind = [...insurance];
  for (const fund of [...cover.funds].sort(byId)) {
    const needs = losses.map((need, i) => (fund.covers.includes(need.member) ? remaining[i]! : 0));
    const total = compensatedSum(needs);
    losses.forEach((need, i) => {
      if (!fund.covers.includes(need.member)) return;
      const share = total <= fund.usd ? fund.usd - (total - needs[i]!) : (fund.usd * needs[i]!) / total;
      behind[i]! += share;
      remaining[i] = Math.max(0, remaining[i]! - share);
    });
  }
  return behind;
}
