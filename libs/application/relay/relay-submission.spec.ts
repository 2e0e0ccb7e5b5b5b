import { beforeEach, describe, expect, it } from '@jest/globals';
import { ATTESTERS, lineWorld, type LineWorld } from '#test/support/line/line-world';
import type { Artefact, Digest } from '../artefacts.js';
import { acceptAttestation } from '../intake/accept-attestation.js';
import { plainSignature } from '../in-memory/codec.js';
import { captureStage } from '../stages/capture.js';
import { evaluateStage } from '../stages/evaluate.js';
import type { RelayOutcome, RelayPorts } from './relay-ports.js';
import { relaySubmission } from './relay-submission.js';
import { replacementFees } from './sending.js';

const GWEI = 10n ** 9n;

describe('relaySubmission', () => {
  let world: LineWorld;
  let evaluation: Digest;

  /** An evaluation that two attesters vouched for, ready to be published. */
  beforeEach(async () => {
    world = lineWorld();
    const root = (await captureStage(world.ports)()).artefacts[0] ?? '0x';
    evaluation = (await evaluateStage(world.ports)(root)).artefacts[0] ?? '0x';
    const record = await world.store.transaction((tx) => tx.get('evaluation', evaluation));
    const link = await world.ports.attesters.link();
    if (record === null) throw new RangeError('the evaluation is stored');
    const hash = world.ports.codec.attestationHash(record.body, link);
    for (const signer of ATTESTERS.slice(0, 2)) {
      await acceptAttestation(world.ports)(evaluation, { signer, signature: plainSignature(hash, signer) });
    }
  });

  const pass = (ports: RelayPorts = world.relay): Promise<RelayOutcome> => relaySubmission(ports)(evaluation);
  const submissions = async (): Promise<readonly Artefact<'submission'>[]> =>
    [...(await world.store.transaction((tx) => tx.newest('submission', 100)))].sort(
      (a, b) => a.createdAt - b.createdAt,
    );

  it('default: journalled, broadcast, mined, confirmed, final', async () => {
    expect((await pass()).note).toContain('accepted');
    world.chain.mine();
    expect((await pass()).note).toContain('mined in block');
    expect((await pass()).note).toContain('0 of 2 confirmations');
    world.chain.mine();
    world.chain.mine();
    expect((await pass()).kind).toBe('watching');
    for (let i = 0; i < 15; i += 1) world.chain.mine();
    expect((await pass()).kind).toBe('watching');
    expect(await pass()).toMatchObject({ kind: 'done', note: 'the registry holds it' });
    expect(world.chain.state.latestDigest).toBe(evaluation);
    expect(await submissions()).toHaveLength(1);
  });

  it('behavior: the journal holds an attempt before the node sees it', async () => {
    let journalled = -1;
    const broadcast = world.chain.broadcast.bind(world.chain);
    world.chain.broadcast = async (raw) => {
      journalled = (await submissions()).filter((s) => s.body.raw === raw).length;
      return broadcast(raw);
    };
    await pass();
    expect(journalled).toBe(1);
  });

  it('behavior: an attempt that the node never saw is handed over again, not signed again', async () => {
    const broadcast = world.chain.broadcast.bind(world.chain);
    world.chain.broadcast = async () => 'unknown';
    await pass();
    world.chain.broadcast = broadcast;
    expect((await pass()).note).toContain('accepted');
    expect(await submissions()).toHaveLength(1);
  });

  it('behavior: nothing is sent that would revert', async () => {
    world.chain.alter((state) => ({ ...state, attesterThreshold: 2, computedAt: Number.MAX_SAFE_INTEGER }));
    expect((await pass()).note).toContain('reverts: not newer');
    expect(await submissions()).toHaveLength(0);
  });

  it('behavior: a stuck attempt is replaced at its nonce with 12.5 % more, and only one of both takes effect', async () => {
    world.chain.baseFee = 10n * GWEI;
    await pass();
    const head = world.chain.head.bind(world.chain);
    world.chain.head = async () => ({ ...(await head()), timestamp: (await head()).timestamp + 31 });
    expect((await pass()).note).toContain('accepted');
    const [first, second] = await submissions();
    expect(second?.body.nonce).toBe(first?.body.nonce);
    expect(BigInt(second?.body.maxFeePerGas ?? 0) * 1000n).toBeGreaterThanOrEqual(
      BigInt(first?.body.maxFeePerGas ?? 0) * 1125n,
    );
    world.chain.mine();
    await pass();
    expect(world.chain.tip.nonce).toBe(1);
    expect(world.chain.state.latestDigest).toBe(evaluation);
  });

  it('behavior: an attempt that must no longer be sent is cancelled at its nonce', async () => {
    await pass();
    const head = world.chain.head.bind(world.chain);
    world.chain.head = async () => ({ ...(await head()), timestamp: (await head()).timestamp + 1_000 });
    expect((await pass()).note).toContain('accepted');
    const purposes = (await submissions()).map((s) => s.body.purpose);
    expect(purposes).toEqual(['publish-evaluation', 'cancel']);
    world.chain.mine();
    expect(world.chain.tip.nonce).toBe(1);
    expect(world.chain.state.latestDigest).not.toBe(evaluation);
  });

  it('error: RLY-101 above the fee cap nothing is signed', async () => {
    world.chain.baseFee = 10n ** 12n;
    const code = await pass().then(
      () => 'sent',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    expect(code).toBe('RLY-101');
    expect(await submissions()).toHaveLength(0);
  });

  it('behavior: two relayers with one key do not reserve one nonce twice', async () => {
    const results = await Promise.allSettled([pass(), pass()]);
    expect(results.some((r) => r.status === 'fulfilled')).toBe(true);
    const nonces = (await submissions()).map((s) => s.body.nonce);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

describe('replacementFees', () => {
  it('default: at least 12.5 % above the old in both fields, rounded up', () => {
    const market = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
    expect(replacementFees({ maxFeePerGas: '1001', maxPriorityFeePerGas: '8' }, market)).toEqual({
      maxFeePerGas: 1127n,
      maxPriorityFeePerGas: 9n,
    });
  });

  it('behavior: never below the present market', () => {
    const market = { maxFeePerGas: 5_000n, maxPriorityFeePerGas: 70n };
    expect(replacementFees({ maxFeePerGas: '1000', maxPriorityFeePerGas: '8' }, market)).toEqual(market);
  });
});
