import type { Artefact, Digest, RiskEngine, SafeRole } from '#libs/application/index';
import { attesterSetReader, boundsReader, chainClock, type Deployment, type ReadClient, safeReader, signatureChecker, votingPowerReader } from '#libs/chain/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import { POLICY } from '#libs/governance/index';
import { attestationTypedData, payloadCodec, registryEvaluation, safeTransactionTypedData } from '#libs/protocol/index';
import type { Signer } from '#libs/signer/index';
import { chainMarketSource } from '#libs/sources/index';
import type { ApiClient, AttestationRequestView, ProposalView, SafeTransactionView } from './api-client.js';
import type { OwnChain } from './own-chain.js';
import { accepted, type Refusal, refusal, refused, type Verdict } from './refusal.js';
import { linkRefusal, type OwnMeans, pinnedBlock, verifyEvaluation } from './verify-evaluation.js';
import { fastRefusal, transactionRefusal, type SafeMeans } from './verify-safe-transaction.js';
import { verifyVote } from './verify-vote.js';

export interface CoSignerParts {
  readonly role: SafeRole;
  readonly api: ApiClient;
  readonly chain: OwnChain;
  readonly deployment: Deployment;
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
    const { attester, api, deployment, chain } = this.parts;
    if (attester === null) return refused(refusal('SIG-223', 'this co-signer holds no attester key'));
    const own = await chain.reaching(null);
    if (!own.ok) return own;
    const link = await attesterSetReader({ client: own.value, deployment }).link();
    const elsewhere = linkRefusal(request, link);
    if (elsewhere !== null) return refused(elsewhere);
    const record = await this.verify(request.evaluation, POLICY.maxEvaluationAgeSec);
    if (!record.ok) return record;
    const domain = { chainId: deployment.chainId, verifyingContract: deployment.contracts.evaluationRegistry };
    const signature = await attester.signTypedData(attestationTypedData(domain, registryEvaluation(record.value, deployment.chainId, link)));
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
    const hindrance = await this.hindrance(transaction, found.value, own.value);
    if (hindrance !== null) return refused(hindrance);
    const signature = await owner.signTypedData(safeTransactionTypedData(transaction.body));
    const posted = await api.postSignature(transaction.id, { signer: owner.address, signature });
    return posted.ok ? accepted(transaction.id) : posted;
  }

  private async hindrance(transaction: Artefact<'safe-transaction'>, { proposal, events }: ProposalView, client: ReadClient): Promise<Refusal | null> {
    const means = this.safeMeans(client);
    const fast = transaction.body.purpose === 'execute';
    const root = fast ? accepted(null) : await this.voteRoot({ proposal, events }, means, client);
    if (!root.ok) return root.refusal;
    const wrong = await transactionRefusal(transaction, proposal, root.value, means);
    if (wrong !== null) return wrong;
    const record = await this.verify(proposal.body.evaluation, fast ? POLICY.maxEvaluationAgeSec : null);
    if (!record.ok) return record.refusal;
    return fast ? fastRefusal(proposal.body, record.value, events, means) : null;
  }

  private async voteRoot(found: ProposalView, means: SafeMeans, client: ReadClient): Promise<Verdict<Digest>> {
    const { api, deployment } = this.parts;
    const ballots = await api.ballots(found.proposal.id);
    if (!ballots.ok) return ballots;
    const tally = await api.tally(found.proposal.id);
    if (!tally.ok) return tally;
    const context = { client, deployment };
    return verifyVote({ ...found, ballots: ballots.value, tally: tally.value }, { ...means, signatures: signatureChecker(context), votes: votingPowerReader(context) });
  }

  /** The record behind a digest, read from the chain at its block and computed here. */
  private async verify(evaluation: Digest, maxAgeSec: number | null): Promise<Verdict<EvaluationRecord>> {
    const known = this.verified.get(evaluation);
    if (known !== undefined) return accepted(known);
    const { api, chain, deployment, engine } = this.parts;
    const evidence = await api.evidence(evaluation);
    if (evidence.evaluation !== evaluation) return refused(refusal('SIG-220', `asked for evaluation ${evaluation}, got ${evidence.evaluation}`));
    const block = pinnedBlock(evidence.record, `eip155:${deployment.chainId}`);
    if (!block.ok) return block;
    const own = await chain.reaching(block.value);
    if (!own.ok) return own;
    const context = { client: own.value, deployment };
    const means: OwnMeans = { market: chainMarketSource(context), clock: chainClock(context), engine, chain: `eip155:${deployment.chainId}` };
    const verdict = await verifyEvaluation(evidence, means, { maxAgeSec });
    if (verdict.ok) this.remember(evaluation, verdict.value);
    return verdict;
  }

  private remember(evaluation: Digest, record: EvaluationRecord): void {
    this.verified.set(evaluation, record);
    const [oldest] = this.verified.keys();
    if (this.verified.size > REMEMBERED && oldest !== undefined) this.verified.delete(oldest);
  }

  private safeMeans(client: ReadClient): SafeMeans {
    const { deployment, owner } = this.parts;
    const context = { client, deployment };
    return { codec: payloadCodec(deployment), safes: safeReader(context), clock: chainClock(context), bounds: boundsReader(context), policy: POLICY, owner: owner.address };
  }
}
