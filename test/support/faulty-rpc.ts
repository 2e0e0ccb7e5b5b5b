import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `lost-request`: the endpoint never sees it; `lost-response`: it acts and the answer is lost; `hang`: no answer within the
 * client's patience; `already-known`, `nonce-too-low`: an answer of another node's pool, without asking this one.
 */
export type Fault =
  | 'none'
  | 'lost-request'
  | 'lost-response'
  | 'unavailable'
  | 'rate-limited'
  | 'garbage'
  | 'hang'
  | 'already-known'
  | 'nonce-too-low';

export interface FaultyRpc {
  readonly url: string;
  stop(): Promise<void>;
}

interface RpcCall {
  readonly id: unknown;
  readonly method: string;
}

const HANG_MS = 1_500;

/** An RPC endpoint in front of another one, which fails as it is told to, call by call. */
export async function faultyRpc(target: string, faultOf: (method: string) => Fault): Promise<FaultyRpc> {
  const server = createServer((request, response) => {
    handle({ request, response, target, faultOf }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly faultOf: (method: string) => Fault;
}

async function handle({ request, response, target, faultOf }: Exchange): Promise<void> {
  const body = await bodyOf(request);
  const call = JSON.parse(body) as RpcCall;
  const fault = faultOf(call.method);
  if (fault === 'lost-request') return void response.destroy();
  if (fault === 'unavailable') return void response.writeHead(503).end('busy');
  if (fault === 'rate-limited') return void response.writeHead(429).end('slow down');
  if (fault === 'already-known' || fault === 'nonce-too-low')
    return answerError(response, call, fault.replaceAll('-', ' '));
  if (fault === 'hang') await sleep(HANG_MS);
  const answer = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (fault === 'lost-response') return void response.destroy();
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(fault === 'garbage' ? text.slice(0, text.length / 2) : text);
}

function answerError(response: ServerResponse, { id }: RpcCall, message: string): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message } }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
