export * from './capital-adequacy.js';
export * from './delta-band-trade.js';
export * from './delta-hedged-step.js';
export { VaultInputError } from './error.js';
export * from './hedge-slippage.js';
export * from './min-capital-adequacy.js';
export * from './stress-grid.js';
export * from './vault-fees.js';
