export type {
  LossBasis,
  ModelLevel,
  PathKnot,
  PathShape,
  Scenario,
  Shock,
  ShockPath,
  SsfSearch,
} from './scenario.js';
export { DEFAULT_PARAMETERS, scenarioOf, type Parameters } from './parameters.js';
export type {
  BreakdownRow,
  EvaluationRecord,
  GexRecord,
  HaircutRecord,
  LacRecord,
  LossPoint,
  MemberLossRecord,
  Published,
  ReadingRecord,
  ReferenceRunRecord,
  RunStatus,
  SsfRecord,
  ThresholdStatus,
  WaterfallRecord,
} from './evaluation-record.js';
export { DlcmError } from './error.js';
export * from './amm/index.js';
export * from './options/index.js';
export * from './metrics/index.js';
