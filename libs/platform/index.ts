export { configurationPage, environmentExample, type DocumentedProcess } from './config-reference.js';
export {
  ConfigError,
  metaOf,
  readConfig,
  setting,
  type ConfigProblem,
  type ConfigSchema,
  type SettingMeta,
} from './config.js';
export {
  ensureDatabase,
  startPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { engineBuild, EngineBuildError } from './engine-build.js';
export { errorCode } from './error-code.js';
export { freePort } from './free-port.js';
export { healthOf, type HealthCheck, type HealthReport } from './health.js';
export { createLogger, NestLogger, type Logger } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { PortInUseError, startOpsServer, type OpsServer } from './ops-server.js';
export * from './platform-error.js';
export { runProcess, type ProcessDefinition, type ReadyMessage, type Running } from './run-process.js';
export { port, SETTINGS, whole } from './settings.js';
export { spawnTethered, type TetheredOptions, type TetheredProcess } from './tethered-process.js';
