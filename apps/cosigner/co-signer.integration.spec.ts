import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  artefactOf,
  ballotArtefact,
  recount,
  safeTransactionOf,
  type Artefact,
  type Digest,
  type RegistryLink,
} from '#libs/application/index';
import { digestOf } from '#libs/canonical/index';
import { publicClientOf } from '#libs/chain/index';
import { DEFAULT_PARAMETERS, evaluate } from '#libs/dlcm/index';
import { POLICY, tally, type Ballot, type ProposalEvent } from '#libs/governance/index';
import {
  attestationTypedData,
  ballotTypedData,
  registryEvaluation,
  type BallotToSign,
} from '#libs/protocol/index';
import { signerFromPrivateKey } from '#libs/signer/index';
import {
  accountOf,
  ADDRESSES,
  CHAIN_ID,
  digestFrom,
  evaluatedMarket,
  fixtureCodec,
  openingEvents,
  proposalFor,
  T0,
  withDebts,
  type EvaluatedMarket,
} from '#test/support/line-fixture';
import { recoverAddress, recoverTypedDataAddress, zeroHash } from 'viem';
import { ApiClient } from './api-client.js';
import type { ChainReaders } from './chain-readers.js';
import { CoSigner, type CoSignerParts } from './co-signer.js';
import { accepted } from './refusal.js';

const ENGINE = digestFrom('engine');
const codec = fixtureCodec();
const [attesterKey, ownerKey, voterKey] = [accountOf('attester 1'), accountOf('owner'), accountOf('voter')];
const link: RegistryLink = { parentDigest: zeroHash, attesterEpoch: 1 };
/** The true market is in breach: its SSF threshold lies between the critical and the safety level. */
const breached = (factor = 1.1) =>
  evaluatedMarket({ change: (snapshot) => withDebts(snapshot, factor, 'all') });

let truth: EvaluatedMarket;
let now = T0 + 30;
let nonce = 4;
let stepLeft = 50;
/** The newest evaluation that the registry holds. */
let newest: Digest = zeroHash;
let inForce = { ltvBps: 7_500, ltBps: 8_000 };
const readers: ChainReaders = {
  market: { capture: () => Promise.resolve(truth.snapshot) },
  clock: { now: () => Promise.resolve(now) },
  attesters: {
    attesters: () => Promise.resolve({ members: [attesterKey.account.address], threshold: 1 }),
    link: () => Promise.resolve({ ...link, parentDigest: newest }),
  },
  safes: { safe: () => Promise.resolve({ owners: [ownerKey.account.address], threshold: 1, nonce }) },
  bounds: {
    remaining: () =>
      Promise.resolve({
        margins: [{ member: 'aave-local', asset: 'ETH', ...inForce, maxStepBps: stepLeft, rampSec: 3_600 }],
        backstops: [],
      }),
  },
  signatures: {
    signedBy: async ({ hash, signer, signature }) =>
      (await recoverAddress({ hash, signature })).toLowerCase() === signer.toLowerCase(),
  },
  votes: { votes: () => Promise.resolve(10n ** 18n), countedSupply: () => Promise.resolve(10n ** 18n) },
};

/** What the api would serve; a lying one serves something else. */
const routes = new Map<string, unknown>();
const posted: { path: string; body: { signer: `0x${string}`; signature: `0x${string}` } }[] = [];
let server: Server;
let base = '';

beforeAll(async () => {
  truth = breached();
  server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.method === 'POST') {
      request
        .setEncoding('utf8')
        .on('data', (text: string) =>
          posted.push({ path, body: JSON.parse(text) as (typeof posted)[number]['body'] }),
        );
      return void request.on('end', () => response.writeHead(201).end('{}'));
    }
    const found = routes.get(path);
    if (found === undefined) return void response.writeHead(404).end('{}');
    response.writeHead(200).end(found instanceof Uint8Array ? found : JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  routes.clear();
  posted.length = 0;
  [now, nonce, stepLeft, newest] = [T0 + 30, 4, 50, zeroHash];
  inForce = { ltvBps: 7_500, ltBps: 8_000 };
});

function coSigner(changes: Partial<CoSignerParts> = {}): CoSigner {
  return new CoSigner({
    role: 'responder',
    api: new ApiClient(base, 2_000),
    chain: {
      reaching: () =>
        Promise.resolve(accepted(publicClientOf(['http://127.0.0.1:1'], { chainId: CHAIN_ID }))),
    },
    readers: () => readers,
    codec,
    registry: ADDRESSES.contracts.evaluationRegistry,
    engine: {
      engineVersion: ENGINE,
      evaluate: (input) =>
        Promise.resolve(evaluate({ ...input, parameters: DEFAULT_PARAMETERS, engineVersion: ENGINE })),
    },
    attester: signerFromPrivateKey(attesterKey.key, 'TEST'),
    owner: signerFromPrivateKey(ownerKey.key, 'TEST'),
    ...changes,
  });
}

interface Served {
  readonly header: EvaluatedMarket['encoded']['header'];
  readonly chunks: EvaluatedMarket['encoded']['chunks'];
  readonly record: EvaluatedMarket['record'];
}

/** Publishes evidence under the digest of its record, as a liar with a consistent story would. */
function publish({ header, chunks, record }: Served): Digest {
  const id = digestOf(record);
  routes.set(`/v1/evaluations/${id}/bundle`, {
    format: 'srd-bundle/1',
    evaluation: { id, body: record },
    snapshot: { id: header.root, body: header },
  });
  for (const { digest, bytes } of chunks) routes.set(`/v1/chunks/${digest}`, bytes);
  return id;
}
const servedOf = (market: EvaluatedMarket): Served => ({ ...market.encoded, record: market.record });
const request = (evaluation: Digest, asked = link) => ({ evaluation, ...asked, signers: [] });
const refusalOf = async (work: Promise<Awaited<ReturnType<CoSigner['attest']>>>) => {
  const verdict = await work;
  return verdict.ok ? { code: 'SIGNED', details: [] as readonly string[], reason: '' } : verdict.refusal;
};

describe('attest', () => {
  it('default: what it reads and computes itself to the same bytes, it signs with the attester key', async () => {
    const id = publish(servedOf(truth));
    expect(await coSigner().attest(request(id))).toEqual(accepted(id));
    const [attestation] = posted;
    expect(attestation?.path).toBe(`/v1/evaluations/${id}/attestations`);
    const typed = attestationTypedData(
      { chainId: CHAIN_ID, verifyingContract: ADDRESSES.contracts.evaluationRegistry },
      registryEvaluation(truth.record, CHAIN_ID, link),
    );
    expect(await recoverTypedDataAddress({ ...typed, signature: attestation?.body.signature ?? '0x' })).toBe(
      attesterKey.account.address,
    );
  });

  it('error: COS-107 for a worker that halves one debt, naming the account; nothing is signed', async () => {
    const lie = evaluatedMarket({
      change: (snapshot) => withDebts(withDebts(snapshot, 1.1, 'all'), 0.5, 'first'),
    });
    const found = await refusalOf(coSigner().attest(request(publish(servedOf(lie)))));
    const account = truth.snapshot.lending[0]?.positions[0]?.id ?? '';
    expect(found.code).toBe('COS-107');
    expect(found.details).toEqual([
      expect.stringMatching(
        new RegExp(`/positions/${account}/debt/\\w+: published [\\d.e-]+, own [\\d.e-]+$`),
      ),
    ]);
    expect(posted).toEqual([]);
  });

  it('error: COS-107 for a worker that drops an account, in one line', async () => {
    const lie = evaluatedMarket({
      change: (snapshot) => ({
        ...withDebts(snapshot, 1.1, 'all'),
        lending: withDebts(snapshot, 1.1, 'all').lending.map((protocol) => ({
          ...protocol,
          positions: protocol.positions.slice(1),
        })),
      }),
    });
    const found = await refusalOf(coSigner().attest(request(publish(servedOf(lie)))));
    expect([found.code, found.details.length, found.details[0]]).toEqual([
      'COS-107',
      1,
      expect.stringContaining('published (absent)'),
    ]);
  });

  it('error: COS-108 for a worker that reports a better number on true inputs, naming the field', async () => {
    const record = { ...truth.record, reading: { ...truth.record.reading, ssfThreshold: '0.500000' } };
    const found = await refusalOf(coSigner().attest(request(publish({ ...servedOf(truth), record }))));
    expect([found.code, found.details]).toEqual([
      'COS-108',
      [`/reading/ssfThreshold: published "0.500000", own "${truth.record.reading.ssfThreshold}"`],
    ]);
    expect(posted).toEqual([]);
  });

  it('error: COS-105 for altered chunks, and for a record that rests on another snapshot', async () => {
    const [first, ...rest] = truth.encoded.chunks;
    const bytes = Uint8Array.from(first?.bytes ?? []);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    const altered = await refusalOf(
      coSigner().attest(
        request(
          publish({ ...servedOf(truth), chunks: [{ digest: first?.digest ?? zeroHash, bytes }, ...rest] }),
        ),
      ),
    );
    const foreign = await refusalOf(
      coSigner().attest(
        request(
          publish({ ...servedOf(truth), record: { ...truth.record, snapshotRoot: digestFrom('other') } }),
        ),
      ),
    );
    expect([altered.code, foreign.code]).toEqual(['COS-105', 'COS-105']);
  });

  it('error: COS-106 for another engine, COS-109 when too old or ahead of the chain, COS-111 for a foreign chain', async () => {
    const other = await refusalOf(
      coSigner().attest(
        request(
          publish({
            ...servedOf(truth),
            record: { ...truth.record, engineVersion: digestFrom('other engine') },
          }),
        ),
      ),
    );
    const id = publish(servedOf(truth));
    now = T0 + POLICY.maxEvaluationAgeSec + 1;
    const old = await refusalOf(coSigner().attest(request(id)));
    now = T0 - 5;
    const early = await refusalOf(coSigner().attest(request(id)));
    now = T0 + 30;
    const blocks = truth.record.blocks.map((block) => ({ ...block, chain: 'eip155:1' }));
    const foreign = await refusalOf(
      coSigner().attest(request(publish({ ...servedOf(truth), record: { ...truth.record, blocks } }))),
    );
    expect([other.code, old.code, early.code, foreign.code]).toEqual([
      'COS-106',
      'COS-109',
      'COS-109',
      'COS-111',
    ]);
  });

  it('error: COS-110 when the api asks for another registry state than the chain holds', async () => {
    const found = await refusalOf(
      coSigner().attest(
        request(publish(servedOf(truth)), { ...link, parentDigest: digestFrom('elsewhere') }),
      ),
    );
    expect([found.code, posted]).toEqual(['COS-110', []]);
  });

  it('error: COS-123 for a key outside the attester set', async () => {
    const attester = signerFromPrivateKey(voterKey.key, 'TEST');
    expect((await refusalOf(coSigner({ attester }).attest(request(publish(servedOf(truth)))))).code).toBe(
      'COS-123',
    );
    expect(posted).toEqual([]);
  });

  it('error: COS-123 without an attester key', async () => {
    expect(
      (await refusalOf(coSigner({ attester: null }).attest(request(publish(servedOf(truth)))))).code,
    ).toBe('COS-123');
  });
});

/** As a database gives it back: the order of keys is not kept. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}
const viewOf = ({ id, kind, parentId, createdAt, body }: Artefact) => ({
  id,
  kind,
  parentId,
  createdAt: new Date(createdAt * 1000).toISOString(),
  body: shuffled(body),
});

interface Line {
  readonly market?: EvaluatedMarket;
  readonly proposal?: Artefact<'proposal'>;
  readonly regime?: 'TIGHTEN' | 'EMERGENCY' | 'GREEN';
  readonly changed?: Partial<Artefact<'safe-transaction'>['body']>;
  readonly later?: readonly ProposalEvent[];
}

/** Serves a fast proposal with its Safe transaction. */
function fastLine({
  market = truth,
  proposal = proposalFor(market.evaluation, 'T', codec),
  regime = 'TIGHTEN',
  changed = {},
  later = [],
}: Line = {}) {
  publish(servedOf(market));
  const authorised: ProposalEvent = {
    type: 'FastAuthorised',
    at: T0 + 20,
    evaluation: market.evaluation.id,
    regime,
  };
  const transaction = artefactOf(
    'safe-transaction',
    { parentId: proposal.id, createdAt: T0 + 25 },
    { ...safeTransactionOf(proposal, { codec, nonce: 4, tallyRoot: null }), ...changed },
  );
  const signing: ProposalEvent = { type: 'SigningOpened', at: T0 + 25, safeTransaction: transaction.id };
  routes.set(`/v1/proposals/${proposal.id}`, {
    ...viewOf(proposal),
    events: [...openingEvents(proposal).slice(0, 2), authorised, signing, ...later],
  });
  newest = market.evaluation.id;
  return { transaction, signers: [] };
}
const changedProposal = (body: Partial<Artefact<'proposal'>['body']>) => {
  const proposal = proposalFor(truth.evaluation, 'T', codec);
  return artefactOf(
    'proposal',
    { parentId: proposal.parentId ?? zeroHash, createdAt: proposal.createdAt },
    { ...proposal.body, ...body },
  );
};

describe('coSign on the fast path', () => {
  it('default: what re-encodes from an evaluation it verified, it signs with the owner key', async () => {
    const view = fastLine();
    expect(await coSigner().coSign(view)).toEqual(accepted(view.transaction.id));
    expect(
      await recoverAddress({
        hash: view.transaction.body.safeTxHash,
        signature: posted[0]?.body.signature ?? '0x',
      }),
    ).toBe(ownerKey.account.address);
  });

  it.each<[string, string, () => Line]>([
    [
      'call data that tightens more than the proposal says',
      'COS-122',
      () => ({
        changed: {
          data: safeTransactionOf(
            changedProposal({
              action: { ...proposalFor(truth.evaluation, 'T', codec).body.action, ltBpsTo: 7_000 } as never,
            }),
            { codec, nonce: 4, tallyRoot: null },
          ).data,
        },
      }),
    ],
    ['a delegate call', 'COS-122', () => ({ changed: { operation: 1 } })],
    [
      "a hash that is not the transaction's",
      'COS-122',
      () => ({ changed: { safeTxHash: digestFrom('other') } }),
    ],
    ['another Safe', 'COS-121', () => ({ changed: { safe: ADDRESSES.contracts.marginGuard } })],
    [
      'text that says something else',
      'COS-126',
      () => ({ proposal: changedProposal({ text: 'Harmless housekeeping' }) }),
    ],
    [
      'a counterfactual table that was swapped',
      'COS-126',
      () => ({ proposal: changedProposal({ counterfactualHash: digestFrom('other') }) }),
    ],
    [
      'a validity longer than its class has',
      'COS-126',
      () => ({ proposal: changedProposal({ validUntil: T0 + 86_400 }) }),
    ],
    ['a lever of another class', 'COS-134', () => ({ proposal: changedProposal({ class: 'B0' }) })],
    [
      'a class of the other Safe',
      'COS-134',
      () => ({ proposal: changedProposal({ class: 'R' }), changed: { role: 'responder' } }),
    ],
    [
      'a field that nobody here knows',
      'COS-133',
      () => ({ proposal: changedProposal({ note: 'sign me' } as never) }),
    ],
    [
      'a proposal that a guardian vetoed',
      'COS-132',
      () => ({ later: [{ type: 'Vetoed', at: T0 + 26, by: 'guardian', reason: 'no' }] }),
    ],
    ['a regime that allows nothing', 'COS-127', () => ({ regime: 'GREEN' })],
    ['an emergency that the evidence does not show', 'COS-127', () => ({ regime: 'EMERGENCY' })],
  ])('error: %s is %s', async (_name, code, line) => {
    expect((await refusalOf(coSigner().coSign(fastLine(line())))).code).toBe(code);
    expect(posted).toEqual([]);
  });

  it('error: COS-127 when the market is above the safety level', async () => {
    const calm = evaluatedMarket();
    const before = truth;
    truth = calm;
    const found = await refusalOf(coSigner().coSign(fastLine({ market: calm })));
    truth = before;
    expect(found.code).toBe('COS-127');
  });

  it('error: COS-124 for a used nonce, COS-125 after its time, COS-128 over budget, COS-123 for a key without a seat', async () => {
    const view = fastLine();
    nonce = 5;
    const used = await refusalOf(coSigner().coSign(view));
    nonce = 4;
    stepLeft = 49;
    const over = await refusalOf(coSigner().coSign(view));
    stepLeft = 50;
    const seatless = await refusalOf(
      coSigner({ owner: signerFromPrivateKey(voterKey.key, 'TEST') }).coSign(view),
    );
    now = view.transaction.body.validUntil + 1;
    const late = await refusalOf(coSigner().coSign(view));
    expect([used.code, over.code, seatless.code, late.code]).toEqual([
      'COS-124',
      'COS-128',
      'COS-123',
      'COS-125',
    ]);
  });

  it('error: COS-129 when the chain stands below what the proposal calls a tightening', async () => {
    const view = fastLine();
    inForce = { ltvBps: 7_400, ltBps: 7_900 };
    expect((await refusalOf(coSigner().coSign(view))).code).toBe('COS-129');
    expect(posted).toEqual([]);
  });

  it('error: COS-110 when the registry holds a newer evaluation than the one it rests on', async () => {
    const view = fastLine();
    newest = digestFrom('newer');
    expect((await refusalOf(coSigner().coSign(view))).code).toBe('COS-110');
  });

  it('error: COS-123 for a Safe transaction of the other role', async () => {
    expect((await refusalOf(coSigner(COUNCIL).coSign(fastLine()))).code).toBe('COS-123');
  });

  it('error: COS-109 for an evaluation that grew too old after it was checked', async () => {
    const signer = coSigner();
    const id = publish(servedOf(truth));
    expect(await signer.attest(request(id))).toEqual(accepted(id));
    now = T0 + POLICY.maxEvaluationAgeSec + 1;
    expect((await refusalOf(signer.attest(request(id)))).code).toBe('COS-109');
  });

  it('error: COS-107 for a Safe transaction that rests on a halved debt', async () => {
    const lie = evaluatedMarket({
      change: (snapshot) => withDebts(withDebts(snapshot, 1.1, 'all'), 0.5, 'first'),
    });
    expect((await refusalOf(coSigner().coSign(fastLine({ market: lie })))).code).toBe('COS-107');
  });
});

/** Serves a closed vote on the baseline with one ballot. */
async function votedLine(
  change: (honest: ReturnType<typeof tally>) => ReturnType<typeof tally> = (honest) => honest,
) {
  publish(servedOf(truth));
  const proposal = proposalFor(truth.evaluation, 'S', codec);
  const during = (proposal.body.reviewEndsAt ?? 0) + 60;
  const { evaluation, payloadHash, counterfactualHash } = proposal.body;
  const message: BallotToSign = {
    proposal: proposal.id,
    evaluation,
    payloadHash,
    counterfactualHash,
    voter: voterKey.account.address,
    choice: 'for',
    reasonHash: zeroHash,
    nonce: 1,
    deadline: during + 60,
    chainId: CHAIN_ID,
    verifyingContract: ADDRESSES.contracts.coalitionToken,
  };
  const ballot: Ballot = {
    ...message,
    signature: await voterKey.account.signTypedData(ballotTypedData(message)),
    receivedAt: during,
  };
  now = (proposal.body.voteEndsAt ?? 0) + 10;
  const events = openingEvents(proposal);
  const { facts, counted } = await recount(
    { codec, signatures: readers.signatures, votes: readers.votes, policy: POLICY },
    { proposal: proposal.id, events, ballots: [ballot], now },
  );
  const result = change(tally(facts, counted));
  routes.set(`/v1/proposals/${proposal.id}/ballots`, {
    items: [viewOf(ballotArtefact(proposal.id, ballot))],
  });
  const counting = artefactOf('tally', { parentId: proposal.id, createdAt: now }, result);
  routes.set(`/v1/proposals/${proposal.id}/tally`, viewOf(counting));
  const transaction = artefactOf(
    'safe-transaction',
    { parentId: proposal.id, createdAt: now },
    safeTransactionOf(proposal, { codec, nonce: 4, tallyRoot: result.root }),
  );
  const succeeded: ProposalEvent = { type: 'VoteSucceeded', at: now, tally: counting.id, root: result.root };
  const signing: ProposalEvent = { type: 'SigningOpened', at: now, safeTransaction: transaction.id };
  routes.set(`/v1/proposals/${proposal.id}`, {
    ...viewOf(proposal),
    events: [...events, succeeded, signing],
  });
  return { transaction, signers: [] };
}

const COUNCIL = { role: 'council', attester: null } as const;

describe('coSign after a vote', () => {
  it('default: ballots counted again to the same root, it signs the scheduling', async () => {
    const view = await votedLine();
    expect(await coSigner(COUNCIL).coSign(view)).toEqual(accepted(view.transaction.id));
  });

  it('error: COS-131 for a tally that leaves the ballot out or changes it, COS-130 before the close', async () => {
    const empty = await refusalOf(
      coSigner(COUNCIL).coSign(
        await votedLine((honest) => ({ ...honest, leaves: [], for: '0', root: zeroHash })),
      ),
    );
    const forged = await refusalOf(
      coSigner(COUNCIL).coSign(await votedLine((honest) => ({ ...honest, for: '2000000000000000000' }))),
    );
    const early = await votedLine();
    now -= 3_600;
    expect([empty.code, forged.code, (await refusalOf(coSigner(COUNCIL).coSign(early))).code]).toEqual([
      'COS-131',
      'COS-131',
      'COS-130',
    ]);
  });

  it('error: COS-122 when the transaction carries another tally root than the one counted', async () => {
    const { transaction } = await votedLine();
    const proposal = proposalFor(truth.evaluation, 'S', codec);
    const other = artefactOf(
      'safe-transaction',
      { parentId: proposal.id, createdAt: now },
      { ...safeTransactionOf(proposal, { codec, nonce: 4, tallyRoot: digestFrom('other') }) },
    );
    expect(other.id).not.toBe(transaction.id);
    expect((await refusalOf(coSigner(COUNCIL).coSign({ transaction: other, signers: [] }))).code).toBe(
      'COS-122',
    );
  });
});
