import { afterEach, describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.js';
import { PortInUseError, startOpsServer, type OpsServer } from './ops-server.js';
import type { HealthCheck } from './health.js';

describe('startOpsServer', () => {
  const servers: OpsServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const start = async (checks: Record<string, HealthCheck>, port = 0): Promise<OpsServer> => {
    const server = await startOpsServer({ port, metrics: createMetrics('test'), checks });
    servers.push(server);
    return server;
  };

  it('default: live, ready and metrics', async () => {
    const { url } = await start({ database: () => Promise.resolve(null) });
    expect((await fetch(`${url}/live`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('# TYPE srd_stage_duration_seconds histogram');
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('behavior: not ready says why', async () => {
    const { url } = await start({ chain: () => Promise.resolve('no endpoint answers') });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      reasons: [{ check: 'chain', reason: 'no endpoint answers' }],
    });
  });

  it('error: CFG-102 on a port that is in use', async () => {
    const { url } = await start({});
    await expect(start({}, Number(new URL(url).port))).rejects.toBeInstanceOf(PortInUseError);
  });
});
