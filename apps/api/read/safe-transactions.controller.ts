import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import {
  type Artefact,
  openSafeTransactions,
  type SafeRole,
  type StageTransaction,
} from '#libs/application/index';
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

  /** With `open=true` (the default) the Safe transactions that wait for signatures, else the recent ones, newest first. */
  @Get()
  async list(
    @Query({ schema: safeTransactionsQuery }) { role, open }: z.infer<typeof safeTransactionsQuery>,
  ) {
    const { store, clock } = this.parts.ports;
    const now = await clock.now();
    const items = await store.transaction(async (tx) => {
      const found =
        open === 'true' ? await openSafeTransactions(tx, now, role ?? null) : await recent(tx, role ?? null);
      return Promise.all(found.map((transaction) => withSignatures(tx, transaction)));
    });
    return { items };
  }
}

async function recent(
  tx: StageTransaction,
  role: SafeRole | null,
): Promise<readonly Artefact<'safe-transaction'>[]> {
  return (await tx.newest('safe-transaction', RECENT_TRANSACTIONS)).filter(
    ({ body }) => role === null || body.role === role,
  );
}

async function withSignatures(tx: StageTransaction, transaction: Artefact<'safe-transaction'>) {
  const signatures = await tx.children('co-signature', transaction.id);
  return {
    ...viewOf(transaction),
    signatures: signatures.map(({ body }) => ({ signer: body.signer, signature: body.signature })),
  };
}
