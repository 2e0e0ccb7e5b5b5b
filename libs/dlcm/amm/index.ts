export * from './curve.js';
export * from './error.js';
export * from './impermanent-loss.js';
export * from './price.js';
export * from './recentre.js';
export * from './router.js';
export * from './venue.js';
