import type { ArtefactKind } from '#libs/application/index';
import type { Prisma } from './generated/client.js';

/** The columns that every artefact table has. */
export interface ArtefactRow {
  readonly id: string;
  readonly parentId: string | null;
  readonly createdAt: bigint;
  readonly body: Prisma.JsonValue;
}

type RowOrder = Partial<Record<'createdAt' | 'id' | 'sequence', 'asc' | 'desc'>>;
interface RowFilter {
  parentId?: string;
  OR?: { createdAt: bigint | { lt: bigint }; id?: { lt: string } }[];
}

/** What the store asks of a table; each generated delegate satisfies it. */
export interface ArtefactTable {
  createMany(args: {
    data: { id: string; parentId: string | null; createdAt: bigint; body: Prisma.InputJsonValue };
    skipDuplicates: true;
  }): Promise<{ count: number }>;
  findUnique(args: { where: { id: string } }): Promise<ArtefactRow | null>;
  findMany(args: { where: RowFilter; orderBy: RowOrder[]; take?: number }): Promise<ArtefactRow[]>;
}

/** Table of each kind of artefact. A kind without a table does not compile. */
export function tableOf(client: Prisma.TransactionClient, kind: ArtefactKind): ArtefactTable {
  const tables = {
    snapshot: client.snapshot,
    skip: client.skip,
    evaluation: client.evaluation,
    attestation: client.attestation,
    breach: client.breach,
    remedy: client.remedy,
    proposal: client.proposal,
    ballot: client.ballot,
    tally: client.tally,
    'safe-transaction': client.safeTransaction,
    'co-signature': client.coSignature,
    submission: client.submission,
    effect: client.effect,
    report: client.report,
  } satisfies Record<ArtefactKind, ArtefactTable>;
  return tables[kind];
}
