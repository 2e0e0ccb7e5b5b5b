export * from './aave.js';
export * from './compound.js';
