import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Digest } from '#libs/application/index';
import { byteRange } from '../http/byte-range.js';
import { IMMUTABLE, isFresh } from '../http/caching.js';
import { digest } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';

@ApiTags('evidence')
@Controller('v1/chunks')
export class ChunksController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Bytes of one snapshot chunk, named by their sha256. */
  @Get(':sha256')
  @ApiProduces('application/octet-stream')
  async chunk(
    @Param('sha256', { schema: digest }) sha256: Digest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bytes = await this.parts.ports.store.transaction((tx) => tx.getChunk(sha256));
    if (bytes === null)
      throw new Problem(
        'not-found',
        `There is no chunk ${sha256} here. The bundle of an evaluation lists its chunks.`,
      );
    if (isFresh(request, reply, { etag: sha256, cacheControl: IMMUTABLE }))
      return void reply.status(304).send();
    void reply.type('application/octet-stream').header('accept-ranges', 'bytes');
    const range = rangeOf(request, reply, bytes.length);
    if (range === null) return void reply.send(Buffer.from(bytes));
    void reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes.length}`);
    void reply.send(Buffer.from(bytes.subarray(range.start, range.end + 1)));
  }
}

function rangeOf(request: FastifyRequest, reply: FastifyReply, length: number) {
  try {
    return byteRange(request.headers.range, length);
  } catch (refusal) {
    void reply.header('content-range', `bytes */${length}`);
    throw refusal;
  }
}
