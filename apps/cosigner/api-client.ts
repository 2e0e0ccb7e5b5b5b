import type { Artefact, ArtefactBodies, ArtefactKind, Digest, HexBytes, SafeRole } from '#libs/application/index';
import { digestOf } from '#libs/canonical/index';
import type { ProposalEvent } from '#libs/governance/index';
import { type Evidence, limitedFetch, readEvidence } from '#libs/sources/index';
import { z } from 'zod';
import { accepted, refusal, refused, type Verdict } from './refusal.js';

const digest = z.custom<Digest>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), 'expected a digest');
const hex = z.custom<HexBytes>((value) => typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value), 'expected hex bytes');
const view = z.object({ id: digest, kind: z.string(), parentId: digest.nullable(), createdAt: z.string(), body: z.looseObject({}) });

const attestationRequests = z.object({
  items: z.array(z.object({ evaluation: digest, parentDigest: digest, attesterEpoch: z.int().nonnegative(), signers: z.array(z.string()) })).max(50),
});
const safeTransactions = z.object({ items: z.array(view.extend({ signatures: z.array(z.object({ signer: hex })) })).max(200) });
const proposal = view.extend({ events: z.array(z.looseObject({ type: z.string(), at: z.number() })).max(10_000) });
const ballots = z.object({ items: z.array(view).max(100_000) });

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export type AttestationRequestView = z.output<typeof attestationRequests>['items'][number];
export interface SafeTransactionView {
  readonly transaction: Artefact<'safe-transaction'>;
  readonly signers: readonly string[];
}
export interface ProposalView {
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
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
      const transaction = artefact('safe-transaction', item);
      return transaction.ok ? accepted({ transaction: transaction.value, signers: signatures.map(({ signer }) => signer) }) : transaction;
    });
  }

  async proposal(id: Digest): Promise<Verdict<ProposalView>> {
    const { events, ...item } = await this.get(`/v1/proposals/${id}`, proposal);
    const found = artefact('proposal', item);
    if (!found.ok) return found;
    if (found.value.id !== id) return refused(refusal('COS-120', `asked for proposal ${id}, got ${found.value.id}`));
    return accepted({ proposal: found.value, events: events as unknown as readonly ProposalEvent[] });
  }

  async ballots(id: Digest): Promise<Verdict<readonly Artefact<'ballot'>[]>> {
    const { items } = await this.get(`/v1/proposals/${id}/ballots`, ballots);
    const found = items.map((item) => artefact('ballot', item));
    const bad = found.find((ballot) => !ballot.ok);
    if (bad !== undefined && !bad.ok) return bad;
    return accepted(found.flatMap((ballot) => (ballot.ok ? [ballot.value] : [])));
  }

  async tally(id: Digest): Promise<Verdict<Artefact<'tally'>>> {
    return artefact('tally', await this.get(`/v1/proposals/${id}/tally`, view));
  }

  evidence(evaluation: Digest): Promise<Evidence> {
    return readEvidence(`${this.base}/v1/evaluations/${evaluation}`, { timeoutMs: this.timeoutMs });
  }

  postAttestation(evaluation: Digest, signed: { readonly signer: string; readonly signature: HexBytes }): Promise<Verdict<null>> {
    return this.post(`/v1/evaluations/${evaluation}/attestations`, signed);
  }

  postSignature(safeTransaction: Digest, signed: { readonly signer: string; readonly signature: HexBytes }): Promise<Verdict<null>> {
    return this.post(`/v1/safe-transactions/${safeTransaction}/signatures`, signed);
  }

  private async get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    const bytes = await limitedFetch(`${this.base}${path}`, { maxBytes: MAX_ANSWER_BYTES, timeoutMs: this.timeoutMs });
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }

  private async post(path: string, body: unknown): Promise<Verdict<null>> {
    const response = await fetch(`${this.base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    const answer = await response.text();
    return response.ok ? accepted(null) : refused(refusal('COS-141', `${response.status} ${answer.slice(0, 400)}`));
  }
}

/** The content under an id, only if it hashes to that id. */
function artefact<K extends Exclude<ArtefactKind, 'snapshot' | 'evaluation'>>(kind: K, item: z.output<typeof view>): Verdict<Artefact<K>> {
  const own = digestOf({ body: item.body, kind, parentId: item.parentId });
  if (item.kind !== kind || own !== item.id) return refused(refusal('COS-120', `the ${kind} ${item.id} hashes to ${own}`));
  return accepted({ kind, id: item.id, parentId: item.parentId, createdAt: Math.floor(Date.parse(item.createdAt) / 1000), body: item.body as unknown as ArtefactBodies[K] });
}
