import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { healthOf } from '#libs/platform/index';
import { Problem, type ProblemKind, PROBLEMS } from '../http/problem.js';
import { type ApiParts, PARTS } from '../parts.js';

const slug = z.string().regex(/^[a-z-]{1,40}$/);

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** The process runs. */
  @Get('live')
  live() {
    return { live: true };
  }

  /** 200 when everything this process needs answers, else 503 with the reasons. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await healthOf(this.parts.checks);
    void reply.status(report.ready ? 200 : 503).header('cache-control', 'no-store');
    return report;
  }

  @Get('metrics')
  @ApiProduces('text/plain')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    void reply.type(this.parts.metrics.contentType).send(await this.parts.metrics.metrics());
  }

  /** What a problem's `type` URL leads to. */
  @Get('problems/:slug')
  problem(@Param('slug', { schema: slug }) name: string) {
    if (!(name in PROBLEMS))
      throw new Problem(
        'not-found',
        `No problem is called ${name}. Known: ${Object.keys(PROBLEMS).join(', ')}.`,
      );
    return { type: `/problems/${name}`, ...PROBLEMS[name as ProblemKind] };
  }
}
