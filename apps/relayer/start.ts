import {
  attesterSetReader,
  type Deployment,
  executorReader,
  publicClientOf,
  readDeployment,
  safeReader,
} from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { openDatabase, PrismaArtefactStore, PrismaOutbox } from '#libs/persistence/index';
import { createMetrics, type Logger, type Running, startOpsServer } from '#libs/platform/index';
import { payloadCodec } from '#libs/protocol/index';
import { openQueueBackend, startStageWorkers } from '#libs/queue/index';
import { keySource, openSigner } from '#libs/signer/index';
import type { ArtefactStore, RelayPorts } from '#libs/application/index';
import { limitsOf, type RelayerConfig } from './configuration.js';
import { relayHandler, relayObserver } from './relay-handler.js';
import { RpcRelayChain } from './relay-chain.js';

/** Sends what is already authorised. It holds a gas key and decides nothing. */
export async function startRelayer({
  config,
  log,
}: {
  readonly config: RelayerConfig;
  readonly log: Logger;
}): Promise<Running> {
  const deployment = readDeployment(config.DEPLOYMENT_FILE);
  const signer = await openSigner(keySource('RELAYER', config));
  const chain = new RpcRelayChain(signer, {
    urls: config.RPC_URLS,
    chainId: deployment.chainId,
    timeoutMs: config.RELAYER_RPC_TIMEOUT_MS,
    confirmations: config.RELAYER_CONFIRMATIONS,
  });
  await chain.demandChain();
  const database = openDatabase({ url: config.DATABASE_URL });
  const store = new PrismaArtefactStore(database);
  const ports = relayPorts(config, { deployment, chain, store });
  const metrics = createMetrics('relayer');
  const backend = await openQueueBackend({
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL ?? null,
    onError: (error) => log.warn({ err: error }, 'queue: reconnecting'),
  });
  const workers = startStageWorkers({
    backend,
    stages: ['relay'],
    handlers: { relay: relayHandler(ports) },
    outbox: new PrismaOutbox(database),
    observer: relayObserver(log, metrics),
  });
  const checks = {
    database: () => store.transaction((tx) => tx.newest('submission', 1)).then(() => null),
    rpc: () => chain.head().then(() => null),
    balance: () => chain.balanceReason(),
  };
  const ops = await startOpsServer({ port: config.OPS_PORT, metrics, checks });
  const close = async (): Promise<void> => {
    await ops.close();
    await workers.close();
    await backend.close();
    await database.$disconnect();
  };
  return { info: { sender: signer.address, ops: ops.url }, close };
}

function relayPorts(
  config: RelayerConfig,
  parts: { readonly deployment: Deployment; readonly chain: RpcRelayChain; readonly store: ArtefactStore },
): RelayPorts {
  const { deployment, chain, store } = parts;
  const context = {
    client: publicClientOf(config.RPC_URLS, {
      chainId: deployment.chainId,
      timeoutMs: config.RELAYER_RPC_TIMEOUT_MS,
      retries: 1,
    }),
    deployment,
  };
  return {
    store,
    chain,
    codec: payloadCodec(deployment),
    attesters: attesterSetReader(context),
    safes: safeReader(context),
    executor: executorReader(context),
    policy: POLICY,
    limits: limitsOf(config),
  };
}
