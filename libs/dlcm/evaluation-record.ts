import type { PinnedBlock } from '#libs/market/index';
import type { Parameters } from './parameters.js';

/** Same shape with every number replaced by its decimal string, so that canonical JSON carries it exactly. */
export type Published<T> = T extends number
  ? string
  : T extends string | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Published<Item>[]
      : { readonly [Key in keyof T]: Published<T[Key]> };

/** How a run of the cascade ended: at rest, with a venue drained to its floor, or cut off (never published). */
export type RunStatus = 'STABLE' | 'ZERO' | 'CAPPED';

/**
 * What the search for the SSF threshold found: `found`; `beyond-range` (no failure up to the largest shock scanned);
 * `already-failed` (fails without any shock); `unpublishable` (a scan point was cut off).
 */
export type ThresholdStatus = 'found' | 'beyond-range' | 'already-failed' | 'unpublishable';

/** A threshold under one judgement: the first crossing at the stated resolution of the scan, not below it. */
export interface ThresholdRecord {
  readonly status: ThresholdStatus;
  /** Smallest failing shock found, rounded half-even to 1e-6; null unless `found`. */
  readonly threshold: string | null;
  /** Last safe and first failing shock around the threshold; null unless `found`. */
  readonly bracket: { readonly safe: string; readonly failing: string } | null;
  /** False when a larger scanned shock was safe again; null when the whole scan set was not evaluated. */
  readonly monotone: boolean | null;
  /** Spacing of the uniform scan: a failure narrower than this may hide between two scanned shocks. */
  readonly resolution: string;
}

export interface SsfRecord extends ThresholdRecord {
  /** Number of cascades run by the search. */
  readonly evaluations: number;
}

export interface MemberThresholdRecord extends ThresholdRecord {
  readonly member: string;
}

/** The headline of each level of the model, from a run of that level. */
export interface HeadlinesRecord {
  /** v1, every protocol alone on the exogenous path: value liquidated in the reference shock. */
  readonly v1: { readonly status: RunStatus; readonly totalValueLiquidatedUsd: string };
  /** v2, coupled through shared venues. */
  readonly v2: { readonly status: ThresholdStatus; readonly ssfThreshold: string | null };
  /** v3, everything. */
  readonly v3: { readonly status: RunStatus; readonly lacIndex: string };
}

/** What the venues of the stressed market absorb against what the reference run sells by force. */
export interface LacIndexRecord {
  /** 0 to 100. */
  readonly value: string;
  readonly terms: readonly {
    readonly asset: string;
    readonly collateralUsd: string;
    /** Within 10 % after the reference shock, before any forced sale; null for an asset that needs no venue. */
    readonly absorbableUnits: string | null;
    readonly forcedUnits: string;
  }[];
}

/** LAC of one chain alone. */
export interface ChainLacRecord extends LacRecord {
  readonly chain: string;
}

/** Smallest shock whose hedge flow alone is as large as LAC(5 %); null when there is none. */
export interface PriceDriverRecord {
  readonly asset: string;
  readonly shock: string | null;
  readonly flowUnits: string | null;
}

export interface LossPoint {
  readonly shock: string;
  readonly status: RunStatus;
  readonly lossUsd: string;
  readonly fundUsd: string;
  /** Whether some member fails at this shock. */
  readonly failing: boolean;
}

/** Sell volume that moves an asset's price down by 5 or 10 %. */
export interface LacRecord {
  readonly asset: string;
  readonly shift: '0.05' | '0.10';
  readonly units: string;
  readonly usd: string;
  /** Units that can be sold at an average price of (1 - shift) of the spot. */
  readonly averageExecutionUnits: string;
  readonly exhausted: boolean;
}

export interface GexRecord {
  readonly asset: string;
  /** USD of delta per 1 % move at spot, owner sign: positive stabilises. */
  readonly atSpotUsd: string;
  /** atSpotUsd over the USD volume that moves the price by 1 %; null without depth. */
  readonly index: string | null;
  readonly neutralityPrice: string | null;
  readonly neutralityCrossings: readonly string[];
  readonly positiveSide: 'above' | 'below' | null;
  /** Local feedback gain of hedging at spot; null without active depth. */
  readonly feedbackGain: string | null;
  /** How much a small move is amplified; null when locally explosive or without depth. */
  readonly amplification: string | null;
  /** Exposure at 201 prices from 0.5 to 1.5 of spot, options and forced sales apart; empty for assets not shocked. */
  readonly profile: readonly {
    readonly spot: string;
    readonly optionsUsd: string;
    readonly liquidationsUsd: string;
  }[];
}

export interface HaircutRecord {
  readonly protocol: string;
  readonly asset: string;
  /** Highest price at or below spot at which the book's collateral ratio falls under its minimum; null if none. */
  readonly price: string | null;
  readonly alreadyBreached: boolean;
  /** Market price in the reference run when the ratio first fell under its minimum, and when; null if it never did. */
  readonly pathPrice: string | null;
  readonly pathSec: number | null;
}

/** Losses of one member in the reference run, USD. */
export interface MemberLossRecord {
  readonly member: string;
  readonly badDebtUsd: string;
  readonly latentBadDebtUsd: string;
  readonly impermanentLossUsd: string;
  readonly vaultDeficitUsd: string;
  readonly lossUsd: string;
  readonly fundUsd: string;
  readonly failing: boolean;
}

/** Who bears the realised bad debt of one member, USD; the five parts add up to the bad debt. */
export interface WaterfallRecord {
  readonly member: string;
  readonly badDebtUsd: string;
  readonly insuranceUsd: string;
  readonly fundsUsd: string;
  readonly safetyModuleUsd: string;
  readonly daoUsd: string;
  readonly socialisedUsd: string;
}

export interface BreakdownRow {
  readonly key: string;
  readonly liquidations: number;
  readonly liquidatedUsd: string;
  readonly badDebtUsd: string;
}

/** One round of the reference run in which someone was liquidated. */
export interface RoundRow {
  readonly tick: number;
  readonly round: number;
  readonly sec: number;
  readonly liquidations: number;
  /** Liquidations wanted but blocked in that round. */
  readonly blocked: number;
  readonly liquidatedUsd: string;
  readonly badDebtUsd: string;
}

/** The reference run: what a shock of the published size does. */
export interface ReferenceRunRecord {
  readonly shock: string;
  readonly status: RunStatus;
  readonly ticks: number;
  readonly rounds: number;
  readonly finalPrices: Readonly<Record<string, string>>;
  readonly totalValueLiquidatedUsd: string;
  readonly debtRepaidUsd: string;
  readonly liquidations: number;
  readonly liquidatedAccounts: number;
  readonly firstLiquidationSec: number | null;
  readonly hedgeNetTradeUsd: string;
  readonly hedgeVolumeUsd: string;
  readonly members: readonly MemberLossRecord[];
  readonly waterfall: readonly WaterfallRecord[];
  readonly byProtocol: readonly BreakdownRow[];
  readonly byAsset: readonly BreakdownRow[];
  readonly byChain: readonly BreakdownRow[];
  readonly byRound: readonly RoundRow[];
}

/** The few numbers that are judged and go on chain, each rounded against the coalition (publication.ts). */
export interface ReadingRecord {
  readonly thresholdStatus: ThresholdStatus;
  /** Threshold rounded down to 1e-6; the largest shock scanned when none fails; 0 when already failed or unpublishable. */
  readonly ssfThreshold: string;
  readonly lac5Usd: string;
  readonly lac10Usd: string;
  readonly gexIndex: string | null;
  readonly gammaNeutralityPrice: string | null;
  readonly haircutBreakpoint: string | null;
  readonly totalValueLiquidatedUsd: string;
}

/**
 * The published result of one evaluation: plain data, every number a decimal string except counts and times, ready
 * for canonical JSON. Equal inputs give equal bytes.
 */
export interface EvaluationRecord {
  readonly format: 'dlcm-evaluation/1';
  readonly engineVersion: string;
  readonly snapshotRoot: `0x${string}`;
  readonly t0: number;
  readonly blocks: readonly PinnedBlock[];
  readonly parameters: Published<Parameters>;
  readonly shockAsset: string;
  /** Worst status of all runs behind the record; CAPPED makes the threshold unpublishable. */
  readonly status: RunStatus;
  readonly headlines: HeadlinesRecord;
  readonly ssf: SsfRecord;
  /** All losses against all money. */
  readonly ssfPooled: ThresholdRecord;
  readonly ssfMembers: readonly MemberThresholdRecord[];
  readonly firstFailure: readonly string[];
  readonly lossCurve: readonly LossPoint[];
  readonly lac: readonly LacRecord[];
  readonly lacByChain: readonly ChainLacRecord[];
  readonly lacIndex: LacIndexRecord;
  readonly priceDrivers: readonly PriceDriverRecord[];
  readonly gex: readonly GexRecord[];
  readonly haircutBreakpoints: readonly HaircutRecord[];
  readonly reference: ReferenceRunRecord;
  readonly reading: ReadingRecord;
}
