export * from './clearing-vector.js';
export { normalQuantile, studentQuantile } from './distributions.js';
export * from './ewma-vol.js';
export type { Matrix } from './linear-system.js';
export * from './value-at-risk.js';
