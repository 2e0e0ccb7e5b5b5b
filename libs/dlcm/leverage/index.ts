export * from './capital-demand.js';
export * from './imbalance.js';
export * from './leverage-step.js';
export * from './max-leverage.js';
