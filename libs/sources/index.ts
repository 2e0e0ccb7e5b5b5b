export { SourceError } from './source-error.js';
export { chainMarketSource, type ChainMarketSourceOptions } from './chain/chain-market-source.js';
export * from './evidence/index.js';
