import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Digest, Artefact } from '#libs/application/index';
import { ballotProof } from '#libs/governance/index';
import { address, digest, pageQuery, type PageQuery } from '../http/fields.js';
import { withNextLink } from '../http/paged-reply.js';
import { Problem } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';
import { childrenOf, existing, pageOf, viewOf } from './artefact-reader.js';
import { proposalStateView } from './proposal-state.js';

const tallyQuery = z.object({ voter: address.optional() });

@ApiTags('proposals')
@Controller('v1/proposals')
export class ProposalsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Proposals with their state now, newest first. */
  @Get()
  async list(
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const [page, now] = await Promise.all([
      pageOf(this.parts.ports.store, 'proposal', query),
      this.parts.ports.clock.now(),
    ]);
    const items = await Promise.all(page.items.map((proposal) => this.withState(proposal, now)));
    return withNextLink(request, reply, { items, nextCursor: page.nextCursor });
  }

  /** One proposal with its state, its events, and what was made from it. */
  @Get(':id')
  async one(@Param('id', { schema: digest }) id: Digest) {
    const [proposal, now] = await Promise.all([
      existing(this.parts.ports.store, 'proposal', id),
      this.parts.ports.clock.now(),
    ]);
    const [safeTransactions, effects] = await Promise.all([
      childrenOf(this.parts.ports.store, 'safe-transaction', id),
      childrenOf(this.parts.ports.store, 'effect', id),
    ]);
    const events = await this.parts.ports.store.transaction((tx) => tx.events(id));
    return {
      ...(await this.withState(proposal, now)),
      events,
      safeTransactions: safeTransactions.map(viewOf),
      effects: effects.map(viewOf),
    };
  }

  /** All ballots received, oldest first; of several by one voter the highest nonce counts. */
  @Get(':id/ballots')
  async ballots(@Param('id', { schema: digest }) id: Digest) {
    await existing(this.parts.ports.store, 'proposal', id);
    const ballots = await childrenOf(this.parts.ports.store, 'ballot', id);
    return { items: ballots.map(viewOf) };
  }

  /** The counted vote; with `voter` also the proof that this voter's ballot was counted. */
  @Get(':id/tally')
  async tally(
    @Param('id', { schema: digest }) id: Digest,
    @Query({ schema: tallyQuery }) { voter }: z.infer<typeof tallyQuery>,
  ) {
    await existing(this.parts.ports.store, 'proposal', id);
    const counted = (await childrenOf(this.parts.ports.store, 'tally', id)).at(-1);
    if (counted === undefined)
      throw new Problem(
        'not-found',
        `The vote on ${id} has not been counted. It is counted after its close.`,
      );
    if (voter === undefined) return viewOf(counted);
    const proof = ballotProof(counted.body, voter);
    if (proof === null) throw new Problem('not-found', `No ballot of ${voter} was counted on ${id}.`);
    return { ...viewOf(counted), proof };
  }

  private async withState(proposal: Artefact<'proposal'>, now: number) {
    const events = await this.parts.ports.store.transaction((tx) => tx.events(proposal.id));
    return { ...viewOf(proposal), state: proposalStateView(events, now) };
  }
}
