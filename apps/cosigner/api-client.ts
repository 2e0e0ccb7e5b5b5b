import type {
  Artefact,
  ArtefactBodies,
  ArtefactKind,
  Digest,
  HexBytes,
  SafeRole,
} from '#libs/application/index';
import { digestOf } from '#libs/canonical/index';
import type { ProposalEvent } from '#libs/governance/index';
import { type Evidence, limitedFetch, readEvidence } from '#libs/sources/index';
import { z } from 'zod';
import {
  address,
  ballotBody,
  digest,
  proposalBody,
  proposalEvents,
  safeTransactionBody,
  tallyBody,
} from './published.js';
import { accepted, refusal, refused, type Verdict } from './refusal.js';

const view = z.object({
  id: digest,
  kind: z.string(),
  parentId: digest.nullable(),
  createdAt: z.iso.datetime(),
  body: z.looseObject({}),
});
type View = z.output<typeof view>;

const attestationRequests = z.object({
  items: z
    .array(
      z.object({
        evaluation: digest,
        parentDigest: digest,
        attesterEpoch: z.int().nonnegative(),
        signers: z.array(z.string()),
      }),
    )
    .max(50),
});
const safeTransactions = z.object({
  items: z.array(view.extend({ signatures: z.array(z.object({ signer: address })) })).max(200),
});
const proposal = view.extend({ events: z.unknown() });
const ballots = z.object({ items: z.array(view).max(100_000) });

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_RECEIPT_BYTES = 64 * 1024;

export type AttestationRequestView = z.output<typeof attestationRequests>['items'][number];
export interface SafeTransactionView {
  readonly transaction: Artefact<'safe-transaction'>;
  readonly signers: readonly string[];
}
export interface ProposalView {
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
}
export interface Signed {
  readonly signer: HexBytes;
  readonly signature: HexBytes;
}

/** The api as a co-signer uses it: everything read is limited in size and time, parsed, and checked against its own digest. */
export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly timeoutMs: number,
  ) {}

  async attestationRequests(): Promise<readonly AttestationRequestView[]> {
    return (await this.get('/v1/attestation-requests', attestationRequests)).items;
  }

  /** Open Safe transactions of a role; one whose content is not what its id says is refused by itself. */
  async safeTransactions(role: SafeRole): Promise<readonly Verdict<SafeTransactionView>[]> {
    const { items } = await this.get(`/v1/safe-transactions?role=${role}&open=true`, safeTransactions);
    return items.map(({ signatures, ...item }) => {
      const transaction = artefact('safe-transaction', safeTransactionBody, item);
      return transaction.ok
        ? accepted({ transaction: transaction.value, signers: signatures.map(({ signer }) => signer) })
        : transaction;
    });
  }

  async proposal(id: Digest): Promise<Verdict<ProposalView>> {
    const { events, ...item } = await this.get(`/v1/proposals/${id}`, proposal);
    const found = artefact('proposal', proposalBody, item);
    if (!found.ok) return found;
    if (found.value.id !== id)
      return refused(refusal('COS-120', `asked for proposal ${id}, got ${found.value.id}`));
    const parsed = proposalEvents.safeParse(events);
    return parsed.success
      ? accepted({ proposal: found.value, events: parsed.data })
      : refused(misshapen(`the events of proposal ${id}`, parsed.error));
  }

  async ballots(id: Digest): Promise<Verdict<readonly Artefact<'ballot'>[]>> {
    const { items } = await this.get(`/v1/proposals/${id}/ballots`, ballots);
    const found = items.map((item) => artefact('ballot', ballotBody, item));
    const bad = found.find((ballot) => !ballot.ok);
    if (bad !== undefined && !bad.ok) return bad;
    return accepted(found.flatMap((ballot) => (ballot.ok ? [ballot.value] : [])));
  }

  async tally(id: Digest): Promise<Verdict<Artefact<'tally'>>> {
    return artefact('tally', tallyBody, await this.get(`/v1/proposals/${id}/tally`, view));
  }

  evidence(evaluation: Digest): Promise<Evidence> {
    return readEvidence(`${this.base}/v1/evaluations/${evaluation}`, { timeoutMs: this.timeoutMs });
  }

  postAttestation(evaluation: Digest, signed: Signed): Promise<Verdict<null>> {
    return this.post(`/v1/evaluations/${evaluation}/attestations`, signed);
  }

  postSignature(safeTransaction: Digest, signed: Signed): Promise<Verdict<null>> {
    return this.post(`/v1/safe-transactions/${safeTransaction}/signatures`, signed);
  }

  private async get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    const bytes = await limitedFetch(`${this.base}${path}`, {
      maxBytes: MAX_ANSWER_BYTES,
      timeoutMs: this.timeoutMs,
    });
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }

  private async post(path: string, body: Signed): Promise<Verdict<null>> {
    try {
      const response = await fetch(`${this.base}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const answer = await beginningOf(response);
      return response.ok
        ? accepted(null)
        : refused(refusal('COS-141', `${response.status} ${answer.slice(0, 400)}`));
    } catch (thrown) {
      return refused(
        refusal(
          'COS-140',
          `the signature could not be handed in: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        ),
      );
    }
  }
}

/** The start of an answer, for a log line; the rest is not read. */
async function beginningOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > MAX_RECEIPT_BYTES) break;
  }
  return Buffer.concat(parts, Math.min(length, MAX_RECEIPT_BYTES)).toString('utf8');
}

type Published = Exclude<ArtefactKind, 'snapshot' | 'evaluation'>;

/** The content under an id, only if it hashes to that id and has the shape of its kind. */
function artefact<K extends Published>(
  kind: K,
  schema: z.ZodType<ArtefactBodies[K]>,
  item: View,
): Verdict<Artefact<K>> {
  const own = digestOf({ body: item.body, kind, parentId: item.parentId });
  if (item.kind !== kind || own !== item.id)
    return refused(refusal('COS-120', `the ${kind} ${item.id} hashes to ${own}`));
  const body = schema.safeParse(item.body);
  if (!body.success) return refused(misshapen(`the ${kind} ${item.id}`, body.error));
  return accepted({
    kind,
    id: item.id,
    parentId: item.parentId,
    createdAt: Math.floor(Date.parse(item.createdAt) / 1000),
    body: body.data,
  });
}

function misshapen(what: string, { issues }: z.ZodError) {
  const faults = issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  return refusal('COS-133', `${what} has fields that this build does not accept`, faults.slice(0, 12));
}
