import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Artefact, isAttested, registryState } from '#libs/application/index';
import { isFresh, REVALIDATE } from '../http/caching.js';
import { pageQuery, type PageQuery } from '../http/fields.js';
import { withNextLink } from '../http/paged-reply.js';
import { Problem } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';
import { type Page, pageOf } from './artefact-reader.js';
import { readingOf, type ReadingView } from './reading.js';

/** How far back the newest attested evaluation is looked for; older ones are too old to be a reading anyway. */
const RECENT_EVALUATIONS = 50;

@ApiTags('readings')
@Controller('v1/readings')
export class ReadingsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** The newest reading that enough attesters signed. Its strong ETag is the digest of the evaluation. */
  @Get('latest')
  async latest(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const evaluation = await this.newestAttested();
    if (evaluation === null)
      throw new Problem(
        'not-found',
        'No evaluation has been attested yet. GET /v1/evaluations lists unattested ones.',
      );
    if (isFresh(request, reply, { etag: evaluation.id, cacheControl: REVALIDATE }))
      return void reply.status(304).send();
    void reply.send(readingOf(evaluation));
  }

  /** Readings of all evaluations, newest first, attested or not. */
  @Get()
  async list(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ReadingView>> {
    const page = await pageOf(this.parts.ports.store, 'evaluation', query);
    return withNextLink(request, reply, { items: page.items.map(readingOf), nextCursor: page.nextCursor });
  }

  private async newestAttested(): Promise<Artefact<'evaluation'> | null> {
    const registry = await registryState(this.parts.ports.attesters);
    return this.parts.ports.store.transaction(async (tx) => {
      for (const evaluation of await tx.newest('evaluation', RECENT_EVALUATIONS)) {
        if (await isAttested(tx, evaluation.id, registry)) return evaluation;
      }
      return null;
    });
  }
}
