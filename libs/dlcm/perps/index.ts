export { PerpInputError } from './error.js';
export * from './perp-book.js';
export * from './perp-position.js';
export * from './perp-table.js';
