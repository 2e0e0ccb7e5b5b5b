import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ArtefactKind } from '#libs/application/index';
import { pageQuery, type PageQuery } from '../http/fields.js';
import { withNextLink } from '../http/paged-reply.js';
import { type ApiParts, PARTS } from '../parts.js';
import { pageOf, viewOf } from './artefact-reader.js';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What was done on chain and what came of it, newest first. */
@ApiTags('records')
@Controller('v1')
export class RecordsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Attempts on chain with what happened to each. */
  @Get('submissions')
  async submissions(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { items, nextCursor } = await this.page('submission', query, { request, reply });
    const withEvents = items.map(async (item) => ({
      ...item,
      events: await this.parts.ports.store.transaction((tx) => tx.events(item.id)),
    }));
    return { items: await Promise.all(withEvents), nextCursor };
  }

  /** Parameters read back from the members after a change. */
  @Get('effects')
  effects(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.page('effect', query, { request, reply });
  }

  /** Forecast beside measured outcome of each intervention. */
  @Get('reports')
  reports(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.page('report', query, { request, reply });
  }

  private async page<K extends ArtefactKind>(kind: K, query: PageQuery, { request, reply }: Exchange) {
    const page = await pageOf(this.parts.ports.store, kind, query);
    return withNextLink(request, reply, { items: page.items.map(viewOf), nextCursor: page.nextCursor });
  }
}
