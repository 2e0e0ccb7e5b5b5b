import { stateNow, type ProposalState } from '#libs/governance/index';
import type {
  Artefact,
  Call,
  CoSignature,
  Digest,
  Proposal,
  SafeTransaction,
  SubmissionPurpose,
} from '../artefacts.js';
import type { StageTransaction } from '../ports.js';
import { ownersWhoSigned } from '../stages/co-sign.js';
import { mustGet, proposalEvents, vouching, type RegistryState } from '../store-reads.js';
import type { RelayPorts } from './relay-ports.js';

/** One thing to be brought on chain. */
export interface Intent {
  readonly id: Digest;
  readonly purpose: SubmissionPurpose;
  readonly call: Call;
  /** Proposal whose lifecycle follows the attempt; null for a publication or a sync. */
  readonly proposal: Digest | null;
  /** Chain time after which it must not be sent. */
  readonly validUntil: number;
}

/** An intent, or why nothing is to be sent for the artefact. */
export type Resolution =
  { readonly intent: Intent } | { readonly intent: null; readonly reason: string; readonly final: boolean };

const nothing = (reason: string, final = true): Resolution => ({ intent: null, reason, final });

/** What the chain says that a resolution needs. */
export interface ChainFacts {
  readonly now: number;
  readonly registry: RegistryState;
  readonly owners: Readonly<
    Record<SafeTransaction['role'], { readonly owners: readonly string[]; readonly threshold: number }>
  >;
}

/** Finds what is to be sent for an artefact, from the store alone. Only authorised things resolve to an intent. */
export async function resolveIntent(
  tx: StageTransaction,
  id: Digest,
  at: { readonly ports: RelayPorts; readonly facts: ChainFacts },
): Promise<Resolution> {
  const transaction = await tx.get('safe-transaction', id);
  if (transaction !== null) return safeIntent(tx, transaction, at);
  const evaluation = await tx.get('evaluation', id);
  if (evaluation !== null) return publication(tx, evaluation, at);
  return proposalIntent(await mustGet(tx, 'proposal', id), await stateAt(tx, id, at.facts.now), at.ports);
}

const stateAt = async (tx: StageTransaction, id: Digest, now: number): Promise<ProposalState> =>
  stateNow(await proposalEvents(tx, id), now);

async function publication(
  tx: StageTransaction,
  evaluation: Artefact<'evaluation'>,
  { ports, facts }: { ports: RelayPorts; facts: ChainFacts },
): Promise<Resolution> {
  const { registry } = facts;
  if (registry.link.parentDigest === evaluation.id) return nothing('the registry holds it');
  const attestations = vouching(
    (await tx.children('attestation', evaluation.id)).map((a) => a.body),
    registry,
  ).slice(0, registry.threshold);
  if (attestations.length < registry.threshold)
    return nothing(
      `${attestations.length} of ${registry.threshold} attestations for the registry's present state`,
    );
  const call = ports.codec.publishCall(evaluation.body, attestations);
  return {
    intent: {
      id: evaluation.id,
      purpose: 'publish-evaluation',
      call,
      proposal: null,
      validUntil: evaluation.body.t0 + ports.policy.maxEvaluationAgeSec,
    },
  };
}

const SENDABLE: ReadonlySet<string> = new Set(['Queued', 'Submitted', 'Stuck']);

async function safeIntent(
  tx: StageTransaction,
  transaction: Artefact<'safe-transaction'>,
  { ports, facts }: { ports: RelayPorts; facts: ChainFacts },
): Promise<Resolution> {
  const { body, id } = transaction;
  const state = await stateAt(tx, body.proposal, facts.now);
  if (state.safeTransaction !== id) return nothing('replaced by another Safe transaction');
  if (!SENDABLE.has(state.name)) return nothing(`the proposal is ${state.name}`, state.name !== 'Signing');
  const { owners, threshold } = facts.owners[body.role];
  const signatures = (await tx.children('co-signature', id)).map((s) => s.body);
  const signers = ownersWhoSigned(signatures, owners).slice(0, threshold);
  if (signers.length < threshold) return nothing(`${signers.length} of ${threshold} signatures`, false);
  const call = ports.codec.executeSafeCall(
    body,
    signers.map((signer) => signatureOf(signatures, signer)),
  );
  return {
    intent: { id, purpose: 'safe-transaction', call, proposal: body.proposal, validUntil: body.validUntil },
  };
}

function signatureOf(
  signatures: readonly CoSignature[],
  signer: string,
): { signer: `0x${string}`; signature: `0x${string}` } {
  const found = signatures.find((s) => s.signer.toLowerCase() === signer);
  return { signer: signer as `0x${string}`, signature: found?.signature ?? '0x' };
}

const SYNCED: ReadonlySet<string> = new Set(['Confirmed', 'Applied', 'Effective', 'Ineffective', 'Relaxing']);

function proposalIntent(proposal: Artefact<'proposal'>, state: ProposalState, ports: RelayPorts): Resolution {
  const { id, body } = proposal;
  if (state.name === 'Scheduled') return nothing(`executable at ${state.readyAt}`, false);
  const executing =
    state.readyAt !== null &&
    (state.name === 'Ready' || state.name === 'Submitted' || state.name === 'Stuck');
  if (executing) return executeIntent(id, body, { ports, state });
  if (!SYNCED.has(state.name) || body.action.lever === 'backstop-tranche')
    return nothing(`nothing to push in ${state.name}`);
  const call = ports.codec.syncCall(body.member, body.asset);
  if (call === null) return nothing('the member reads its parameters itself');
  return { intent: { id, purpose: 'sync', call, proposal: null, validUntil: Number.MAX_SAFE_INTEGER } };
}

function executeIntent(
  id: Digest,
  body: Proposal,
  at: { readonly ports: RelayPorts; readonly state: ProposalState },
): Resolution {
  const call = at.ports.codec.executeCall(id, body, at.state.tallyRoot ?? body.payloadHash);
  return { intent: { id, purpose: 'execute-operation', call, proposal: id, validUntil: body.validUntil } };
}
