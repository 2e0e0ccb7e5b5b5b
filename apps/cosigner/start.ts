import { readDeployment } from '#libs/chain/index';
import { threadedEngine } from '#libs/compute/index';
import {
  ConfigError,
  createMetrics,
  engineBuild,
  type Logger,
  type Running,
  startOpsServer,
} from '#libs/platform/index';
import { payloadCodec } from '#libs/protocol/index';
import { demandDistinct, keySource, openSigner, type Signer } from '#libs/signer/index';
import { ApiClient } from './api-client.js';
import { chainReaders } from './chain-readers.js';
import { CoSigner } from './co-signer.js';
import type { CosignerConfig } from './configuration.js';
import { OwnChain } from './own-chain.js';
import { Watch } from './watch.js';

const API_TIMEOUT_MS = 10_000;

export async function startCosigner({
  config,
  log,
}: {
  readonly config: CosignerConfig;
  readonly log: Logger;
}): Promise<Running> {
  const deployment = readDeployment(config.DEPLOYMENT_FILE);
  const { attester, owner } = await keysOf(config);
  const api = new ApiClient(config.API_URL.replace(/\/$/, ''), API_TIMEOUT_MS);
  const chain = new OwnChain({
    urls: config.RPC_URLS,
    chainId: deployment.chainId,
    timeoutMs: config.COSIGNER_RPC_TIMEOUT_MS,
  });
  const role = config.COSIGNER_ROLE;
  const engine = threadedEngine(engineBuild());
  const registry = deployment.contracts.evaluationRegistry;
  const coSigner = new CoSigner({
    role,
    api,
    chain,
    readers: chainReaders(deployment),
    codec: payloadCodec(deployment),
    registry,
    engine,
    attester,
    owner,
  });
  const watch = new Watch({
    role,
    api,
    coSigner,
    attester: attester?.address ?? null,
    owner: owner.address,
    log,
    pollMs: config.COSIGNER_POLL_MS,
  });
  const checks = {
    api: () => Promise.resolve(watch.fault()),
    rpc: async () => {
      const state = await chain.reaching(null);
      return state.ok ? null : `${state.refusal.code} ${state.refusal.reason}`;
    },
  };
  const ops = await startOpsServer({ port: config.OPS_PORT, metrics: createMetrics('cosigner'), checks });
  watch.start();
  const close = async (): Promise<void> => {
    // The engine first: it gives up a computation in hand, which the watch would wait for.
    await Promise.all([watch.stop(), engine.close()]);
    await ops.close();
  };
  return { info: { role, owner: owner.address, attester: attester?.address ?? 'none', ops: ops.url }, close };
}

/** A responder needs both keys, and they must differ; a council member must hold no attester key. */
async function keysOf(config: CosignerConfig): Promise<{ attester: Signer | null; owner: Signer }> {
  const owner = await openSigner(keySource('OWNER', config));
  const stated = keySource('ATTESTER', config);
  if (config.COSIGNER_ROLE === 'council') {
    if (stated.privateKey === undefined && stated.keystore === undefined) return { attester: null, owner };
    throw new ConfigError('cosigner', [
      {
        setting: 'ATTESTER_PRIVATE_KEY',
        value: '***',
        problem: 'a council member attests nothing: leave the attester key out',
      },
    ]);
  }
  const attester = await openSigner(stated);
  demandDistinct(attester, owner, ['ATTESTER', 'OWNER']);
  return { attester, owner };
}
