export {
  ensureDatabase,
  startPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { freePort } from './free-port.js';
export * from './platform-error.js';
export { spawnTethered, type TetheredOptions, type TetheredProcess } from './tethered-process.js';
