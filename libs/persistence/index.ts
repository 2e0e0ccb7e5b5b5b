export { openDatabase, type Database, type DatabaseOptions } from './database.js';
export { migrate, readMigrations, type Migration } from './migrate.js';
export { PrismaOutbox, type OutboxJobRecord } from './outbox.js';
export * from './persistence-error.js';
export { PrismaArtefactStore } from './store.js';
export { isTransient, withRetry, type Patience } from './transient.js';
