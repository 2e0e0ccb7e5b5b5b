import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../read/artefact-reader.js';

/** Sets `Link: rel="next"` beside the `nextCursor` of the body. */
export function withNextLink<T>(request: FastifyRequest, reply: FastifyReply, page: Page<T>): Page<T> {
  if (page.nextCursor !== null) {
    const url = new URL(request.url, 'http://localhost');
    url.searchParams.set('cursor', page.nextCursor);
    void reply.header('link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  return page;
}
