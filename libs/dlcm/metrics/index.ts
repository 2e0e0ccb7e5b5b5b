export * from './error.js';
export * from './feedback-gain.js';
export * from './forced-flow.js';
export * from './gamma-neutrality.js';
export * from './gex.js';
export * from './haircut-breakpoint.js';
export * from './lac.js';
export * from './lending-view.js';
