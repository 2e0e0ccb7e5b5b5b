import { NestFactory } from '@nestjs/core';
import { checkEndpoint, publicClientOf, readDeployment, type Deployment } from '#libs/chain/index';
import { threadedEngine } from '#libs/compute/index';
import {
  migrate,
  openDatabase,
  PrismaArtefactStore,
  PrismaOutbox,
  type Database,
} from '#libs/persistence/index';
import {
  createMetrics,
  engineBuild,
  NestLogger,
  startOpsServer,
  type HealthCheck,
  type Logger,
  type Running,
} from '#libs/platform/index';
import { openQueueBackend } from '#libs/queue/index';
import type { WorkerConfig } from './configuration.js';
import { linePorts } from './line.js';
import { WorkerModule } from './worker.module.js';

function checksOf(
  config: WorkerConfig,
  database: Database,
  deployment: Deployment,
): Record<string, HealthCheck> {
  return {
    database: async () => {
      await database.$queryRaw`SELECT 1`;
      return null;
    },
    chain: async () => {
      const states = await Promise.all(
        config.RPC_URLS.map((url) => checkEndpoint(url, { chainId: deployment.chainId })),
      );
      const usable = states.some(({ state }) => state === 'usable');
      return usable ? null : states.map((state) => ('text' in state ? state.text : '')).join('; ');
    },
  };
}

/** Opens database, queue, chain and engine, starts the line on them, and closes all of it in the opposite order. */
export async function startWorker({ config, log }: { config: WorkerConfig; log: Logger }): Promise<Running> {
  const deployment = readDeployment(config.DEPLOYMENT_FILE);
  const applied = await migrate(config.DATABASE_URL);
  if (applied.length > 0) log.info({ applied }, 'database migrated');
  const database = openDatabase({ url: config.DATABASE_URL });
  const backend = await openQueueBackend({
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL ?? null,
    onError: (error) => log.warn({ err: error }, 'queue connection'),
  });
  const engine = threadedEngine(engineBuild());
  const metrics = createMetrics('worker');
  const client = publicClientOf(config.RPC_URLS, { chainId: deployment.chainId });
  const onRetry = (error: unknown, attempt: number): void =>
    log.warn({ err: error, attempt }, 'database: trying again');
  const store = new PrismaArtefactStore(database, { maxWaitMs: 120_000, onRetry });
  const rpcUrl = config.RPC_URLS[0] ?? '';
  const ports = linePorts({ deployment, client, rpcUrl, store, engine });
  const outbox = new PrismaOutbox(database);
  const parts = { config, log, metrics, deployment, client, backend, outbox, ports, engine };
  const application = await NestFactory.createApplicationContext(WorkerModule.from(parts), {
    logger: new NestLogger(log),
    abortOnError: false,
  });
  const ops = await startOpsServer({
    port: config.OPS_PORT,
    metrics,
    checks: checksOf(config, database, deployment),
  });
  return {
    info: { ops: ops.url, queue: backend.kind, engineVersion: engine.engineVersion },
    close: async () => {
      await ops.close();
      await application.close();
      await backend.close();
      await database.$disconnect();
    },
  };
}
