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

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function handle(path: string, options: OpsServerOptions, response: ServerResponse): Promise<void> {
  if (path === '/live') return answer(response, 200, 'application/json', '{"live":true}');
  if (path === '/metrics') {
    return answer(
      response,
      200,
      options.metrics.registry.contentType,
      await options.metrics.registry.metrics(),
    );
  }
  if (path !== '/ready') return answer(response, 404, 'text/plain', 'Known here: /live, /ready, /metrics');
  const report = await healthOf(options.checks);
  answer(response, report.ready ? 200 : 503, 'application/json', JSON.stringify(report));
}

/** /live, /ready and /metrics of a process without an HTTP surface of its own, on the loopback address. */
export function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    handle(request.url ?? '/', options, response).catch((error: unknown) =>
      answer(response, 500, 'text/plain', String(error)),
    );
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
