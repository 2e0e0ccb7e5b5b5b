import {
  artefactOf,
  changesOf,
  type Artefact,
  type Digest,
  type MarginAction,
  type PayloadCodec,
  type Proposal,
  type StageTransaction,
} from '#libs/application/index';
import { digestOf } from '#libs/canonical/index';
import { DEFAULT_PARAMETERS, evaluate, type EvaluationRecord } from '#libs/dlcm/index';
import { decide, type Command, POLICY, type ProposalEvent, type ProposalTerms } from '#libs/governance/index';
import { encodeSnapshot, type EncodedSnapshot, type Snapshot } from '#libs/market/index';
import { payloadCodec } from '#libs/protocol/index';
import { keccak256, stringToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { marketFactory } from './market-factory.js';

/** Chain time at which the fixture's snapshot was read. */
export const T0 = 1_770_000_000;
export const CHAIN_ID = 31337;

export const digestFrom = (text: string): Digest => keccak256(stringToHex(text));
const addressFrom = (text: string): Digest => `0x${digestFrom(text).slice(-40)}`;

/** A test account, reproducible from its name. It exists on no real chain. */
export function accountOf(name: string) {
  const key = digestFrom(`test key of ${name}`);
  return { key, account: privateKeyToAccount(key) };
}

export const ADDRESSES = {
  chainId: CHAIN_ID,
  assets: [
    { id: 'ETH', address: addressFrom('ETH'), decimals: 18 },
    { id: 'BTC', address: addressFrom('BTC'), decimals: 8 },
    { id: 'USDC', address: addressFrom('USDC'), decimals: 6 },
  ],
  contracts: {
    evaluationRegistry: addressFrom('registry'),
    marginGuard: addressFrom('guard'),
    aaveMarginAdapter: addressFrom('adapter'),
    backstopVault: addressFrom('vault'),
    openExecutor: addressFrom('executor'),
    coalitionToken: addressFrom('token'),
  },
  safes: {
    responder: { address: addressFrom('responder safe') },
    council: { address: addressFrom('council safe') },
  },
} as const;

export const fixtureCodec = (): PayloadCodec => payloadCodec(ADDRESSES);

export interface EvaluatedMarket {
  readonly snapshot: Snapshot;
  readonly encoded: EncodedSnapshot;
  readonly record: EvaluationRecord;
  readonly snapshotArtefact: Artefact<'snapshot'>;
  readonly evaluation: Artefact<'evaluation'>;
}

/** A small made market at one pinned block, with its evaluation. */
export function evaluatedMarket(
  options: {
    readonly seed?: string;
    readonly t0?: number;
    readonly engineVersion?: Digest;
    readonly change?: (snapshot: Snapshot) => Snapshot;
  } = {},
): EvaluatedMarket {
  const {
    seed = 'line',
    t0 = T0,
    engineVersion = digestFrom('engine'),
    change = (unchanged) => unchanged,
  } = options;
  const made = marketFactory(seed, { positions: 6, optionLines: 0 });
  const block = {
    chain: `eip155:${CHAIN_ID}`,
    number: 100,
    hash: digestFrom(`block ${t0}`),
    parentHash: digestFrom(`block before ${t0}`),
  };
  const snapshot = change({ ...made, provenance: { ...made.provenance, t0, blocks: [block] } });
  return evaluatedSnapshot(snapshot, engineVersion);
}

/** A snapshot with what is published of it. */
export function evaluatedSnapshot(snapshot: Snapshot, engineVersion: Digest): EvaluatedMarket {
  const { t0 } = snapshot.provenance;
  const encoded = encodeSnapshot(snapshot);
  const record = evaluate({
    snapshot,
    snapshotRoot: encoded.root,
    parameters: DEFAULT_PARAMETERS,
    engineVersion,
  });
  return {
    snapshot,
    encoded,
    record,
    snapshotArtefact: {
      kind: 'snapshot',
      id: encoded.root,
      parentId: null,
      createdAt: t0,
      body: encoded.header,
    },
    evaluation: artefactOf('evaluation', { parentId: encoded.root, createdAt: t0 }, record),
  };
}

/** Multiplies debts: of every account, or of the first one only. */
export function withDebts(snapshot: Snapshot, times: number, whose: 'all' | 'first'): Snapshot {
  return {
    ...snapshot,
    lending: snapshot.lending.map((protocol, p) => ({
      ...protocol,
      positions: protocol.positions.map((position, i) => {
        if (whose === 'first' && (p > 0 || i > 0)) return position;
        return {
          ...position,
          debt: Object.fromEntries(
            Object.entries(position.debt).map(([asset, amount]) => [asset, amount * times]),
          ),
        };
      }),
    })),
  };
}

export async function storeMarket(tx: StageTransaction, market: EvaluatedMarket): Promise<void> {
  for (const { digest, bytes } of market.encoded.chunks) await tx.putChunk(digest, bytes);
  await tx.put(market.snapshotArtefact);
  await tx.put(market.evaluation);
}

export const TIGHTENING: MarginAction = {
  lever: 'margin-tightening',
  member: 'aave-local',
  asset: 'ETH',
  ltvBpsFrom: 7_500,
  ltvBpsTo: 7_450,
  ltBpsFrom: 8_000,
  ltBpsTo: 7_950,
  rampSec: 3_600,
};

/** A proposal on this evaluation: the fast tightening, or the vote that would make it permanent. */
export function proposalFor(
  evaluation: Artefact<'evaluation'>,
  kind: 'T' | 'S',
  codec: PayloadCodec,
): Artefact<'proposal'> {
  const action: MarginAction =
    kind === 'T' ? TIGHTENING : { ...TIGHTENING, lever: 'margin-baseline', rampSec: 0 };
  const { reviewSec, voteSec, delaySec, graceSec } = POLICY.classes[kind];
  const createdAt = evaluation.body.t0;
  const reviewEndsAt = reviewSec === null ? null : createdAt + reviewSec;
  const voteEndsAt = reviewEndsAt === null || voteSec === null ? null : reviewEndsAt + voteSec;
  const counterfactuals: Proposal['counterfactuals'] = [];
  const body: Proposal = {
    remedy: digestFrom('remedy'),
    evaluation: evaluation.id,
    class: kind,
    lever: action.lever,
    member: action.member,
    asset: action.asset,
    action,
    changes: changesOf(action),
    ratifies: null,
    payloadHash: codec.payloadHash(action),
    counterfactualHash: digestOf(counterfactuals),
    counterfactuals,
    text: codec.describe(action),
    simulation: { blockNumber: 100, selfInflictedLiquidations: 0, revertReason: null },
    createdAt,
    validUntil:
      voteEndsAt === null ? createdAt + POLICY.maxEvaluationAgeSec : voteEndsAt + delaySec + graceSec,
    timepoint: voteEndsAt === null ? null : createdAt,
    reviewEndsAt,
    voteEndsAt,
  };
  return artefactOf('proposal', { parentId: digestFrom('remedy'), createdAt }, body);
}

export function termsFor({ body }: Artefact<'proposal'>): ProposalTerms {
  const {
    class: kind,
    lever,
    member,
    asset,
    changes,
    evaluation,
    payloadHash,
    counterfactualHash,
    ratifies,
    createdAt,
    validUntil,
    timepoint,
    reviewEndsAt,
    voteEndsAt,
  } = body;
  const rest = {
    class: kind,
    lever,
    member,
    asset,
    changes,
    evaluation,
    payloadHash,
    counterfactualHash,
    ratifies,
  };
  return {
    ...rest,
    createdAt,
    validUntil,
    timepoint,
    reviewEndsAt,
    voteEndsAt,
    delaySec: POLICY.classes[kind].delaySec,
    ttlSec: kind === 'T' ? POLICY.tighten.ttlSec : null,
  };
}

/** Events that governance itself records when a proposal is simulated and, for class S, its vote opened. */
export function openingEvents(proposal: Artefact<'proposal'>): readonly ProposalEvent[] {
  const commands: Command[] = [
    { type: 'draft', proposal: proposal.id, terms: termsFor(proposal), openForSameLever: [] },
    {
      type: 'simulate',
      selfInflictedLiquidations: 0,
      revertReason: null,
      payloadMatchesText: true,
      textHash: digestOf(proposal.body.text),
    },
    ...(proposal.body.class === 'S' ? [{ type: 'open-review', proposer: 'test' } as const] : []),
  ];
  return commands.reduce<readonly ProposalEvent[]>((events, command) => {
    const decision = decide({ events, policy: POLICY }, command, proposal.body.createdAt);
    if (!decision.ok) throw new Error(`${decision.refusal.command} refused: ${decision.refusal.reason}`);
    return [...events, ...decision.events];
  }, []);
}
