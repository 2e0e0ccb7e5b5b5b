import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InMemoryArtefactStore, type SafeRole } from '#libs/application/index';
import { publicClientOf } from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { ADDRESSES, storeMarket } from '#test/support/line-fixture';
import {
  ATTESTER,
  CODEC,
  coSigningWorld,
  fastToSign,
  marketOf,
  OWN_ENGINE,
  OWNER,
  type ToSign,
  voteToSign,
  withOneDebtHalved,
} from '#test/support/co-signing-world';
import { recoverAddress } from 'viem';
import { createApi } from '../../apps/api/api.application.js';
import { ApiClient } from '../../apps/cosigner/api-client.js';
import { CoSigner } from '../../apps/cosigner/co-signer.js';
import { accepted } from '../../apps/cosigner/refusal.js';
import { Watch } from '../../apps/cosigner/watch.js';

type Line = Record<string, unknown>;

describe('co-signer against the api', () => {
  const logged: { level: 'info' | 'warn'; line: Line; message: string }[] = [];
  let world: ReturnType<typeof coSigningWorld>;
  let store: InMemoryArtefactStore;
  let app: NestFastifyApplication;
  let base = '';

  beforeEach(async () => {
    logged.length = 0;
    world = coSigningWorld();
    store = new InMemoryArtefactStore();
    const ports = { store, codec: CODEC, policy: POLICY, ...world.readers };
    const metrics = { contentType: 'text/plain', metrics: () => Promise.resolve('') };
    app = await createApi(
      {
        ports,
        checks: {},
        metrics,
        log: { error: (fields) => logged.push({ level: 'warn', line: fields as Line, message: 'api' }) },
      },
      { requestsPerMinute: 5_000, bodyBytes: 65_536 },
    );
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
  });
  afterEach(() => app.close());

  function watchOf(role: SafeRole): Watch {
    const api = new ApiClient(base, 10_000);
    const attester = role === 'responder' ? ATTESTER : null;
    const chain = { reaching: () => Promise.resolve(accepted(publicClientOf(['http://127.0.0.1:1']))) };
    const coSigner = new CoSigner({
      role,
      api,
      chain,
      readers: () => world.readers,
      codec: CODEC,
      registry: ADDRESSES.contracts.evaluationRegistry,
      engine: OWN_ENGINE,
      attester,
      owner: OWNER,
    });
    const log = {
      info: (line: Line, message: string) => void logged.push({ level: 'info', line, message }),
      warn: (line: Line, message: string) => void logged.push({ level: 'warn', line, message }),
    };
    return new Watch({
      role,
      api,
      coSigner,
      attester: attester?.address ?? null,
      owner: OWNER.address,
      log,
      pollMs: 1_000,
    });
  }

  async function openForSigning({ proposal, events, transaction }: ToSign): Promise<void> {
    await store.transaction(async (tx) => {
      await tx.put(proposal);
      await tx.append(proposal.id, events, 0);
      await tx.put(transaction);
    });
  }

  const attestations = (id: `0x${string}`) => store.transaction((tx) => tx.children('attestation', id));
  const signatures = ({ transaction }: ToSign) =>
    store.transaction((tx) => tx.children('co-signature', transaction.id));
  const refusals = () => logged.filter(({ level }) => level === 'warn').map(({ line }) => line['code']);

  it('default: an honest evaluation is attested, once', async () => {
    await store.transaction((tx) => storeMarket(tx, world.market));
    const watch = watchOf('responder');
    await watch.look();
    await watch.look();
    expect(refusals()).toEqual([]);
    const found = await attestations(world.market.evaluation.id);
    expect(found).toHaveLength(1);
    const hash = CODEC.attestationHash(world.market.record, world.truth.link);
    expect(await recoverAddress({ hash, signature: found[0]?.body.signature ?? '0x' })).toBe(
      ATTESTER.address,
    );
  });

  it('behavior: a worker that halves one debt gets no signature, and the log names the row', async () => {
    const lie = marketOf(withOneDebtHalved(world.market.snapshot));
    await store.transaction((tx) => storeMarket(tx, lie));
    const watch = watchOf('responder');
    await watch.look();
    await watch.look();
    expect(await attestations(lie.evaluation.id)).toEqual([]);
    expect(refusals()).toEqual(['COS-107']);
    const details = String(logged.find(({ level }) => level === 'warn')?.line['details']);
    expect(details).toMatch(/\/lending\/.*\/positions\/account-0000000\/debt\/USDC: published \S+, own \S+/);
  });

  it('behavior: a fast action on a halved debt gets no owner signature either, even once attested', async () => {
    const lie = marketOf(withOneDebtHalved(world.market.snapshot));
    await store.transaction((tx) => storeMarket(tx, lie));
    world.truth.link = { parentDigest: lie.evaluation.id, attesterEpoch: 1 };
    const fast = fastToSign(lie.evaluation);
    await openForSigning(fast);
    await watchOf('responder').look();
    expect(await signatures(fast)).toEqual([]);
    expect(refusals()).toEqual(['COS-107']);
  });

  it('default: a fast action that answers a breach is signed with the owner key', async () => {
    await store.transaction((tx) => storeMarket(tx, world.market));
    world.truth.link = { parentDigest: world.market.evaluation.id, attesterEpoch: 1 };
    const fast = fastToSign(world.market.evaluation);
    await openForSigning(fast);
    const watch = watchOf('responder');
    await watch.look();
    await watch.look();
    expect(refusals()).toEqual([]);
    const [found, ...more] = await signatures(fast);
    expect(more).toEqual([]);
    expect(
      await recoverAddress({
        hash: fast.transaction.body.safeTxHash,
        signature: found?.body.signature ?? '0x',
      }),
    ).toBe(OWNER.address);
  });

  it('default: a won vote is counted again and its scheduling is signed by the council', async () => {
    await store.transaction((tx) => storeMarket(tx, world.market));
    const vote = await voteToSign(world.market.evaluation, world.truth.power);
    world.truth.now = vote.closedAt + 60;
    await openForSigning(vote);
    await store.transaction(async (tx) => {
      for (const ballot of vote.ballots) await tx.put(ballot);
      await tx.put(vote.tally);
    });
    await watchOf('council').look();
    expect(refusals()).toEqual([]);
    expect(await signatures(vote)).toHaveLength(1);
  });

  it('behavior: a vote whose ballots are held back gets no signature of the council', async () => {
    await store.transaction((tx) => storeMarket(tx, world.market));
    const vote = await voteToSign(world.market.evaluation, world.truth.power);
    world.truth.now = vote.closedAt + 60;
    await openForSigning(vote);
    await store.transaction((tx) => tx.put(vote.tally));
    await watchOf('council').look();
    expect(refusals()).toEqual(['COS-131']);
    expect(await signatures(vote)).toEqual([]);
  });

  it('behavior: an api that is gone is said once, and work goes on when it is back', async () => {
    await store.transaction((tx) => storeMarket(tx, world.market));
    const watch = watchOf('responder');
    const there = base;
    base = 'http://127.0.0.1:1';
    const blind = watchOf('responder');
    await blind.look();
    await blind.look();
    expect(refusals()).toEqual(['COS-140']);
    expect(blind.fault()).toContain('127.0.0.1:1');
    base = there;
    await watch.look();
    expect(await attestations(world.market.evaluation.id)).toHaveLength(1);
    expect(watch.fault()).toBeNull();
  });
});
