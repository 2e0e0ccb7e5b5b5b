import type { MarketSnapshot } from '#libs/market/index';
import { compensatedSum } from '#libs/numeric/index';
import { freshVenues } from './amm/index.js';
import { runOn, type DlcmResult } from './cascade/dlcm-run.js';
import { systemOf, type System } from './cascade/system.js';
import type {
  EvaluationRecord,
  LossPoint,
  ReadingRecord,
  ReferenceRunRecord,
  RoundRow,
  RunStatus,
  SsfRecord,
  ThresholdRecord,
} from './evaluation-record.js';
import { firstFailure } from './explain/explain.js';
import { headlinesOf } from './headlines.js';
import {
  chainLacRecords,
  gexRecords,
  haircutRecords,
  headlineMetrics,
  lacIndexOf,
  lacRecords,
  priceDriverRecords,
  type HeadlineMetrics,
} from './metric-records.js';
import { breakpointWatch } from './metrics/index.js';
import { scenarioOf, type Parameters } from './parameters.js';
import { publish, publishOptional, publishExact } from './publication.js';
import { shockAssetOf } from './shock-asset.js';
import { ssfReport, type JudgedThreshold, type SsfReport } from './solvency/ssf-report.js';
import type { ScanPoint, SsfOutcome } from './solvency/ssf-threshold.js';

/** Input of one evaluation. */
export interface EvaluationInput {
  readonly snapshot: MarketSnapshot;
  readonly parameters: Parameters;
  /** Digest of the engine build; another build must not claim this result. */
  readonly engineVersion: string;
  readonly snapshotRoot: `0x${string}`;
}

/**
 * Evaluates a snapshot: SSF threshold, loss curve, reference run with its breakdown, LAC, GEX, gamma neutrality price
 * and haircut breakpoints, rounded for publication. Equal inputs give equal bytes in any process.
 *
 * @throws DlcmError for a snapshot or parameters the engine refuses
 */
export function evaluate(input: EvaluationInput): EvaluationRecord {
  const { snapshot, parameters } = input;
  const system = systemOf(snapshot);
  const shockAsset = shockAssetOf(system, parameters);
  const at = (size: number) => scenarioOf(parameters, shockAsset, size);
  const report = ssfReport(system, { scenario: at(0), search: parameters.search });
  const outcome = report.systemic;
  const watch = breakpointWatch(shockAsset);
  const reference = runOn(system, at(parameters.referenceShock), { observer: watch });
  const curve = parameters.lossCurve.map(report.at);
  const venues = system.assets.curves.map((curves) => (curves === null ? null : freshVenues(curves)));
  const failure = outcome.status === 'found' ? runOn(system, at(outcome.threshold)) : reference;
  const ssf = ssfRecord(report, parameters.search.step);
  const index = lacIndexOf(system, at(parameters.referenceShock), reference);
  return {
    format: 'dlcm-evaluation/1',
    engineVersion: input.engineVersion,
    snapshotRoot: input.snapshotRoot,
    t0: snapshot.provenance.t0,
    blocks: snapshot.provenance.blocks,
    parameters: publishExact(parameters),
    shockAsset,
    status: worst([
      reference.status,
      ...curve.map((point) => point.status),
      ...outcome.scan.map((point) => point.status),
    ]),
    headlines: headlinesOf(
      system,
      { scenario: at(parameters.referenceShock), search: parameters.search },
      {
        v2: { status: outcome.status, ssfThreshold: ssf.threshold },
        v3: { status: reference.status, lacIndex: index.value },
      },
    ),
    ssf,
    ssfPooled: thresholdRecord(report.pooled),
    ssfMembers: report.members.map((own) => ({ member: own.member, ...thresholdRecord(own) })),
    firstFailure: firstFailure(failure, snapshot.pools),
    lossCurve: curve.map(lossPoint),
    lac: lacRecords(system, venues),
    lacByChain: chainLacRecords(system, shockAsset),
    lacIndex: index,
    priceDrivers: priceDriverRecords(system, venues, parameters.direction),
    gex: gexRecords(system, venues, shockAsset),
    haircutBreakpoints: haircutRecords(system, shockAsset, watch.found()),
    reference: referenceRecord(reference),
    reading: readingRecord({
      outcome,
      reference,
      headline: headlineMetrics(system, venues, shockAsset),
      spot: spotOf(system, shockAsset),
    }),
  };
}

function spotOf(system: System, asset: string): number {
  return system.assets.spot[system.assets.index.get(asset) ?? -1] ?? 0;
}

function worst(statuses: readonly RunStatus[]): RunStatus {
  if (statuses.includes('CAPPED')) return 'CAPPED';
  return statuses.includes('ZERO') ? 'ZERO' : 'STABLE';
}

function ssfRecord({ systemic }: SsfReport, resolution: number): SsfRecord {
  const found = systemic.status === 'found' ? systemic : { threshold: null, bracket: null };
  const { status, monotone, evaluations } = systemic;
  return { ...thresholdRecord({ ...found, status, monotone, resolution }), evaluations };
}

function thresholdRecord(own: JudgedThreshold): ThresholdRecord {
  const { status, threshold, bracket, monotone, resolution } = own;
  return {
    status,
    threshold: publishOptional('share', threshold),
    bracket:
      bracket === null
        ? null
        : { safe: publish('share', bracket.safe), failing: publish('share', bracket.failing) },
    monotone,
    resolution: publish('share', resolution),
  };
}

function lossPoint(point: ScanPoint): LossPoint {
  return {
    shock: publish('share', point.shock),
    status: point.status,
    lossUsd: publish('usd', point.lossUsd),
    fundUsd: publish('usd', point.fundUsd),
    failing: point.failing,
  };
}

function referenceRecord(run: DlcmResult): ReferenceRunRecord {
  const usdOfHedges = (units: Readonly<Record<string, number>>): number =>
    Object.entries(units).reduce((sum, [asset, amount]) => sum + amount * run.finalPrice[asset]!, 0);
  const row = ({ key, liquidations, liquidatedUsd, badDebtUsd }: DlcmResult['byAsset'][number]) => ({
    key,
    liquidations,
    liquidatedUsd: publish('usd', liquidatedUsd),
    badDebtUsd: publish('usd', badDebtUsd),
  });
  return {
    shock: publish('share', run.scenario.shock.size),
    status: run.status,
    ticks: run.ticks,
    rounds: run.rounds,
    finalPrices: Object.fromEntries(
      Object.entries(run.finalPrice).map(([id, value]) => [id, publish('price', value)]),
    ),
    totalValueLiquidatedUsd: publish('usd', run.totalValueLiquidatedUsd),
    debtRepaidUsd: publish('usd', run.debtRepaidUsd),
    liquidations: run.liquidations,
    liquidatedAccounts: run.liquidatedAccounts.length,
    firstLiquidationSec: run.firstLiquidationSec,
    hedgeNetTradeUsd: publish('usd', usdOfHedges(run.hedgeNetTrade)),
    hedgeVolumeUsd: publish('usd', usdOfHedges(run.hedgeVolume)),
    members: run.solvency.members.map((member) => ({
      member: member.member,
      badDebtUsd: publish('usd', member.badDebtUsd),
      latentBadDebtUsd: publish('usd', member.latentBadDebtUsd),
      impermanentLossUsd: publish('usd', member.impermanentLossUsd),
      vaultDeficitUsd: publish('usd', member.vaultDeficitUsd),
      lossUsd: publish('usd', member.lossUsd),
      fundUsd: publish('usd', member.fundUsd),
      failing: member.failing,
    })),
    waterfall: run.solvency.waterfall.map((step) => ({
      member: step.member,
      badDebtUsd: publish('usd', step.badDebtUsd),
      insuranceUsd: publish('usd', step.insuranceUsd),
      fundsUsd: publish('usd', step.fundsUsd),
      safetyModuleUsd: publish('usd', step.safetyModuleUsd),
      daoUsd: publish('usd', step.daoUsd),
      socialisedUsd: publish('usd', step.socialisedUsd),
    })),
    byProtocol: run.byProtocol.map(row),
    byAsset: run.byAsset.map(row),
    byChain: run.byChain.map(row),
    byRound: roundRows(run),
  };
}

function roundRows(run: DlcmResult): readonly RoundRow[] {
  const totalOf = (values: readonly number[]): string => publish('usd', compensatedSum(values));
  return run.events
    .filter((round) => round.liquidations.length > 0)
    .map((round) => ({
      tick: round.tick,
      round: round.round,
      sec: round.sec,
      liquidations: round.liquidations.length,
      blocked: round.blocked,
      liquidatedUsd: totalOf(round.liquidations.map((event) => event.valueUsd)),
      badDebtUsd: totalOf(round.liquidations.map((event) => event.badDebtUsd)),
    }));
}

interface ReadingParts {
  readonly outcome: SsfOutcome;
  readonly reference: DlcmResult;
  readonly headline: HeadlineMetrics;
  readonly spot: number;
}

function readingRecord({ outcome, reference, headline, spot }: ReadingParts): ReadingRecord {
  const neutral = headline.gammaNeutralityPrice;
  const side = neutral !== null && neutral < spot ? 'reading.levelBelowSpot' : 'reading.levelAboveSpot';
  return {
    thresholdStatus: outcome.status,
    ssfThreshold: publish('reading.ssfThreshold', thresholdOf(outcome)),
    lac5Usd: publish('reading.lac5Usd', headline.lac5Usd),
    lac10Usd: publish('reading.lac10Usd', headline.lac10Usd),
    gexIndex: publishOptional('reading.gexIndex', headline.gexIndex),
    gammaNeutralityPrice: publishOptional(side, neutral),
    haircutBreakpoint: publishOptional('reading.levelBelowSpot', headline.haircutBreakpoint),
    totalValueLiquidatedUsd: publish('reading.totalValueLiquidatedUsd', reference.totalValueLiquidatedUsd),
  };
}

function thresholdOf(outcome: SsfOutcome): number {
  if (outcome.status === 'found') return outcome.threshold;
  return outcome.status === 'beyond-range' ? outcome.maxShock : 0;
}
