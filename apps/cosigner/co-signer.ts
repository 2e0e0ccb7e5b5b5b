import type { Address, Artefact, Digest, PayloadCodec, RiskEngine } from '#libs/application/index';
import type { ReadClient } from '#libs/chain/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import { POLICY } from '#libs/governance/index';
import { attestationTypedData, registryEvaluation, safeTransactionTypedData } from '#libs/protocol/index';
import type { Signer } from '#libs/signer/index';
import type { ChainReaders } from './chain-readers.js';
import type { ApiClient, AttestationRequestView, ProposalView, SafeTransactionView } from './api-client.js';
import type { OwnChain } from './own-chain.js';
import { accepted, type Refusal, refusal, refused, type Verdict } from './refusal.js';
import { linkRefusal, type OwnMeans, pinnedBlock, verifyEvaluation } from './verify-evaluation.js';
import { fastRefusal, transactionRefusal, type SafeMeans } from './verify-safe-transaction.js';
import { verifyVote } from './verify-vote.js';

export interface CoSignerParts {
  readonly api: ApiClient;
  readonly chain: Pick<OwnChain, 'reaching'>;
  readonly readers: (client: ReadClient) => ChainReaders;
  readonly codec: PayloadCodec;
  readonly registry: Address;
  readonly engine: Pick<RiskEngine, 'engineVersion' | 'evaluate'>;
  readonly attester: Signer | null;
  readonly owner: Signer;
}

type VoteMeans = SafeMeans & ChainReaders;

/** Records checked by this process are not computed a second time for the Safe transaction that rests on them. */
const REMEMBERED = 64;

/** Signs only what it has read and computed itself. Every refusal is a value with a code. */
export class CoSigner {
  private readonly verified = new Map<Digest, EvaluationRecord>();

  constructor(private readonly parts: CoSignerParts) {}

  /** Checks an evaluation and, if it is true, signs and hands in the attestation. */
  async attest(request: AttestationRequestView): Promise<Verdict<Digest>> {
    const { attester, api, chain, codec, registry, readers } = this.parts;
    if (attester === null) return refused(refusal('COS-123', 'this co-signer holds no attester key'));
    const own = await chain.reaching(null);
    if (!own.ok) return own;
    const before = linkRefusal(request, await readers(own.value).attesters.link());
    if (before !== null) return refused(before);
    const record = await this.verify(request.evaluation, POLICY.maxEvaluationAgeSec);
    if (!record.ok) return record;
    // The registry may have moved while the evaluation was computed; the next look then asks for the new link.
    const link = await readers(own.value).attesters.link();
    const since = linkRefusal(request, link);
    if (since !== null) return refused(since);
    const domain = { chainId: codec.chainId, verifyingContract: registry };
    const signature = await attester.signTypedData(attestationTypedData(domain, registryEvaluation(record.value, codec.chainId, link)));
    const posted = await api.postAttestation(request.evaluation, { signer: attester.address, signature });
    return posted.ok ? accepted(request.evaluation) : posted;
  }

  /** Checks a Safe transaction back to the chain and, if everything holds, signs and hands in the signature. */
  async coSign({ transaction }: SafeTransactionView): Promise<Verdict<Digest>> {
    const { owner, api, chain } = this.parts;
    const own = await chain.reaching(null);
    if (!own.ok) return own;
    const found = await api.proposal(transaction.body.proposal);
    if (!found.ok) return found;
    const hindrance = await this.hindrance(transaction, found.value, this.safeMeans(own.value));
    if (hindrance !== null) return refused(hindrance);
    const signature = await owner.signTypedData(safeTransactionTypedData(transaction.body));
    const posted = await api.postSignature(transaction.id, { signer: owner.address, signature });
    return posted.ok ? accepted(transaction.id) : posted;
  }

  private async hindrance(transaction: Artefact<'safe-transaction'>, { proposal, events }: ProposalView, means: VoteMeans): Promise<Refusal | null> {
    const fast = transaction.body.purpose === 'execute';
    const root = fast ? accepted(null) : await this.voteRoot({ proposal, events }, means);
    if (!root.ok) return root.refusal;
    const wrong = await transactionRefusal(transaction, proposal, root.value, means);
    if (wrong !== null) return wrong;
    const record = await this.verify(proposal.body.evaluation, fast ? POLICY.maxEvaluationAgeSec : null);
    if (!record.ok) return record.refusal;
    return fast ? fastRefusal(proposal.body, record.value, events, means) : null;
  }

  private async voteRoot(found: ProposalView, means: VoteMeans): Promise<Verdict<Digest>> {
    const { api } = this.parts;
    const ballots = await api.ballots(found.proposal.id);
    if (!ballots.ok) return ballots;
    const tally = await api.tally(found.proposal.id);
    if (!tally.ok) return tally;
    return verifyVote({ ...found, ballots: ballots.value, tally: tally.value }, means);
  }

  /** The record behind a digest, read from the chain at its block and computed here. */
  private async verify(evaluation: Digest, maxAgeSec: number | null): Promise<Verdict<EvaluationRecord>> {
    const known = this.verified.get(evaluation);
    if (known !== undefined) return accepted(known);
    const { api, chain, codec, engine, readers } = this.parts;
    const evidence = await api.evidence(evaluation);
    if (evidence.evaluation !== evaluation) return refused(refusal('COS-120', `asked for evaluation ${evaluation}, got ${evidence.evaluation}`));
    const block = pinnedBlock(evidence.record, `eip155:${codec.chainId}`);
    if (!block.ok) return block;
    const own = await chain.reaching(block.value);
    if (!own.ok) return own;
    const { market, clock } = readers(own.value);
    const means: OwnMeans = { market, clock, engine, chain: `eip155:${codec.chainId}` };
    const verdict = await verifyEvaluation(evidence, means, { maxAgeSec });
    if (verdict.ok) this.remember(evaluation, verdict.value);
    return verdict;
  }

  private remember(evaluation: Digest, record: EvaluationRecord): void {
    this.verified.set(evaluation, record);
    const [oldest] = this.verified.keys();
    if (this.verified.size > REMEMBERED && oldest !== undefined) this.verified.delete(oldest);
  }

  private safeMeans(client: ReadClient): VoteMeans {
    const { codec, owner, readers } = this.parts;
    return { ...readers(client), codec, policy: POLICY, owner: owner.address };
  }
}
