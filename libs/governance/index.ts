export * from './ballot.js';
export * from './events.js';
export * from './policy.js';
export * from './proposal.js';
export * from './reading.js';
export * from './regime.js';
export * from './tally.js';
