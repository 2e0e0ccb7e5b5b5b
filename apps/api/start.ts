import {
  attesterSetReader,
  chainClock,
  checkEndpoint,
  type Deployment,
  publicClientOf,
  readDeployment,
  safeReader,
  signatureChecker,
  votingPowerReader,
} from '#libs/chain/index';
import type { ChainClock } from '#libs/application/index';
import { POLICY } from '#libs/governance/index';
import { openDatabase, PrismaArtefactStore } from '#libs/persistence/index';
import {
  createMetrics,
  errorCode,
  type HealthCheck,
  PortInUseError,
  type Running,
} from '#libs/platform/index';
import { payloadCodec } from '#libs/protocol/index';
import { createApi } from './api.application.js';
import type { ApiConfig } from './configuration.js';
import type { ErrorSink } from './http/problem.filter.js';
import type { ApiPorts } from './parts.js';

/** A request must not wait long for a database that is away: the caller is told to come back. */
const DATABASE_PATIENCE = { maxWaitMs: 4_000 };
const MAX_HEAD_AGE_SEC = 120;

export async function startApi({
  config,
  log,
}: {
  readonly config: ApiConfig;
  readonly log: ErrorSink;
}): Promise<Running> {
  const deployment = readDeployment(config.DEPLOYMENT_FILE);
  const database = openDatabase({ url: config.DATABASE_URL });
  const ports = portsOf(config, deployment, new PrismaArtefactStore(database, DATABASE_PATIENCE));
  const { registry } = createMetrics('api');
  const app = await createApi(
    { ports, checks: checksOf(config, deployment, ports), metrics: registry, log },
    { requestsPerMinute: config.API_REQUESTS_PER_MINUTE, bodyBytes: config.API_BODY_BYTES },
  );
  await app.listen(config.API_PORT, config.API_HOST).catch((error: unknown) => {
    throw errorCode(error) === 'EADDRINUSE' ? new PortInUseError(config.API_PORT, 'API_PORT') : error;
  });
  const close = async (): Promise<void> => {
    await app.close();
    await database.$disconnect();
  };
  return { info: { url: await app.getUrl() }, close };
}

function portsOf(config: ApiConfig, deployment: Deployment, store: PrismaArtefactStore): ApiPorts {
  const context = {
    client: publicClientOf(config.RPC_URLS, { chainId: deployment.chainId, timeoutMs: 3_000, retries: 1 }),
    deployment,
  };
  return {
    store,
    clock: chainClock(context),
    codec: payloadCodec(deployment),
    signatures: signatureChecker(context),
    attesters: attesterSetReader(context),
    safes: safeReader(context),
    votes: votingPowerReader(context),
    policy: POLICY,
  };
}

function checksOf(
  config: ApiConfig,
  deployment: Deployment,
  ports: ApiPorts,
): Readonly<Record<string, HealthCheck>> {
  return {
    database: () => ports.store.transaction((tx) => tx.newest('evaluation', 1)).then(() => null),
    rpc: async () => {
      const states = await Promise.all(
        config.RPC_URLS.map((url) => checkEndpoint(url, { chainId: deployment.chainId, timeoutMs: 1_500 })),
      );
      if (states.some(({ state }) => state === 'usable')) return null;
      return states.map(({ state }) => `${state}`).join(', ');
    },
    chain: headWatch(ports.clock),
  };
}

/** Whether new blocks keep coming. Chain time is not compared with the clock here: a local world lives at its own date. */
function headWatch(clock: ChainClock): HealthCheck {
  let newest = { timestamp: -1, seenAtMs: performance.now() };
  return async () => {
    const timestamp = await clock.now();
    if (timestamp !== newest.timestamp) newest = { timestamp, seenAtMs: performance.now() };
    const stillSec = Math.round((performance.now() - newest.seenAtMs) / 1_000);
    return stillSec > MAX_HEAD_AGE_SEC ? `no new block for ${stillSec} s` : null;
  };
}
