import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody, PROBLEM_MEDIA_TYPE, PROBLEMS } from './problem.js';
import { problemOf } from './problem-of.js';

/** Where unexpected errors are written; the answer to the caller names only the trace id. */
export interface ErrorSink {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly sink: ErrorSink) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(thrown);
    const { status } = PROBLEMS[problem.kind];
    if (status >= 500)
      this.sink.error({ traceId: request.id, path: request.url, err: thrown }, 'request failed');
    if (problem.kind === 'unavailable') void reply.header('retry-after', '5');
    void reply.header('cache-control', 'no-store').removeHeader('etag');
    void reply
      .status(status)
      .type(PROBLEM_MEDIA_TYPE)
      .send(problemBody(problem, { path: request.url, traceId: request.id }));
  }
}
