import { HttpException } from '@nestjs/common';
import { rpcAnswer } from '#libs/chain/index';
import { Problem, type ProblemKind } from './problem.js';

const KIND_BY_STATUS: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** Turns whatever was thrown into a problem. The text of an unexpected error never leaves the process. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (isRetryable(thrown) || isRpcOutage(thrown))
    return new Problem(
      'unavailable',
      'The database or the chain endpoint does not answer at the moment. Try again in a few seconds.',
    );
  const status = statusOf(thrown);
  const kind = status === null ? undefined : KIND_BY_STATUS[status];
  if (kind === undefined) return new Problem('internal', 'The error was recorded under this traceId.');
  return new Problem(kind, kind === 'not-found' ? 'No such address. See /openapi.json.' : messageOf(thrown));
}

/** Adapter errors say themselves whether trying again may help. */
function isRetryable(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'retryable' in thrown && thrown.retryable === true;
}

/** The RPC client's errors carry `shortMessage`; only those that a working endpoint would not give count as an outage. */
function isRpcOutage(thrown: unknown): boolean {
  return thrown instanceof Error && 'shortMessage' in thrown && rpcAnswer(thrown).retryable;
}

/** Nest's exceptions and Fastify's own errors (malformed JSON, body too large) both carry the status of a caller's mistake. */
function statusOf(thrown: unknown): number | null {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'The request is not acceptable.';
}
