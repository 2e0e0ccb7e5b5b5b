import type { RemedyAction, RiskEngine } from '#libs/application/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import type { MarketSnapshot } from '#libs/market/index';
import { toDecimalDown, toDecimalHalfEven } from '#libs/numeric/index';
import { ASSET, evenShock, MEMBER, withThreshold } from './mini-market.js';

const DECIMALS = 6;
const BPS = 10_000;
const ENGINE = `0x${'11'.repeat(32)}`;

/** A model small enough to check by hand: the threshold is the fall at which the one borrower's collateral equals the debt. */
export function miniEngine(debtUsd: number): RiskEngine {
  return {
    engineVersion: ENGINE,
    evaluate: async ({ snapshot, snapshotRoot }) => recordOf(snapshot, snapshotRoot),
    searchRemedy: async ({ snapshot, target, bounds }) => {
      const bound = bounds.margins.find((b) => b.member === MEMBER && b.asset === ASSET);
      const before = evenShock(snapshot);
      const after = (bps: number): number =>
        evenShock(withThreshold(snapshot, (bound?.ltBps ?? BPS) - bps, debtUsd));
      const steps = Array.from({ length: bound?.maxStepBps ?? 0 }, (_, i) => i + 1);
      const step = steps.find((bps) => after(bps) >= target) ?? bound?.maxStepBps ?? 0;
      const actions: readonly RemedyAction[] =
        bound === undefined || step === 0 ? [] : [tightening(bound, step)];
      const missing = Math.max(0, target - after(step));
      return {
        actions,
        thresholdBefore: toDecimalDown(before, DECIMALS),
        thresholdAfter: toDecimalDown(after(step), DECIMALS),
        thresholdJustBelow: missing > 0 ? null : toDecimalDown(after(step - 1), DECIMALS),
        costUsd: '0',
        shortfall:
          missing > 0 ? { thresholdMissing: toDecimalHalfEven(missing, DECIMALS), backstopUsd: '0' } : null,
        counterfactuals: [
          {
            label: 'do-nothing',
            ssfThreshold: toDecimalDown(before, DECIMALS),
            expectedLossUsd: '0',
            costUsd: '0',
            accountsAffected: 0,
            lac10Usd: '0',
            capitalUnusableUsd: '0',
          },
          {
            label: 'proposed',
            ssfThreshold: toDecimalDown(after(step), DECIMALS),
            expectedLossUsd: '0',
            costUsd: '0',
            accountsAffected: 1,
            lac10Usd: '0',
            capitalUnusableUsd: '0',
          },
        ],
      };
    },
    thresholdWithout: async ({ snapshot, actions }) => {
      const action = actions.find((a) => a.lever !== 'backstop-tranche');
      if (action === undefined) return toDecimalDown(evenShock(snapshot), DECIMALS);
      return toDecimalDown(evenShock(withThreshold(snapshot, action.ltBpsFrom, debtUsd)), DECIMALS);
    },
  };
}

function tightening(
  bound: { readonly ltvBps: number; readonly ltBps: number; readonly rampSec: number },
  step: number,
): RemedyAction {
  return {
    lever: 'margin-tightening',
    member: MEMBER,
    asset: ASSET,
    ltvBpsFrom: bound.ltvBps,
    ltvBpsTo: bound.ltvBps - step,
    ltBpsFrom: bound.ltBps,
    ltBpsTo: bound.ltBps - step,
    rampSec: bound.rampSec,
  };
}

function recordOf(snapshot: MarketSnapshot, snapshotRoot: `0x${string}`): EvaluationRecord {
  const threshold = Math.max(0, evenShock(snapshot));
  const text = toDecimalDown(threshold, DECIMALS);
  const status = threshold > 0 ? 'found' : 'already-failed';
  const judged = { status, threshold: text, bracket: null, monotone: null, resolution: '0.0025' } as const;
  return {
    format: 'dlcm-evaluation/1',
    engineVersion: ENGINE,
    snapshotRoot,
    t0: snapshot.provenance.t0,
    blocks: snapshot.provenance.blocks,
    parameters: NO_PARAMETERS,
    shockAsset: ASSET,
    status: 'STABLE',
    headlines: {
      v1: { status: 'STABLE', totalValueLiquidatedUsd: '0' },
      v2: { status, ssfThreshold: text },
      v3: { status: 'STABLE', lacIndex: '100' },
    },
    ssf: { ...judged, evaluations: 1 },
    ssfPooled: judged,
    ssfMembers: [],
    firstFailure: [],
    lossCurve: [],
    lac: [],
    lacByChain: [],
    lacIndex: { value: '100', terms: [] },
    priceDrivers: [],
    gex: [],
    haircutBreakpoints: [],
    reference: NO_RUN,
    reading: {
      thresholdStatus: status,
      ssfThreshold: text,
      lac5Usd: '0',
      lac10Usd: '0',
      gexIndex: null,
      gammaNeutralityPrice: null,
      haircutBreakpoint: null,
      totalValueLiquidatedUsd: '0',
    },
  };
}

const NO_RUN: EvaluationRecord['reference'] = {
  shock: '0.4',
  status: 'STABLE',
  ticks: 0,
  rounds: 0,
  finalPrices: {},
  totalValueLiquidatedUsd: '0',
  debtRepaidUsd: '0',
  liquidations: 0,
  liquidatedAccounts: 0,
  firstLiquidationSec: null,
  hedgeNetTradeUsd: '0',
  hedgeVolumeUsd: '0',
  members: [],
  waterfall: [],
  byProtocol: [],
  byAsset: [],
  byChain: [],
  byRound: [],
};

const NO_PARAMETERS: EvaluationRecord['parameters'] = {
  version: 'dlcm-parameters/1',
  shockAsset: ASSET,
  direction: 'down',
  referenceShock: '0.4',
  scenario: {
    alsoShocked: [],
    path: { shape: 'jump', durationSec: '0', stepSec: '12' },
    level: 'v2',
    iv: 'frozen',
    timeDecay: false,
    hedgeFlow: false,
    liquidityFlight: '0',
    permanentImpact: '1',
    liquidatorLimit: true,
    inventoryShare: '0',
    realisedVolWeight: '0',
    lossBasis: { badDebt: '1', latentBadDebt: '1', impermanentLoss: '1', vaultDeficit: '1' },
    vaultRule: { zScore: '0', oracleSec: '0', executionSec: '0', haircut: '0' },
    perpPassThrough: '1',
    governanceReflexivity: '0',
  },
  search: { maxShock: '0.95', step: '0.0025', tolerance: '0.0001', triggerPoints: '0', certify: false },
  lossCurve: [],
};
