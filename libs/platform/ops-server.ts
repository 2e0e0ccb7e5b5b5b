import { createServer, type ServerResponse } from 'node:http';
import { healthOf, type HealthCheck } from './health.js';
import type { Metrics } from './metrics.js';
import { PlatformError } from './platform-error.js';
import { errorCode } from './error-code.js';

/** The port a process was told to listen on belongs to another one. */
export class PortInUseError extends PlatformError {
  override readonly code = 'CFG-102';

  constructor(
    readonly port: number,
    readonly setting: string,
  ) {
    super(
      `Port ${port} is in use. Stop the program that listens there, or set ${setting} to another port (0 picks a free one).`,
    );
  }
}

export interface OpsServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface OpsServerOptions {
  readonly port: number;
  readonly metrics: Metrics;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answerTo(path: string, { metrics, checks }: OpsServerOptions): Promise<Answer> {
  if (path === '/live') return { status: 200, type: 'application/json', body: '{"live":true}' };
  if (path === '/metrics') {
    return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
  }
  if (path !== '/ready') {
    return { status: 404, type: 'text/plain', body: 'Known here: /live, /ready, /metrics' };
  }
  const report = await healthOf(checks);
  return { status: report.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(report) };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

/** /live, /ready and /metrics of a process without an HTTP surface of its own, on the loopback address. */
export function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answerTo(request.url ?? '/', options)
      .catch((error: unknown) => ({ status: 500, type: 'text/plain', body: String(error) }))
      .then((answer) => send(response, answer))
      .catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(errorCode(error) === 'EADDRINUSE' ? new PortInUseError(options.port, 'OPS_PORT') : error),
    );
    server.listen(options.port, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : options.port;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
