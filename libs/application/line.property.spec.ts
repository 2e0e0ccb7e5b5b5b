import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Crash, CrashPoint } from '#test/support/line/crashing';
import { LineDriver } from '#test/support/line/line-driver';
import { lineWorld, type LineWorld } from '#test/support/line/line-world';
import type { ArtefactKind } from './artefacts.js';

const KINDS: readonly ArtefactKind[] = [
  'snapshot',
  'evaluation',
  'attestation',
  'breach',
  'remedy',
  'proposal',
  'safe-transaction',
  'co-signature',
  'submission',
  'effect',
  'report',
];

/** Calm, fall, breach, fast tightening, effect, report. */
async function playBreach(world: LineWorld, line: LineDriver): Promise<void> {
  await line.captureAndSettle();
  world.chain.alter((state) => ({ ...state, price: 1_700 }));
  mineTo(world, 200);
  await line.captureAndSettle();
  mineTo(world, 300);
  await line.captureAndSettle();
}

/** Captures happen at given blocks, however long the line took before. */
function mineTo(world: LineWorld, block: number): void {
  while (world.chain.tip.number < block) world.chain.mine();
}

/** Every artefact by kind and id, and what reached the chain. */
async function outcomeOf(world: LineWorld): Promise<Readonly<Record<string, unknown>>> {
  const ids = await world.store.transaction(async (tx) => {
    const found: Record<string, readonly string[]> = {};
    for (const kind of KINDS) found[kind] = (await tx.newest(kind, 1_000)).map((a) => a.id).sort();
    return found;
  });
  const { margins, effects, executed, safes } = world.chain.state;
  return { ids, margins, effects, executed, nonce: safes.responder.nonce, sent: world.chain.tip.nonce };
}

async function played(point: CrashPoint): Promise<Readonly<Record<string, unknown>>> {
  const world = lineWorld();
  const line = new LineDriver(
    world,
    point.wrap(world.ports),
    point.wrap(world.relay),
    (error) => error instanceof Crash,
  );
  await playBreach(world, line);
  return outcomeOf(world);
}

describe('the line', () => {
  const undisturbed = new CrashPoint(-1, 'before');
  const expected = played(undisturbed);

  it('APP-P01: a crash at any await, before or after the call took effect, and a repeat give the same artefacts and one effect', async () => {
    const outcome = await expected;
    expect(outcome['effects']).toBe(1);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: undisturbed.calls - 1 }),
        fc.constantFrom('before' as const, 'after' as const),
        async (at, when) => {
          const point = new CrashPoint(at, when);
          expect(await played(point)).toEqual(outcome);
          expect(point.happened).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('APP-P02: reorgs of any depth below finality lead to one effect, no duplicate and no nonce gap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        async (depth, forget, every) => {
          const world = lineWorld();
          const line = new LineDriver(world);
          let mined = 0;
          const mine = world.chain.mine.bind(world.chain);
          let reorgs = 0;
          world.chain.mine = (seconds?: number): void => {
            mine(seconds);
            mined += 1;
            if (mined % every !== 0 || reorgs >= 3 || world.chain.tip.number < 100 + depth) return;
            reorgs += 1;
            world.chain.reorg(depth, forget);
            for (let i = 0; i < depth; i += 1) mine();
          };
          await playBreach(world, line);
          const { effects, executed } = world.chain.state;
          expect(effects).toBe(executed.length);
          expect(new Set(executed).size).toBe(executed.length);
          const submissions = await world.store.transaction((tx) => tx.newest('submission', 1_000));
          const nonces = [...new Set(submissions.map((s) => s.body.nonce))].sort((a, b) => a - b);
          expect(nonces).toEqual(nonces.map((_, i) => i));
        },
      ),
      { numRuns: 10 },
    );
  }, 120_000);
});
