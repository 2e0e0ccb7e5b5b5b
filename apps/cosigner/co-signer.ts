import type { Artefact, Digest, PayloadCodec, RiskEngine, SafeRole } from '#libs/application/index';
import type { ReadClient } from '#libs/chain/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import { POLICY } from '#libs/governance/index';
import type { PinnedBlock } from '#libs/market/index';
import { attestationTypedData, registryEvaluation, safeTransactionTypedData } from '#libs/protocol/index';
import type { Signer } from '#libs/signer/index';
import type { ApiClient, AttestationRequestView, ProposalView, SafeTransactionView } from './api-client.js';
import type { ChainReaders } from './chain-readers.js';
import type { OwnChain } from './own-chain.js';
import { accepted, type Refusal, refusal, refused, type Verdict } from './refusal.js';
import { ageRefusal, linkRefusal, pinnedBlock, verifyEvaluation } from './verify-evaluation.js';
import { fastRefusal } from './verify-fast-action.js';
import { proposalRefusal, timesRefusal } from './verify-proposal.js';
import { transactionRefusal } from './verify-safe-transaction.js';
import { verifyVote } from './verify-vote.js';

export interface CoSignerParts {
  readonly role: SafeRole;
  readonly api: ApiClient;
  readonly chain: Pick<OwnChain, 'reaching'>;
  readonly readers: (client: ReadClient) => ChainReaders;
  readonly codec: PayloadCodec;
  /** Where attestations are valid. */
  readonly registry: `0x${string}`;
  readonly engine: Pick<RiskEngine, 'engineVersion' | 'evaluate'>;
  readonly attester: Signer | null;
  readonly owner: Signer;
}

/** Records checked by this process are not computed a second time for the Safe transaction that rests on them. */
const REMEMBERED = 64;

/** Signs only what it has read and computed itself. Every refusal is a value with a code. */
export class CoSigner {
  private readonly verified = new Map<Digest, EvaluationRecord>();

  constructor(private readonly parts: CoSignerParts) {}

  /** Checks an evaluation and, if it is true, signs and hands in the attestation. */
  async attest(request: AttestationRequestView): Promise<Verdict<Digest>> {
    const { attester, api, codec, registry } = this.parts;
    if (attester === null) return refused(refusal('COS-123', 'this co-signer holds no attester key'));
    const own = await this.reachingBlock(null);
    if (!own.ok) return own;
    const seat = await attesterRefusal(attester.address, own.value);
    if (seat !== null) return refused(seat);
    const before = linkRefusal(request, await own.value.attesters.link());
    if (before !== null) return refused(before);
    const record = await this.verify(request.evaluation, POLICY.maxEvaluationAgeSec);
    if (!record.ok) return record;
    // The registry may have moved while the evaluation was computed; the next look then asks for the new link.
    const link = await own.value.attesters.link();
    const since = linkRefusal(request, link);
    if (since !== null) return refused(since);
    const message = registryEvaluation(record.value, codec.chainId, link);
    const signature = await attester.signTypedData(
      attestationTypedData({ chainId: codec.chainId, verifyingContract: registry }, message),
    );
    const posted = await api.postAttestation(request.evaluation, { signer: attester.address, signature });
    return posted.ok ? accepted(request.evaluation) : posted;
  }

  /** Checks a Safe transaction back to the chain and, if everything holds, signs and hands in the signature. */
  async coSign({ transaction }: SafeTransactionView): Promise<Verdict<Digest>> {
    const { owner, api } = this.parts;
    const own = await this.reachingBlock(null);
    if (!own.ok) return own;
    const found = await api.proposal(transaction.body.proposal);
    if (!found.ok) return found;
    const hindrance = await this.hindrance(transaction, found.value, own.value);
    if (hindrance !== null) return refused(hindrance);
    const signature = await owner.signTypedData(safeTransactionTypedData(transaction.body));
    const posted = await api.postSignature(transaction.id, { signer: owner.address, signature });
    return posted.ok ? accepted(transaction.id) : posted;
  }

  /** From the cheapest check to the dearest; the first that fails is the reason. */
  private async hindrance(
    transaction: Artefact<'safe-transaction'>,
    found: ProposalView,
    own: ChainReaders,
  ): Promise<Refusal | null> {
    const { role, codec, owner } = this.parts;
    const { proposal, events } = found;
    if (transaction.body.role !== role)
      return refusal(
        'COS-123',
        `it is for the ${transaction.body.role} Safe, this co-signer sits in the ${role} Safe`,
      );
    const wrong = proposalRefusal(proposal.body, codec, role);
    if (wrong !== null) return wrong;
    const root = role === 'responder' ? accepted(null) : await this.voteRoot(found, own);
    if (!root.ok) return root.refusal;
    const means = { codec, owner: owner.address, safes: own.safes, clock: own.clock };
    const other = await transactionRefusal({ transaction, proposal, events, tallyRoot: root.value }, means);
    if (other !== null) return other;
    const record = await this.verify(
      proposal.body.evaluation,
      role === 'responder' ? POLICY.maxEvaluationAgeSec : null,
    );
    if (!record.ok) return record.refusal;
    const times = timesRefusal(proposal.body, record.value, POLICY);
    if (times !== null || role === 'council') return times;
    return fastRefusal({ proposal: proposal.body, record: record.value, events }, { ...own, policy: POLICY });
  }

  private async voteRoot(found: ProposalView, own: ChainReaders): Promise<Verdict<Digest>> {
    const { api, codec } = this.parts;
    const ballots = await api.ballots(found.proposal.id);
    if (!ballots.ok) return ballots;
    const tally = await api.tally(found.proposal.id);
    if (!tally.ok) return tally;
    return verifyVote(
      { ...found, ballots: ballots.value, tally: tally.value },
      { ...own, codec, policy: POLICY },
    );
  }

  /** The record behind a digest, read from the chain at its block and computed here. */
  private async verify(evaluation: Digest, maxAgeSec: number | null): Promise<Verdict<EvaluationRecord>> {
    const known = this.verified.get(evaluation);
    if (known === undefined) return this.verifyAnew(evaluation, maxAgeSec);
    const own = await this.reaching(known);
    if (!own.ok) return own;
    const old = await ageRefusal(known, own.value.clock, maxAgeSec);
    return old === null ? accepted(known) : refused(old);
  }

  private async verifyAnew(evaluation: Digest, maxAgeSec: number | null): Promise<Verdict<EvaluationRecord>> {
    const { api, engine } = this.parts;
    const evidence = await api.evidence(evaluation);
    if (evidence.evaluation !== evaluation)
      return refused(refusal('COS-120', `asked for evaluation ${evaluation}, got ${evidence.evaluation}`));
    const own = await this.reaching(evidence.record);
    if (!own.ok) return own;
    const verdict = await verifyEvaluation(
      evidence,
      { ...own.value, engine, chain: this.chainName },
      { maxAgeSec },
    );
    if (verdict.ok) this.remember(evaluation, verdict.value);
    return verdict;
  }

  /** Readers that know the block of a record under its hash. */
  private async reaching(record: EvaluationRecord): Promise<Verdict<ChainReaders>> {
    const block = pinnedBlock(record, this.chainName);
    return block.ok ? this.reachingBlock(block.value) : block;
  }

  private async reachingBlock(block: PinnedBlock | null): Promise<Verdict<ChainReaders>> {
    const client = await this.parts.chain.reaching(block);
    return client.ok ? accepted(this.parts.readers(client.value)) : client;
  }

  private get chainName(): string {
    return `eip155:${this.parts.codec.chainId}`;
  }

  private remember(evaluation: Digest, record: EvaluationRecord): void {
    this.verified.set(evaluation, record);
    const [oldest] = this.verified.keys();
    if (this.verified.size > REMEMBERED && oldest !== undefined) this.verified.delete(oldest);
  }
}

async function attesterRefusal(attester: string, { attesters }: ChainReaders): Promise<Refusal | null> {
  const { members } = await attesters.attesters();
  if (members.some((member) => member.toLowerCase() === attester.toLowerCase())) return null;
  return refusal('COS-123', `${attester} is not in the registry's attester set`);
}
