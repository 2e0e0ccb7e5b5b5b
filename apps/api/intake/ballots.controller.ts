import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { castBallot, type Digest } from '#libs/application/index';
import { address, digest, signature } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';
import { intakenReply } from './intaken-reply.js';

const ballotBody = z
  .strictObject({
    proposal: digest,
    evaluation: digest,
    payloadHash: digest,
    counterfactualHash: digest,
    voter: address,
    choice: z.enum(['for', 'against', 'abstain']),
    reasonHash: digest,
    nonce: z.int('expected a whole number').nonnegative(),
    deadline: z.int('expected unix seconds').positive(),
    chainId: z.int().positive(),
    verifyingContract: address,
    signature,
  })
  .meta({ id: 'SignedBallot' });
type BallotBody = z.infer<typeof ballotBody>;

@ApiTags('proposals')
@Controller('v1/proposals')
export class BallotsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** A signed ballot (EIP-712). It may be replaced until the close by one with a higher nonce. */
  @Post(':id/ballots')
  async vote(
    @Param('id', { schema: digest }) id: Digest,
    @Body({ schema: ballotBody }) body: BallotBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (body.proposal !== id)
      throw new Problem(
        'invalid-request',
        `The ballot names proposal ${body.proposal}, this address is of ${id}.`,
        [{ pointer: '/proposal', detail: `expected ${id}` }],
      );
    const { signature: signed, ...message } = body;
    return intakenReply(reply, await castBallot(this.parts.ports)(message, signed));
  }
}
