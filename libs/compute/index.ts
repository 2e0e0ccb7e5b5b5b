export { EngineThreadError } from './compute-error.js';
export { threadedEngine, type ThreadedEngine } from './threaded-engine.js';
