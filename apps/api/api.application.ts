import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from './api.module.js';
import { Problem } from './http/problem.js';
import { serveOpenApi } from './openapi.js';
import type { ApiParts } from './parts.js';

export interface ApiLimits {
  /** Requests of one address per minute. */
  readonly requestsPerMinute: number;
  readonly bodyBytes: number;
}

const TRACE_PARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The whole HTTP surface over the given parts; the caller listens and closes. */
export async function createApi(parts: ApiParts, limits: ApiLimits): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    requestIdHeader: false,
    // The caller's own trace id (W3C Trace Context) is kept, so that one id follows a request through every system.
    genReqId: ({ headers }: { readonly headers: IncomingHttpHeaders }) =>
      TRACE_PARENT.exec(String(headers.traceparent))?.[1] ?? randomUUID().replaceAll('-', ''),
    forceCloseConnections: true,
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.with(parts), adapter, {
    logger: ['error', 'warn'],
    bodyParser: true,
    abortOnError: false,
  });
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await app.register(rateLimit, rateLimitOptions(limits));
  addRateLimitFields(app);
  serveOpenApi(app);
  await app.init();
  return app;
}

/** Probes of the host are not counted. */
function rateLimitOptions({ requestsPerMinute }: ApiLimits) {
  return {
    max: requestsPerMinute,
    timeWindow: 60_000,
    allowList: ({ url }: { readonly url?: string | undefined }) =>
      ['/live', '/ready', '/metrics'].includes(url ?? ''),
    errorResponseBuilder: (_: unknown, { max, ttl }: { readonly max: number; readonly ttl: number }) =>
      new Problem(
        'too-many-requests',
        `At most ${max} requests per minute. Try again in ${Math.ceil(ttl / 1000)} s.`,
      ),
  };
}

/** The limit also in the fields of the IETF draft "RateLimit header fields for HTTP". */
function addRateLimitFields(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (_request, reply, payload) => {
      const [limit, remaining, reset] = [
        'x-ratelimit-limit',
        'x-ratelimit-remaining',
        'x-ratelimit-reset',
      ].map((name) => reply.getHeader(name));
      if (limit !== undefined) {
        void reply
          .header('ratelimit-policy', `"default";q=${limit};w=60`)
          .header('ratelimit', `"default";r=${remaining};t=${reset}`);
      }
      return payload;
    });
}
