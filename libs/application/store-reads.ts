import { digestOf } from '#libs/canonical/index';
import type { EvaluationRecord } from '#libs/dlcm/index';
import {
  isFinal,
  stateNow,
  type Judgement,
  judge,
  type Policy,
  type ProposalEvent,
  type ProposalState,
  type RiskReading,
  type StateName,
} from '#libs/governance/index';
import { decodeMarket, decodeSnapshot, type MarketSnapshot, type Snapshot } from '#libs/market/index';
import type {
  Address,
  Artefact,
  ArtefactKind,
  Attestation,
  Digest,
  Proposal,
  RegistryLink,
} from './artefacts.js';
import type { AttesterSetReader } from './chain-ports.js';
import { MissingArtefactError, MissingChunkError } from './errors.js';
import type { StageTransaction } from './ports.js';

/** @throws MissingArtefactError when the store does not hold it */
export async function mustGet<K extends ArtefactKind>(
  tx: StageTransaction,
  kind: K,
  id: Digest,
): Promise<Artefact<K>> {
  const found = await tx.get(kind, id);
  if (found === null) throw new MissingArtefactError(kind, id);
  return found;
}

/** Reads a snapshot back from its chunks, checking every digest and the root. */
export async function loadSnapshot(tx: StageTransaction, root: Digest): Promise<Snapshot> {
  const { header, chunks } = await chunksOf(tx, root);
  return decodeSnapshot(header, chunks);
}

/** loadSnapshot with the positions as columns, which a market of any size can be. */
export async function loadMarket(tx: StageTransaction, root: Digest): Promise<MarketSnapshot> {
  const { header, chunks } = await chunksOf(tx, root);
  return decodeMarket(header, chunks);
}

async function chunksOf(tx: StageTransaction, root: Digest) {
  const header = (await mustGet(tx, 'snapshot', root)).body;
  const chunks: Uint8Array[] = [];
  for (const digest of header.chunks) {
    const bytes = await tx.getChunk(digest);
    if (bytes === null) throw new MissingChunkError(root, digest);
    chunks.push(bytes);
  }
  return { header, chunks };
}

/** The judged numbers of an evaluation. Evidence is robust only where the record proves it; this level never does. */
export function readingOf(evaluation: Digest, record: EvaluationRecord): RiskReading {
  const status = record.reading.thresholdStatus;
  return {
    evaluation,
    snapshotTime: record.t0,
    blockNumber: record.blocks[0]?.number ?? 0,
    thresholdStatus: status,
    ssfThreshold: status === 'found' ? Number(record.reading.ssfThreshold) : null,
    robust: false,
  };
}

/** Threshold of a record as published text; null when there is none to compare. */
export function publishedThreshold(record: EvaluationRecord): string | null {
  return record.reading.thresholdStatus === 'unpublishable' ? null : record.reading.ssfThreshold;
}

/** What the registry demands of the next evaluation. */
export interface RegistryState {
  readonly attesters: readonly Address[];
  readonly threshold: number;
  readonly link: RegistryLink;
}

/** Reads the attester set and the link of the next evaluation. */
export async function registryState(reader: AttesterSetReader): Promise<RegistryState> {
  const { members, threshold } = await reader.attesters();
  return { attesters: members, threshold, link: await reader.link() };
}

/** Distinct attesters of the present set that vouch for one publication of an evaluation. */
export function vouching(
  attestations: readonly Attestation[],
  registry: RegistryState,
): readonly Attestation[] {
  const members = new Set(registry.attesters.map((a) => a.toLowerCase()));
  const bySigner = new Map<string, Attestation>();
  for (const attestation of attestations) {
    const signer = attestation.signer.toLowerCase();
    const current = sameLink(attestation.link, registry.link);
    if (current && members.has(signer)) bySigner.set(signer, attestation);
  }
  return [...bySigner.values()].sort((a, b) => (a.signer.toLowerCase() < b.signer.toLowerCase() ? -1 : 1));
}

const sameLink = (a: RegistryLink, b: RegistryLink): boolean =>
  a.parentDigest === b.parentDigest && a.attesterEpoch === b.attesterEpoch;

/** The one stream of attested readings. */
export const READINGS: Digest = digestOf('attested readings');

/** Records the reading of an attested evaluation, once. */
export async function recordReading(tx: StageTransaction, evaluation: Artefact<'evaluation'>): Promise<void> {
  const known = await tx.events(READINGS);
  if (known.some((e) => e.type === 'ReadingAttested' && e.reading.evaluation === evaluation.id)) return;
  const reading = readingOf(evaluation.id, evaluation.body);
  await tx.append(READINGS, [{ type: 'ReadingAttested', at: evaluation.body.t0, reading }], known.length);
}

/** Judges the coalition at a time, over every reading that enough attesters vouched for. */
export async function judgeNow(tx: StageTransaction, now: number, policy: Policy): Promise<Judgement> {
  const events = await tx.events(READINGS);
  const readings = events.flatMap((e) => (e.type === 'ReadingAttested' ? [e.reading] : []));
  return judge(readings, now, policy);
}

/** True when enough distinct attesters vouched for the evaluation, for whatever parent. */
export async function isAttested(
  tx: StageTransaction,
  evaluation: Digest,
  registry: RegistryState,
): Promise<boolean> {
  return (await attestersOf(tx, evaluation, registry)).size >= registry.threshold;
}

/** Distinct members of the present attester set that vouched for the evaluation. */
export async function attestersOf(
  tx: StageTransaction,
  evaluation: Digest,
  registry: RegistryState,
): Promise<ReadonlySet<string>> {
  const members = new Set(registry.attesters.map((a) => a.toLowerCase()));
  const attestations = await tx.children('attestation', evaluation);
  return new Set(
    attestations.map((a) => a.body.signer.toLowerCase()).filter((signer) => members.has(signer)),
  );
}

/** The proposal's own events. */
export async function proposalEvents(tx: StageTransaction, id: Digest): Promise<readonly ProposalEvent[]> {
  return (await tx.events(id)) as readonly ProposalEvent[];
}

/** A proposal with the state its events give it at `now`. */
export interface StandingProposal {
  readonly artefact: Artefact<'proposal'>;
  readonly state: ProposalState;
}

/** Newest proposals looked through for open ones; older ones have run out. */
const OPEN_WINDOW = 100;

/** States of the newest proposals. */
export async function standingProposals(
  tx: StageTransaction,
  now: number,
): Promise<readonly StandingProposal[]> {
  const standing: StandingProposal[] = [];
  for (const artefact of await tx.newest('proposal', OPEN_WINDOW)) {
    const events = await proposalEvents(tx, artefact.id);
    if (events.length > 0) standing.push({ artefact, state: stateNow(events, now) });
  }
  return standing;
}

const LIVE_STATES: ReadonlySet<string> = new Set(['Applied', 'Effective', 'Ineffective', 'Relaxing']);
const FLIGHT_STATES: ReadonlySet<string> = new Set([
  'FastAuthorised',
  'Signing',
  'Queued',
  'Submitted',
  'Stuck',
  'Mined',
]);

/** True while the change of a proposal is in force on chain. */
export const isInForce = (state: StateName): boolean => LIVE_STATES.has(state);

/** Open: neither final nor already in force. One per member, asset and lever. */
export function isOpen({ state }: StandingProposal): boolean {
  return !isFinal(state.name) && !LIVE_STATES.has(state.name);
}

/** A fast action on its way to the chain: until it lands, the registry must keep the evaluation it rests on as its newest. */
export function isFastInFlight({ state }: StandingProposal, now: number): boolean {
  const fast = state.terms.class === 'T' || state.terms.class === 'B0';
  return fast && FLIGHT_STATES.has(state.name) && now <= state.terms.validUntil;
}

export const sameLever = (a: Proposal, b: Pick<Proposal, 'member' | 'asset' | 'lever'>): boolean =>
  a.member === b.member && a.asset === b.asset && a.lever === b.lever;
