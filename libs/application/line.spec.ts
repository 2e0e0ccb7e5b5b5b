import { beforeEach, describe, expect, it } from '@jest/globals';
import { ballotProof, stateOf, verifyBallotProof } from '#libs/governance/index';
import { LineDriver } from '#test/support/line/line-driver';
import { ATTESTERS, lineWorld, RESPONDERS, VOTERS, type LineWorld } from '#test/support/line/line-world';
import type { Artefact, ArtefactKind, Digest } from './artefacts.js';
import { proposalEvents } from './store-reads.js';

const DAY = 86_400;

describe('the line', () => {
  let world: LineWorld;
  let line: LineDriver;
  beforeEach(() => {
    world = lineWorld();
    line = new LineDriver(world);
  });

  const all = <K extends ArtefactKind>(kind: K): Promise<readonly Artefact<K>[]> =>
    world.store.transaction((tx) => tx.newest(kind, 100));
  const stateName = async (id: Digest): Promise<string> =>
    world.store.transaction(async (tx) => stateOf(await proposalEvents(tx, id), world.chain.tip.time).name);
  const ofClass = async (kind: string): Promise<readonly Artefact<'proposal'>[]> =>
    (await all('proposal')).filter((p) => p.body.class === kind);
  const fall = (): void => world.chain.alter((state) => ({ ...state, price: 1_700 }));

  /** Calm, then a fall seen by two runs: the second is the breach. */
  async function playBreach(): Promise<void> {
    await line.captureAndSettle();
    fall();
    world.chain.mine(60);
    await line.captureAndSettle();
    world.chain.mine(60);
    await line.captureAndSettle();
  }

  it('default: a calm market is published and nothing is proposed', async () => {
    await line.captureAndSettle();
    const [evaluation] = await all('evaluation');
    expect(evaluation?.body.reading.ssfThreshold).toBe('0.300000');
    expect(world.chain.state.latestDigest).toBe(evaluation?.id);
    expect(await all('breach')).toHaveLength(0);
  });

  it('behavior: one low run is only watched, and confirmed by a fresh capture', async () => {
    fall();
    await line.captureAndSettle();
    const judged = line.log.filter((entry) => entry.startsWith('judge: '));
    const watched = judged.findIndex((entry) => entry.startsWith('judge: WATCH'));
    expect(watched).toBeGreaterThanOrEqual(0);
    expect(judged.findIndex((entry) => entry.startsWith('judge: TIGHTEN'))).toBeGreaterThan(watched);
    const first = (await all('breach')).at(-1);
    expect(first?.body.reason).toContain('2 of the last');
  });

  it('behavior: breach, proposal, authorisation, Safe, effect and report follow each other', async () => {
    await playBreach();
    const [breach] = await all('breach');
    expect(Number(breach?.body.ssfThreshold)).toBeLessThan(0.2);
    const [fast] = await ofClass('T');
    expect(fast?.body.changes).toEqual([
      { field: 'ltvBps', from: 8_000, to: 7_950 },
      { field: 'ltBps', from: 8_250, to: 8_200 },
    ]);
    expect(world.chain.state.margins['ETH']).toEqual({ ltvBps: 7_950, ltBps: 8_200 });
    const [effect] = await all('effect');
    expect(effect?.body.asIntended).toBe(true);
    const [report] = await all('report');
    expect(report?.body.thresholdAfter).toBe('0.180000');
    expect(report?.body.effective).toBe(true);
    expect(await stateName(fast?.id ?? '0x')).toBe('Effective');
    const signatures = await world.store.transaction(async (tx) =>
      (await tx.children('co-signature', (await tx.newest('safe-transaction', 1))[0]?.id ?? '0x')).map(
        (s) => s.body.signer,
      ),
    );
    expect(new Set(signatures).size).toBeGreaterThanOrEqual(2);
  });

  it('behavior: what the bounds do not allow is stated as a shortfall', async () => {
    await playBreach();
    const remedy = (await all('remedy')).find((r) => r.body.actions.length > 0);
    expect(remedy?.body.shortfall?.thresholdMissing).toBe('0.025000');
  });

  it('behavior: the ratification vote is tallied with proofs, scheduled, and executed after its delay', async () => {
    await playBreach();
    const [vote] = await ofClass('S');
    const id = vote?.id ?? '0x';
    world.chain.mine(DAY + 60);
    expect(await stateName(id)).toBe('Voting');
    for (const voter of VOTERS) expect((await line.vote(id, voter, { choice: 'for' })).kind).toBe('accepted');
    world.chain.mine(3 * DAY);
    await line.settle();
    const [tally] = await all('tally');
    expect(tally?.body).toMatchObject({ outcome: 'succeeded', quorumReached: true });
    for (const voter of VOTERS) {
      const proof = tally === undefined ? null : ballotProof(tally.body, voter);
      expect(proof !== null && tally !== undefined && verifyBallotProof(id, tally.body.root, proof)).toBe(
        true,
      );
    }
    expect(await stateName(id)).toBe('Scheduled');
    world.chain.mine(2 * DAY + 60);
    await line.settle();
    expect(await stateName(id)).toBe('Effective');
    expect(world.chain.state.executed.filter((e) => e === id)).toHaveLength(1);
    expect(world.chain.state.baselines['ETH']).toEqual({ ltvBps: 7_950, ltBps: 8_200 });
  });

  it('behavior: a rejected ratification ends the fast action by its return ramp', async () => {
    await playBreach();
    const [vote] = await ofClass('S');
    const [fast] = await ofClass('T');
    world.chain.mine(DAY + 60);
    for (const voter of VOTERS) await line.vote(vote?.id ?? '0x', voter, { choice: 'against' });
    await world.store.transaction(async (tx) =>
      expect((await tx.children('ballot', vote?.id ?? '0x')).length).toBe(3),
    );
    world.chain.mine(3 * DAY);
    await line.settle();
    expect(await stateName(vote?.id ?? '0x')).toBe('Defeated');
    expect(await stateName(fast?.id ?? '0x')).toBe('Relaxing');
    world.chain.mine(3_600);
    await line.settle();
    expect(await stateName(fast?.id ?? '0x')).toBe('Relaxed');
    expect(world.chain.state.margins['ETH']).toEqual({ ltvBps: 8_000, ltBps: 8_250 });
  });

  it('behavior: ballots that must not count are refused with the reason', async () => {
    await playBreach();
    const [vote] = await ofClass('S');
    const id = vote?.id ?? '0x';
    const [first, second] = VOTERS;
    expect(await line.vote(id, first, { choice: 'for' })).toMatchObject({ kind: 'refused', code: 'GOV-211' });
    world.chain.mine(DAY + 60);
    const wrong = `0x${'ab'.repeat(32)}` as const;
    expect(await line.vote(id, first, { choice: 'for', chainId: 1 })).toMatchObject({
      kind: 'refused',
      code: 'GOV-214',
    });
    expect(await line.vote(id, first, { choice: 'for', evaluation: wrong })).toMatchObject({
      kind: 'refused',
      code: 'GOV-217',
    });
    expect(await line.vote(id, first, { choice: 'for', payloadHash: wrong })).toMatchObject({
      kind: 'refused',
      code: 'GOV-218',
    });
    expect(await line.vote(id, first, { choice: 'for', counterfactualHash: wrong })).toMatchObject({
      kind: 'refused',
      code: 'GOV-219',
    });
    expect(await line.vote(id, ATTESTERS[0], { choice: 'for' })).toMatchObject({
      kind: 'refused',
      code: 'GOV-220',
    });
    expect(await line.vote(id, first, { choice: 'for', nonce: 1 })).toMatchObject({
      kind: 'accepted',
      repeated: false,
    });
    expect(await line.vote(id, first, { choice: 'for', nonce: 1 })).toMatchObject({
      kind: 'accepted',
      repeated: true,
    });
    expect(await line.vote(id, first, { choice: 'against', nonce: 1 })).toMatchObject({
      kind: 'refused',
      code: 'GOV-222',
    });
    expect(await line.vote(id, first, { choice: 'against', nonce: 2 })).toMatchObject({ kind: 'accepted' });
    world.chain.mine(3 * DAY);
    expect(await line.vote(id, second, { choice: 'for' })).toMatchObject({
      kind: 'refused',
      code: 'GOV-212',
    });
  });

  it('behavior: without enough owners nothing reaches the chain and the proposal expires', async () => {
    RESPONDERS.slice(1).forEach((owner) => line.silent.add(owner));
    await playBreach();
    const [fast] = await ofClass('T');
    expect(await stateName(fast?.id ?? '0x')).toBe('Signing');
    world.chain.mine(1_000);
    await line.settle();
    expect(await stateName(fast?.id ?? '0x')).toBe('Expired');
    expect(world.chain.state.effects).toBe(0);
  });

  it('behavior: a fast proposal that never reached the chain gives way to one on newer evidence', async () => {
    RESPONDERS.slice(1).forEach((owner) => line.silent.add(owner));
    await playBreach();
    const [old] = await ofClass('T');
    expect(await stateName(old?.id ?? '0x')).toBe('Signing');
    line.silent.clear();
    world.chain.mine(1_000);
    await line.captureAndSettle();
    expect(await stateName(old?.id ?? '0x')).toBe('Expired');
    const newer = (await ofClass('T')).find((p) => p.id !== old?.id);
    expect(await stateName(newer?.id ?? '0x')).toBe('Effective');
    expect(world.chain.state.effects).toBe(1);
  });

  it('behavior: without enough attesters nothing is judged', async () => {
    ATTESTERS.slice(1).forEach((attester) => line.silent.add(attester));
    await playBreach();
    expect(await all('breach')).toHaveLength(0);
    expect(world.chain.state.latestDigest).toBe(`0x${'00'.repeat(32)}`);
  });

  it('behavior: the newest snapshot wins and the older is recorded as skipped', async () => {
    const { captureStage } = await import('./stages/capture.js');
    await captureStage(world.ports)();
    world.chain.mine(10);
    await captureStage(world.ports)();
    await line.settle();
    expect(await all('evaluation')).toHaveLength(1);
    const [skip] = await all('skip');
    expect(skip?.body.newer).toBe((await all('snapshot'))[0]?.id);
  });
});
