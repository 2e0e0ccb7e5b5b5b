export { EngineThreadError, ScenarioPoolError } from './compute-error.js';
export { compiledDeltaSum, useKernel } from './kernel.js';
export { scenarioPool, type OnProgress, type ScenarioPool } from './scenario-pool.js';
export { threadedEngine, type ThreadedEngine } from './threaded-engine.js';
