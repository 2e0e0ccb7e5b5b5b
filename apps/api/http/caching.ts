import type { FastifyReply, FastifyRequest } from 'fastify';

/** Content that its own digest names never changes; it may be dropped from this server after the retention of GET /. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Always ask, but an unchanged answer costs 304 and no body. */
export const REVALIDATE = 'no-cache';

/**
 * Sets a strong ETag and says whether the caller already has this content. Compared here, because the server framework's own
 * freshness check declines requests with `Cache-Control: no-cache`, which fetch adds to every conditional request.
 */
export function isFresh(
  request: FastifyRequest,
  reply: FastifyReply,
  content: { readonly etag: string; readonly cacheControl: string },
): boolean {
  const etag = `"${content.etag}"`;
  void reply.header('etag', etag).header('cache-control', content.cacheControl);
  const held = request.headers['if-none-match'];
  if (held === undefined) return false;
  return held.trim() === '*' || held.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
