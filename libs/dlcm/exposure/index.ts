export * from './basis.js';
export * from './concentration.js';
export * from './latency-exposure.js';
export * from './loop.js';
export * from './rehypothecation.js';
export * from './sle-index.js';
