import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Artefact, StageTransaction } from '#libs/application/index';
import { type ApiParts, PARTS } from '../parts.js';
import { viewOf } from './artefact-reader.js';

const safeTransactionsQuery = z.object({
  role: z.enum(['responder', 'council']).optional(),
  open: z.enum(['true', 'false']).default('true'),
});

/** Open Safe transactions live for days at most; older ones are read one by one through their proposal. */
const RECENT_TRANSACTIONS = 50;

@ApiTags('co-signers')
@Controller('v1/safe-transactions')
export class SafeTransactionsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Safe transactions, newest first; with `open=true` those that still lack signatures and have not lapsed. */
  @Get()
  async list(@Query({ schema: safeTransactionsQuery }) query: z.infer<typeof safeTransactionsQuery>) {
    const [now, responder, council] = await Promise.all([this.parts.clock.now(), this.parts.quorums.signatures('responder'), this.parts.quorums.signatures('council')]);
    const needed = { responder, council };
    const items = await this.parts.store.transaction(async (tx) => {
      const recent = await tx.newest('safe-transaction', RECENT_TRANSACTIONS);
      return Promise.all(recent.filter(({ body }) => query.role === undefined || body.role === query.role).map((item) => withSignatures(tx, item)));
    });
    const isOpen = ({ body, signatures }: (typeof items)[number]) => signatures.length < needed[body.role] && body.validUntil >= now;
    return { items: items.filter((item) => query.open === 'false' || isOpen(item)).map((item) => ({ ...item, signaturesNeeded: needed[item.body.role] })) };
  }
}

async function withSignatures(tx: StageTransaction, item: Artefact<'safe-transaction'>) {
  const signatures = await tx.children('co-signature', item.id);
  return { ...viewOf(item), signatures: signatures.map(({ body }) => ({ signer: body.signer, signature: body.signature })) };
}
