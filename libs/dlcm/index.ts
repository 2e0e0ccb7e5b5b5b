export type {
  LossBasis,
  ModelLevel,
  PathKnot,
  PathShape,
  Scenario,
  Shock,
  ShockPath,
  SsfSearch,
  VaultRule,
  StandingBid,
} from './scenario.js';
export { DEFAULT_PARAMETERS, scenarioOf, type Parameters } from './parameters.js';
export type {
  BreakdownRow,
  ChainLacRecord,
  EvaluationRecord,
  GexRecord,
  HaircutRecord,
  HeadlinesRecord,
  LacIndexRecord,
  LacRecord,
  LossPoint,
  MemberLossRecord,
  MemberThresholdRecord,
  PriceDriverRecord,
  Published,
  ReadingRecord,
  ReferenceRunRecord,
  RoundRow,
  RunStatus,
  SsfRecord,
  ThresholdRecord,
  ThresholdStatus,
  WaterfallRecord,
} from './evaluation-record.js';
export { DlcmError } from './error.js';
export { ScenarioError, SnapshotContentError } from './cascade/error.js';
export type {
  ClosureEvent,
  PerpEvent,
  PerpLiquidationEvent,
  HedgeAttribution,
  HedgeEvent,
  LiquidationEvent,
  RoundRecord,
} from './cascade/events.js';
export { dlcmRun, type BookResult, type BreakdownEntry, type DlcmResult } from './cascade/dlcm-run.js';
export { runCascade, type FinishedRun } from './cascade/run.js';
export { systemOf, type System } from './cascade/system.js';
export { evaluate, type EvaluationInput } from './evaluate.js';
export { explain, firstFailure } from './explain/explain.js';
export { PUBLICATION, publish, publishExact, publishOptional, type PublishedField } from './publication.js';
export type { MemberLoss, ProtocolLoss } from './solvency/losses.js';
export type { MemberSolvency, Solvency } from './solvency/solvency.js';
export {
  pointAt,
  ssfThreshold,
  thresholdSearch,
  type Wave,
  type MemberPoint,
  type ScanPoint,
  type SsfOutcome,
  type SsfQuestion,
} from './solvency/ssf-threshold.js';
export { ssfReport, type JudgedThreshold, type SsfReport } from './solvency/ssf-report.js';
export {
  backstopTokenSale,
  type TokenSale,
  type TokenSaleInput,
  type TokenSeller,
} from './solvency/token-sale.js';
export { lossWaterfall, type Need, type Waterfall } from './solvency/waterfall.js';
export {
  bestAsk,
  bestBid,
  impermanentLossUsd,
  impermanentLossV2,
  impermanentLossV3,
  marginalPrice,
  NoLiquidityError,
  routeLimitOrder,
  routeMarketOrder,
  VenueArgumentError,
  VenueError,
  venuesOf,
  type Fill,
  type FillStatus,
  type Venues,
} from './amm/index.js';
export {
  atTheMoneyVol,
  black76,
  bsGreeks,
  impliedVol,
  ImpliedVolError,
  OptionInputError,
  optionLines,
  plainDeltaSum,
  sabrVol,
  soundSurface,
  surfaceVol,
  SurfaceError,
  sviArbitrageCheck,
  sviCalendarCheck,
  sviJwRepair,
  sviRawToJw,
  sviSlice,
  useDeltaSum,
  type BlackInput,
  type DeltaSum,
  type Greeks,
  type ImpliedVolInput,
  type LineMarket,
  type OpenDeltaSum,
  type OptionLines,
  type OptionType,
  type SabrParameters,
  type SpotOptionInput,
  type SviParameters,
} from './options/index.js';
export {
  collateralHaircutBreakpoint,
  feedbackGain,
  gammaNeutralityPrice,
  gex,
  gexIndex,
  gexNaive,
  hedgeFlowCurve,
  lac,
  lacByChain,
  lacIndex,
  lendingHaircutBreakpoint,
  lookThroughCollateral,
  MetricInputError,
  priceDriverPoint,
  type ChainLac,
  type FeedbackGain,
  type GammaNeutrality,
  type Gex,
  type GexPoint,
  type HaircutBreakpoint,
  type HaircutBreakpointInput,
  type Lac,
  type LacIndexTerm,
  type OpenInterest,
  type PriceDriverPoint,
} from './metrics/index.js';
export {
  addBackstop,
  tightenMargins,
  type MarginCut,
  type MarginMode,
  type TightenedSnapshot,
} from './intervention/apply.js';
export { applyMandate, type Mandate, type MandatedSnapshot } from './intervention/mandate.js';
export {
  minimalBackstop,
  type BackstopNeed,
  type BackstopOutcome,
  type Certificate,
} from './intervention/minimal-backstop.js';
export {
  minimalBuyerOfLastResort,
  type BuyerInput,
  type BuyerOutcome,
} from './intervention/minimal-buyer.js';
export {
  minimalCombined,
  type CombinedInput,
  type CombinedOutcome,
  type CombinedPlan,
} from './intervention/minimal-combined.js';
export {
  minimalPerProtocolTightening,
  type MemberStep,
  type PerProtocolOutcome,
} from './intervention/minimal-per-protocol.js';
export {
  minimalMarginTightening,
  type MarginLever,
  type TighteningInput,
  type TighteningOutcome,
} from './intervention/minimal-margin-tightening.js';
export {
  DEFAULT_REMEDY_COSTS,
  type BackstopBound,
  type BackstopRemedy,
  type MarginBound,
  type MarginRemedy,
  type RemedyBounds,
  type RemedyCosts,
  type RemedyInput,
  type RemedyOutcome,
  type RemedyRow,
} from './intervention/remedy.js';
export { minimalRemedy } from './intervention/minimal-remedy.js';
export type { Yardstick } from './intervention/scan-to-target.js';
export { thresholdWithout } from './intervention/threshold-without.js';
export {
  capitalAdequacy,
  correlatedVol,
  deltaBandTrade,
  deltaHedgedStep,
  feeTokenValue,
  hedgeSlippage,
  minCapitalAdequacy,
  performanceFee,
  shareFee,
  splitLiquidationFee,
  VaultInputError,
  type CapitalAdequacy,
  type CapitalQuestion,
  type CorrelatedVolInput,
  type DeltaBand,
  type HedgedStep,
  type HedgedStepInput,
  type MinCapitalInput,
  type PerformanceFee,
  type PerformanceFeeInput,
  type VaultCollateral,
} from './vaults/index.js';
export {
  fundingPerUnit,
  perpBook,
  perpEquity,
  PerpInputError,
  perpLiquidationPrice,
  tradeOnBook,
  type PerpBook,
  type PerpPosition,
} from './perps/index.js';
export { attributeDelta, type BookMoment, type DeltaAttribution } from './cascade/hedge-attribution.js';
export * from './amm/exact/index.js';
export * from './lending/exact/index.js';
export * from './nested/index.js';
export {
  annualisedBasis,
  distanceToLiquidation,
  floatLock,
  hhi,
  loopDepthFromLeverage,
  loopLeverage,
  oracleLatencyExposure,
  rehypothecation,
  sleIndex,
  zScore,
  type Concentration,
  type LatencyQuestion,
  type PerpBasis,
  type Rehypothecation,
  type SleIndex,
  type SleMetric,
} from './exposure/index.js';
export {
  capitalDemand,
  convexityExponent,
  crowdedLeverage,
  deltaVegaLeverage,
  gammaAddOn,
  leverageStep,
  marginVol,
  maxLeverageRaw,
  nextUpdateSec,
  openInterestImbalance,
  skewAddOn,
  spreadWidening,
  type CapitalDemand,
  type LiabilityGreeks,
  type MarginQuestion,
  type MarketMove,
} from './leverage/index.js';
export {
  clearingVector,
  ewmaVol,
  normalQuantile,
  portfolioVar,
  studentQuantile,
  varEsNormal,
  varNormal,
  varStudentT,
  type Clearing,
  type ClearingProblem,
  type Matrix,
  type PortfolioRisk,
  type ProfitDistribution,
  type RiskPair,
} from './capital/index.js';
