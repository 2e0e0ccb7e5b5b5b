import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  artefactOf,
  InMemoryArtefactStore,
  safeTransactionOf,
  type Digest,
  type HexBytes,
} from '#libs/application/index';
import { sha256 } from '#libs/canonical/index';
import { POLICY } from '#libs/governance/index';
import { ballotTypedData, type BallotToSign } from '#libs/protocol/index';
import {
  accountOf,
  ADDRESSES,
  CHAIN_ID,
  digestFrom,
  evaluatedMarket,
  fixtureCodec,
  proposalFor,
  openingEvents,
  storeMarket,
  T0,
} from '#test/support/line-fixture';
import { recoverAddress, zeroHash } from 'viem';
import { createApi } from './api.application.js';
import type { ApiParts, ApiPorts } from './parts.js';

const codec = fixtureCodec();
const market = evaluatedMarket();
const [attester1, attester2, owner, voter, stranger] = [
  'attester 1',
  'attester 2',
  'owner',
  'voter',
  'stranger',
].map((name) => accountOf(name).account) as [Account, Account, Account, Account, Account];
type Account = ReturnType<typeof accountOf>['account'];
const link = { parentDigest: zeroHash, attesterEpoch: 1 };
const vote = proposalFor(market.evaluation, 'S', codec);
const fast = proposalFor(market.evaluation, 'T', codec);
const safeTransaction = artefactOf(
  'safe-transaction',
  { parentId: fast.id, createdAt: T0 },
  safeTransactionOf(fast, { codec, nonce: 4, tallyRoot: null }),
);
const during = (vote.body.reviewEndsAt ?? 0) + 60;

let now = T0 + 10;
let broken = false;
let database: string | null = null;
const logged: unknown[] = [];
const store = new InMemoryArtefactStore();
const ports: ApiPorts = {
  store,
  codec,
  policy: POLICY,
  clock: {
    now: () => (broken ? Promise.reject(new Error('secret detail of the inside')) : Promise.resolve(now)),
  },
  signatures: {
    signedBy: async ({ hash, signer, signature }) =>
      (await recoverAddress({ hash, signature }).catch(() => null))?.toLowerCase() === signer.toLowerCase(),
  },
  attesters: {
    attesters: () => Promise.resolve({ members: [attester1.address, attester2.address], threshold: 2 }),
    link: () => Promise.resolve(link),
  },
  safes: { safe: () => Promise.resolve({ owners: [owner.address], threshold: 1, nonce: 4 }) },
  votes: {
    votes: (who) => Promise.resolve(who.toLowerCase() === voter.address.toLowerCase() ? 10n ** 18n : 0n),
    countedSupply: () => Promise.resolve(10n ** 18n),
  },
};
const parts: ApiParts = {
  ports,
  checks: { database: () => Promise.resolve(database) },
  metrics: { contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('up 1\n') },
  log: { error: (fields) => logged.push(fields) },
};

let app: NestFastifyApplication;
let base = '';
beforeAll(async () => {
  await store.transaction(async (tx) => {
    await storeMarket(tx, market);
    await tx.put(vote);
    await tx.put(fast);
    await tx.append(vote.id, openingEvents(vote), 0);
    await tx.append(fast.id, openingEvents(fast), 0);
    await tx.put(safeTransaction);
  });
  app = await createApi(parts, { requestsPerMinute: 500, bodyBytes: 4_096 });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});
afterAll(() => app.close());

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${base}${path}`, { headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? (JSON.parse(text) as Record<string, never>) : null,
  };
}

async function post(path: string, body: unknown) {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: (await response.json()) as Record<string, unknown>,
  };
}

const attest = async (who: Account, path: Digest = market.evaluation.id) => {
  const signature = await who.sign({ hash: codec.attestationHash(market.record, link) });
  return post(`/v1/evaluations/${path}/attestations`, { signer: who.address, signature });
};

describe('attestations', () => {
  it('default: the request stands until the threshold, the reading appears with it, and each new signature enqueues the next stage', async () => {
    const open = await get('/v1/attestation-requests');
    expect(open.json).toMatchObject({
      attestationsNeeded: 2,
      items: [{ evaluation: market.evaluation.id, parentDigest: zeroHash, signers: [] }],
    });
    expect((await get('/v1/readings/latest')).status).toBe(404);
    expect((await attest(attester1)).status).toBe(201);
    expect((await get('/v1/readings/latest')).status).toBe(404);
    expect((await attest(attester2)).status).toBe(201);
    expect((await get('/v1/readings/latest')).json).toMatchObject({
      evaluation: market.evaluation.id,
      ssfThreshold: market.record.reading.ssfThreshold,
    });
    const jobs = store.jobs().filter(({ queue }) => queue === 'attest');
    expect(jobs.map(({ artefact }) => artefact)).toEqual([market.evaluation.id, market.evaluation.id]);
  });

  it('behavior: the same attestation again is the same receipt', async () => {
    expect((await attest(attester1)).status).toBe(200);
  });

  it('error: GOV-201 for a stranger, GOV-202 for a signature over something else, 404 for an unknown evaluation', async () => {
    expect(await attest(stranger)).toMatchObject({
      status: 422,
      json: { code: 'GOV-201', errors: [{ pointer: '/signer' }] },
    });
    const signature = await attester1.sign({ hash: digestFrom('another thing') });
    expect(
      await post(`/v1/evaluations/${market.evaluation.id}/attestations`, {
        signer: attester1.address,
        signature,
      }),
    ).toMatchObject({ status: 422, json: { code: 'GOV-202' } });
    expect(await attest(attester1, digestFrom('unknown'))).toMatchObject({
      status: 404,
      json: { code: 'API-003' },
    });
  });
});

describe('readings and evidence', () => {
  it('default: latest carries the evaluation digest as strong ETag and answers 304 to it, also through fetch', async () => {
    const first = await get('/v1/readings/latest');
    expect(first.headers.get('etag')).toBe(`"${market.evaluation.id}"`);
    const again = await get('/v1/readings/latest', {
      'if-none-match': `"${market.evaluation.id}"`,
      'cache-control': 'no-cache',
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('default: the bundle is immutable and its chunks are the bytes their names say', async () => {
    const bundle = await get(`/v1/evaluations/${market.evaluation.id}/bundle`);
    expect(bundle.headers.get('cache-control')).toContain('immutable');
    const chunks = (bundle.json as unknown as { chunks: { sha256: string; path: string }[] }).chunks;
    expect(chunks.map(({ sha256: name }) => name)).toEqual(market.encoded.header.chunks);
    for (const { sha256: name, path } of chunks) {
      const response = await fetch(`${base}${path}`);
      expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(name);
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
  });

  it.each([
    ['bytes=0-3', 206, 0, 4],
    ['bytes=2-', 206, 2, undefined],
    ['bytes=-5', 206, -5, undefined],
    ['bytes=0-1,4-5', 200, 0, undefined],
  ])('behavior: Range %s gives %i', async (range, status, from, to) => {
    const { digest, bytes } = market.encoded.chunks[0] ?? { digest: zeroHash, bytes: new Uint8Array() };
    const response = await fetch(`${base}/v1/chunks/${digest}`, { headers: { range } });
    expect(response.status).toBe(status);
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes.slice(from, to)))).toBe(true);
  });

  it('error: API-008 with the length for a range outside', async () => {
    const { digest, bytes } = market.encoded.chunks[0] ?? { digest: zeroHash, bytes: new Uint8Array() };
    const answer = await get(`/v1/chunks/${digest}`, { range: 'bytes=99999999-' });
    expect([answer.status, answer.headers.get('content-range'), answer.headers.get('cache-control')]).toEqual(
      [416, `bytes */${bytes.length}`, 'no-store'],
    );
  });

  it('behavior: pages follow the cursor to the end without loss', async () => {
    const older = evaluatedMarket({ t0: T0 - 60 });
    await store.transaction((tx) => storeMarket(tx, older));
    const first = await get('/v1/evaluations?limit=1');
    const { nextCursor, items } = first.json as unknown as { nextCursor: string; items: { id: string }[] };
    expect(first.headers.get('link')).toContain('rel="next"');
    const second = await get(`/v1/evaluations?limit=1&cursor=${nextCursor}`);
    expect([items[0]?.id, (second.json as unknown as { items: { id: string }[] }).items[0]?.id]).toEqual([
      market.evaluation.id,
      older.evaluation.id,
    ]);
    expect(second.json).toMatchObject({ nextCursor: null });
  });

  it('error: API-002 for a cursor that was not issued here', async () => {
    expect(await get('/v1/evaluations?cursor=%7B%7D')).toMatchObject({
      status: 400,
      json: { code: 'API-002', errors: [{ pointer: '/cursor' }] },
    });
  });
});

async function signedBallot(who: Account, changes: Partial<BallotToSign> = {}) {
  const message: BallotToSign = {
    proposal: vote.id,
    evaluation: vote.body.evaluation,
    payloadHash: vote.body.payloadHash,
    counterfactualHash: vote.body.counterfactualHash,
    voter: who.address,
    choice: 'for',
    reasonHash: digestFrom('because'),
    nonce: 1,
    deadline: during + 3_600,
    chainId: CHAIN_ID,
    verifyingContract: ADDRESSES.contracts.coalitionToken,
    ...changes,
  };
  return { ...message, signature: await who.signTypedData(ballotTypedData(message)) };
}
const cast = async (who: Account, changes: Partial<BallotToSign> = {}) =>
  post(`/v1/proposals/${vote.id}/ballots`, await signedBallot(who, changes));

describe('ballots', () => {
  it('error: GOV-211 before the vote opens', async () => {
    now = T0 + 10;
    expect(await cast(voter)).toMatchObject({ status: 422, json: { code: 'GOV-211' } });
  });

  it('default: a ballot is kept, again it is the same receipt, and a higher nonce replaces it', async () => {
    now = during;
    expect((await cast(voter)).status).toBe(201);
    expect((await cast(voter)).status).toBe(200);
    expect((await cast(voter, { nonce: 2, choice: 'against' })).status).toBe(201);
    expect((await get(`/v1/proposals/${vote.id}/ballots`)).json).toMatchObject({
      items: [{ body: { nonce: 1 } }, { body: { nonce: 2, choice: 'against' } }],
    });
  });

  it.each<[string, string, Partial<BallotToSign>]>([
    ['deadline passed', 'GOV-213', { nonce: 3, deadline: 1 }],
    ['foreign chain', 'GOV-214', { nonce: 3, chainId: 1 }],
    ['foreign contract', 'GOV-215', { nonce: 3, verifyingContract: ADDRESSES.contracts.marginGuard }],
    ['wrong evaluation', 'GOV-217', { nonce: 3, evaluation: digestFrom('other') }],
    ['wrong payload', 'GOV-218', { nonce: 3, payloadHash: digestFrom('other') }],
    ['wrong counterfactual', 'GOV-219', { nonce: 3, counterfactualHash: digestFrom('other') }],
    ['double vote', 'GOV-222', { nonce: 2, choice: 'abstain' }],
  ])('error: %s is %s', async (_name, code, changes) => {
    now = during;
    expect(await cast(voter, changes)).toMatchObject({ status: 422, json: { code } });
  });

  it('error: GOV-220 for an unknown voter, GOV-221 for a broken signature, GOV-212 after the close', async () => {
    now = during;
    expect(await cast(stranger)).toMatchObject({ json: { code: 'GOV-220' } });
    const { signature, ...message } = await signedBallot(voter, { nonce: 3 });
    const broken3 = `${signature.slice(0, -6)}00001b` as HexBytes;
    expect(await post(`/v1/proposals/${vote.id}/ballots`, { ...message, signature: broken3 })).toMatchObject({
      json: { code: 'GOV-221' },
    });
    now = (vote.body.voteEndsAt ?? 0) + 1;
    expect(await cast(voter, { nonce: 4, deadline: now + 60 })).toMatchObject({ json: { code: 'GOV-212' } });
  });

  it('behavior: the state is derived at the chain time of the request', async () => {
    now = T0 + 10;
    expect((await get(`/v1/proposals/${vote.id}`)).json).toMatchObject({ state: { name: 'Review' } });
    now = during;
    expect((await get(`/v1/proposals/${vote.id}`)).json).toMatchObject({
      state: { name: 'Voting', final: false },
    });
  });
});

describe('Safe signatures', () => {
  const sign = async (who: Account, hash: Digest = safeTransaction.body.safeTxHash) =>
    post(`/v1/safe-transactions/${safeTransaction.id}/signatures`, {
      signer: who.address,
      signature: await who.sign({ hash }),
    });

  it('default: an owner is accepted and the next stage enqueued', async () => {
    now = T0 + 10;
    expect((await sign(owner)).status).toBe(201);
    expect(
      store.jobs().some(({ queue, artefact }) => queue === 'co-sign' && artefact === safeTransaction.id),
    ).toBe(true);
    const listed = await get('/v1/safe-transactions?role=responder&open=false');
    expect(listed.json).toMatchObject({
      items: [{ id: safeTransaction.id, signatures: [{ signer: owner.address.toLowerCase() }] }],
    });
  });

  it('error: GOV-204 for no owner, GOV-205 for another hash, GOV-203 after the validity', async () => {
    expect(await sign(stranger)).toMatchObject({ status: 422, json: { code: 'GOV-204' } });
    expect(await sign(owner, digestFrom('other'))).toMatchObject({ json: { code: 'GOV-205' } });
    now = safeTransaction.body.validUntil + 1;
    expect(await sign(owner)).toMatchObject({ json: { code: 'GOV-203' } });
    now = T0 + 10;
  });
});

describe('problems', () => {
  it('default: every bad field is named, with a trace id and our media type', async () => {
    const answer = await post(`/v1/evaluations/${market.evaluation.id}/attestations`, {
      signer: 'x',
      signature: 5,
      extra: true,
    });
    expect(answer.type).toContain('application/problem+json');
    expect(answer.json).toMatchObject({
      type: '/problems/invalid-request',
      status: 400,
      code: 'API-001',
      instance: `/v1/evaluations/${market.evaluation.id}/attestations`,
    });
    expect((answer.json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/signer', '/signature']),
    );
    expect(answer.json['traceId']).toMatch(/^[0-9a-f]{32}$/);
  });

  it("behavior: a body that is no JSON, too large, or not JSON by its type is the caller's mistake", async () => {
    expect((await post('/v1/evaluations/x/attestations', '{')).status).toBe(400);
    expect(
      await post(`/v1/evaluations/${market.evaluation.id}/attestations`, { signer: 'x'.repeat(5_000) }),
    ).toMatchObject({ status: 413, json: { code: 'API-009' } });
    expect((await get('/v1/nothing')).json).toMatchObject({ status: 404, code: 'API-003' });
  });

  it('behavior: the message of an unexpected error stays inside and is logged under the trace id', async () => {
    broken = true;
    const answer = await get('/v1/proposals', {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    broken = false;
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret detail');
    expect(answer.json).toMatchObject({ code: 'API-007', traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect(logged).toEqual([expect.objectContaining({ traceId: '0af7651916cd43dd8448eb211c80319c' })]);
  });
});

describe('operation', () => {
  it('default: live, ready with reasons, metrics, and security headers', async () => {
    expect((await get('/live')).status).toBe(200);
    expect((await get('/ready')).status).toBe(200);
    database = 'gone';
    expect(await get('/ready')).toMatchObject({
      status: 503,
      json: { ready: false, reasons: [{ check: 'database', reason: 'gone' }] },
    });
    database = null;
    expect((await get('/metrics')).text).toBe('up 1\n');
    expect((await get('/live')).headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('default: the OpenAPI document is 3.1 and describes every route by the schemas that check it', async () => {
    const document = (await get('/openapi.json')).json as unknown as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/v1/readings/latest',
        '/v1/evaluations/{digest}/bundle',
        '/v1/chunks/{sha256}',
        '/v1/proposals/{id}/ballots',
        '/v1/safe-transactions/{id}/signatures',
      ]),
    );
    expect(document.paths['/v1/proposals/{id}/ballots']?.['post']?.requestBody).toBeDefined();
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Signed', 'SignedBallot']),
    );
  });

  it('behavior: past the limit the answer is 429 with when to return; probes are not counted', async () => {
    const small = await createApi(parts, { requestsPerMinute: 2, bodyBytes: 4_096 });
    await small.listen(0, '127.0.0.1');
    const url = await small.getUrl();
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await fetch(`${url}/v1/proposals`)).status);
    const refused = await fetch(`${url}/v1/proposals`);
    expect(statuses).toEqual([200, 200, 429]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect([refused.headers.get('ratelimit-policy'), refused.headers.get('ratelimit')]).toEqual([
      '"default";q=2;w=60',
      expect.stringMatching(/^"default";r=0;t=\d+$/),
    ]);
    expect(await refused.json()).toMatchObject({ status: 429, code: 'API-005' });
    expect((await fetch(`${url}/live`)).status).toBe(200);
    await small.close();
  });
});
