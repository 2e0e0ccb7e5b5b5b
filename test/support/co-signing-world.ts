import {
  artefactOf,
  type Artefact,
  type HexBytes,
  type LinePorts,
  type RegistryLink,
  safeTransactionOf,
} from '#libs/application/index';
import { DEFAULT_PARAMETERS, evaluate } from '#libs/dlcm/index';
import { POLICY, type ProposalEvent, tally } from '#libs/governance/index';
import type { MarketSnapshot, Snapshot } from '#libs/market/index';
import { ballotTypedData } from '#libs/protocol/index';
import { signerFromPrivateKey } from '#libs/signer/index';
import { recoverAddress, zeroHash } from 'viem';
import {
  accountOf,
  ADDRESSES,
  CHAIN_ID,
  digestFrom,
  evaluatedMarket,
  type EvaluatedMarket,
  evaluatedSnapshot,
  fixtureCodec,
  proposalFor,
  openingEvents,
  T0,
  TIGHTENING,
} from './line-fixture.js';

export const ENGINE_VERSION = digestFrom('engine');
export const CODEC = fixtureCodec();
/** SSF threshold 0.1612 under the default parameters: below the safety level, above the critical one. */
const BREACHED_SEED = 'breach 0';

/** What is true on the chain of a co-signing test. A test changes a field to make another truth. */
export interface ChainTruth {
  now: number;
  snapshot: Snapshot;
  link: RegistryLink;
  attesters: readonly HexBytes[];
  owners: readonly HexBytes[];
  safeNonce: number;
  ltvBps: number;
  ltBps: number;
  maxStepBps: number;
  spendUsd: number;
  power: bigint;
}

export type TruthReaders = Pick<
  LinePorts,
  'market' | 'clock' | 'attesters' | 'safes' | 'bounds' | 'signatures' | 'votes'
>;

export const ATTESTER = signerFromPrivateKey(accountOf('attester').key, 'test');
export const OWNER = signerFromPrivateKey(accountOf('owner').key, 'test');
const VOTER = accountOf('voter').account;

/** A market in breach at one block, and the chain that a co-signer reads for itself. */
export function coSigningWorld(): {
  readonly market: EvaluatedMarket;
  readonly truth: ChainTruth;
  readonly readers: TruthReaders;
} {
  const market = evaluatedMarket({ seed: BREACHED_SEED, engineVersion: ENGINE_VERSION });
  const truth: ChainTruth = {
    now: T0 + 30,
    snapshot: market.snapshot,
    link: { parentDigest: zeroHash, attesterEpoch: 1 },
    attesters: [ATTESTER.address, accountOf('attester 2').account.address],
    owners: [OWNER.address],
    safeNonce: 0,
    ltvBps: TIGHTENING.ltvBpsFrom,
    ltBps: TIGHTENING.ltBpsFrom,
    maxStepBps: 50,
    spendUsd: 1_000,
    power: 10n ** 18n,
  };
  return { market, truth, readers: readersOf(truth) };
}

function readersOf(truth: ChainTruth): TruthReaders {
  return {
    market: { capture: () => Promise.resolve(truth.snapshot) },
    clock: { now: () => Promise.resolve(truth.now) },
    attesters: {
      attesters: () => Promise.resolve({ members: truth.attesters, threshold: 1 }),
      link: () => Promise.resolve(truth.link),
    },
    safes: { safe: () => Promise.resolve({ owners: truth.owners, threshold: 1, nonce: truth.safeNonce }) },
    bounds: {
      remaining: () =>
        Promise.resolve({
          margins: [
            {
              member: TIGHTENING.member,
              asset: TIGHTENING.asset,
              ltvBps: truth.ltvBps,
              ltBps: truth.ltBps,
              maxStepBps: truth.maxStepBps,
              rampSec: 3_600,
            },
          ],
          backstops: [
            { member: TIGHTENING.member, collateral: 'ETH', debtAsset: 'USDC', maxSpendUsd: truth.spendUsd },
          ],
        }),
    },
    signatures: {
      signedBy: async ({ hash, signer, signature }) =>
        (await recoverAddress({ hash, signature }).catch(() => null))?.toLowerCase() === signer.toLowerCase(),
    },
    votes: {
      votes: (who) => Promise.resolve(who.toLowerCase() === VOTER.address.toLowerCase() ? truth.power : 0n),
      countedSupply: () => Promise.resolve(truth.power),
    },
  };
}

/** The engine of this build, on the test's own thread. */
export const OWN_ENGINE = {
  engineVersion: ENGINE_VERSION,
  evaluate: (input: { readonly snapshot: MarketSnapshot; readonly snapshotRoot: HexBytes }) =>
    Promise.resolve(evaluate({ ...input, parameters: DEFAULT_PARAMETERS, engineVersion: ENGINE_VERSION })),
};

/** A whole market made from a changed snapshot: consistent in itself, and not what the chain says. */
export function marketOf(snapshot: Snapshot, engineVersion: HexBytes = ENGINE_VERSION): EvaluatedMarket {
  return evaluatedSnapshot(snapshot, engineVersion);
}

/** The lie the co-signers exist for: one debt of one account is half of what it is. */
export function withOneDebtHalved(snapshot: Snapshot): Snapshot {
  const [protocol, ...others] = snapshot.lending;
  const [account, ...rest] = protocol?.positions ?? [];
  if (protocol === undefined || account === undefined)
    throw new Error('the market of the test has no account');
  const debt = Object.fromEntries(Object.entries(account.debt).map(([asset, amount]) => [asset, amount / 2]));
  return { ...snapshot, lending: [{ ...protocol, positions: [{ ...account, debt }, ...rest] }, ...others] };
}

export interface ToSign {
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
  readonly transaction: Artefact<'safe-transaction'>;
}

/** A fast tightening as the worker hands it to the Responder Safe. */
export function fastToSign(
  evaluation: Artefact<'evaluation'>,
  change: Partial<Artefact<'proposal'>['body']> = {},
): ToSign {
  const made = proposalFor(evaluation, 'T', CODEC);
  const proposal = artefactOf(
    'proposal',
    { parentId: made.body.remedy, createdAt: made.createdAt },
    { ...made.body, ...change },
  );
  const before = openingEvents(proposal).slice(0, 2);
  return toSign(
    proposal,
    [...before, { type: 'FastAuthorised', at: T0, evaluation: evaluation.id, regime: 'TIGHTEN' }],
    null,
  );
}

export interface VoteToSign extends ToSign {
  readonly ballots: readonly Artefact<'ballot'>[];
  readonly tally: Artefact<'tally'>;
  readonly closedAt: number;
}

/** A won vote as the worker hands it to the Council Safe. */
export async function voteToSign(evaluation: Artefact<'evaluation'>, power: bigint): Promise<VoteToSign> {
  const proposal = proposalFor(evaluation, 'S', CODEC);
  const closedAt = proposal.body.voteEndsAt ?? 0;
  const ballots = [await ballotOn(proposal, closedAt - 60)];
  const counted = ballots.map(({ id, body }) => ({
    ballot: id,
    voter: body.voter,
    choice: body.choice,
    nonce: body.nonce,
    power,
  }));
  const facts = {
    proposal: proposal.id,
    timepoint: proposal.body.timepoint ?? 0,
    closedAt,
    countedSupply: power,
    policy: POLICY,
  };
  const counting = artefactOf('tally', { parentId: proposal.id, createdAt: closedAt }, tally(facts, counted));
  const events: ProposalEvent[] = [
    ...openingEvents(proposal),
    { type: 'VoteSucceeded', at: closedAt, tally: counting.id, root: counting.body.root },
  ];
  return { ...toSign(proposal, events, counting.body.root), ballots, tally: counting, closedAt };
}

function toSign(
  proposal: Artefact<'proposal'>,
  events: readonly ProposalEvent[],
  tallyRoot: HexBytes | null,
): ToSign {
  const at = events.at(-1)?.at ?? T0;
  const transaction = artefactOf(
    'safe-transaction',
    { parentId: proposal.id, createdAt: at },
    safeTransactionOf(proposal, { codec: CODEC, nonce: 0, tallyRoot }),
  );
  return {
    proposal,
    transaction,
    events: [...events, { type: 'SigningOpened', at, safeTransaction: transaction.id }],
  };
}

/** A ballot of the one voter who has power, for the proposal. */
export async function ballotOn(
  proposal: Artefact<'proposal'>,
  receivedAt: number,
): Promise<Artefact<'ballot'>> {
  const { evaluation, payloadHash, counterfactualHash } = proposal.body;
  const message = {
    proposal: proposal.id,
    evaluation,
    payloadHash,
    counterfactualHash,
    voter: VOTER.address.toLowerCase() as HexBytes,
    choice: 'for',
    reasonHash: digestFrom('because'),
    nonce: 1,
    deadline: receivedAt + 60,
    chainId: CHAIN_ID,
    verifyingContract: ADDRESSES.contracts.coalitionToken,
  } as const;
  const signature = await VOTER.signTypedData(ballotTypedData(message));
  return artefactOf(
    'ballot',
    { parentId: proposal.id, createdAt: receivedAt },
    { ...message, signature, receivedAt },
  );
}
