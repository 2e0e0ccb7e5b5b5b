export * from './constant-product.js';
export * from './error.js';
export * from './pool-swap.js';
export * from './sqrt-price-math.js';
export * from './stable-swap.js';
export * from './swap-step.js';
export * from './tick-cumulatives.js';
export * from './tick-math.js';
