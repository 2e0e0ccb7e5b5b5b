export * from './error.js';
export * from './nested-nav.js';
export * from './token-prices.js';
