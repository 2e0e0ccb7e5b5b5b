import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { attestersOf, type Digest, registryState } from '#libs/application/index';
import { IMMUTABLE, isFresh } from '../http/caching.js';
import { digest, pageQuery, type PageQuery } from '../http/fields.js';
import { withNextLink } from '../http/paged-reply.js';
import { Problem } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';
import { childrenOf, existing, pageOf, viewOf } from './artefact-reader.js';
import { bundleOf } from './bundle.js';

@ApiTags('evidence')
@Controller('v1/evaluations')
export class EvaluationsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Whole evaluation records, newest first. */
  @Get()
  async list(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await pageOf(this.parts.ports.store, 'evaluation', query);
    return withNextLink(request, reply, { items: page.items.map(viewOf), nextCursor: page.nextCursor });
  }

  /** One evaluation with the attestations received so far. */
  @Get(':digest')
  async one(@Param('digest', { schema: digest }) id: Digest) {
    const evaluation = await existing(this.parts.ports.store, 'evaluation', id);
    const attestations = await childrenOf(this.parts.ports.store, 'attestation', id);
    const registry = await registryState(this.parts.ports.attesters);
    const signers = await this.parts.ports.store.transaction((tx) => attestersOf(tx, id, registry));
    const quorum = { attested: signers.size >= registry.threshold, attestationsNeeded: registry.threshold };
    return { ...viewOf(evaluation), ...quorum, attestations: attestations.map(({ body }) => body) };
  }

  /** Everything a replay needs: the evaluation, its snapshot's header and the digests of its chunks. */
  @Get(':digest/bundle')
  async bundle(
    @Param('digest', { schema: digest }) id: Digest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const evaluation = await existing(this.parts.ports.store, 'evaluation', id);
    if (isFresh(request, reply, { etag: id, cacheControl: IMMUTABLE })) return void reply.status(304).send();
    const snapshot = await this.parts.ports.store.transaction((tx) =>
      tx.get('snapshot', evaluation.parentId ?? id),
    );
    if (snapshot === null)
      throw new Problem('not-found', `The snapshot of evaluation ${id} is no longer kept here.`);
    void reply.send(bundleOf(evaluation, snapshot));
  }
}
