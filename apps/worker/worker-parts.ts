import type { LinePorts } from '#libs/application/index';
import type { Deployment, ReadClient } from '#libs/chain/index';
import type { ThreadedEngine } from '#libs/compute/index';
import type { PrismaOutbox } from '#libs/persistence/index';
import type { Logger, Metrics } from '#libs/platform/index';
import type { QueueBackend } from '#libs/queue/index';
import type { WorkerConfig } from './configuration.js';

/** What the worker's module is made from; opened by `main`, closed in the opposite order. */
export interface WorkerParts {
  readonly config: WorkerConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly deployment: Deployment;
  readonly client: ReadClient;
  readonly backend: QueueBackend;
  readonly outbox: PrismaOutbox;
  readonly ports: LinePorts;
  readonly engine: ThreadedEngine;
}

export const WORKER_PARTS = Symbol('WORKER_PARTS');
