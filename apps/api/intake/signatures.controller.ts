import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { acceptAttestation, acceptCoSignature, type Digest } from '#libs/application/index';
import { address, digest, signature } from '../http/fields.js';
import { type ApiParts, PARTS } from '../parts.js';
import { intakenReply } from './intaken-reply.js';

const signedBody = z.strictObject({ signer: address, signature }).meta({ id: 'Signed' });
type SignedBody = z.infer<typeof signedBody>;

@ApiTags('co-signers')
@Controller('v1')
export class SignaturesController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** An attester's EIP-712 signature over the evaluation. Kept only if the signer is in the registry's attester set. */
  @Post('evaluations/:digest/attestations')
  async attest(
    @Param('digest', { schema: digest }) evaluation: Digest,
    @Body({ schema: signedBody }) signed: SignedBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return intakenReply(reply, await acceptAttestation(this.parts.ports)(evaluation, signed));
  }

  /** An owner's signature over the Safe transaction's hash. Kept only if the signer owns a seat of that Safe now. */
  @Post('safe-transactions/:id/signatures')
  async coSign(
    @Param('id', { schema: digest }) id: Digest,
    @Body({ schema: signedBody }) signed: SignedBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return intakenReply(reply, await acceptCoSignature(this.parts.ports)(id, signed));
  }
}
