import type { DomainEvent } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Artefact, Digest } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { ArtefactStore, Job } from '../ports.js';
import { mustEqual, mustThrow, type ContractCase } from './contract-case.js';

/** A fresh, empty store, and a look at the jobs that its commits handed over. */
export interface StoreUnderTest {
  readonly store: ArtefactStore;
  jobs(): Promise<readonly Pick<Job, 'queue' | 'id' | 'artefact' | 'notBefore'>[]>;
}

const digest = (n: number): Digest => `0x${n.toString(16).padStart(64, '0')}`;
const skip = (n: number, createdAt: number, parentId = digest(1)): Artefact<'skip'> =>
  artefactOf('skip', { parentId, createdAt }, { snapshot: parentId, newer: digest(n) });
const event = (at: number): DomainEvent => ({ type: 'Journalled', at });

/**
 * What every store promises. `makeStore` gives an empty store for each case; the in-memory twin and the real adapter both pass.
 *
 * @example for (const one of storeContract(makeStore)) it(one.name, () => one.run());
 */
export function storeContract(makeStore: () => Promise<StoreUnderTest>): readonly ContractCase[] {
  const of = (name: string, check: (made: StoreUnderTest) => Promise<void>): ContractCase => ({
    name,
    run: async () => check(await makeStore()),
  });
  return [
    of('keeps an artefact exactly and once', keepsArtefacts),
    of('the first stored of one id wins', firstWins),
    of('rolls everything back when the work throws', rollsBack),
    of('lists children oldest first and newest first with a continuation', lists),
    of('appends only at the expected length', appends),
    of('of two concurrent writers of one stream exactly one wins', refusesConcurrent),
    of('keeps chunks byte for byte', keepsChunks),
    of('hands a job over once, and only on commit', handsOver),
    of('sees its own writes inside a transaction', seesOwnWrites),
  ];
}

async function keepsArtefacts({ store }: StoreUnderTest): Promise<void> {
  const one = skip(2, 100);
  mustEqual(await store.transaction((tx) => tx.put(one)), 'stored', 'first put');
  mustEqual(await store.transaction((tx) => tx.put(one)), 'already-stored', 'second put');
  mustEqual(await store.transaction((tx) => tx.get('skip', one.id)), one, 'get');
  mustEqual(await store.transaction((tx) => tx.get('skip', digest(77))), null, 'get of an unknown id');
  mustEqual(await store.transaction((tx) => tx.get('evaluation', one.id)), null, 'get under another kind');
}

async function firstWins({ store }: StoreUnderTest): Promise<void> {
  await store.transaction((tx) => tx.put(skip(2, 100)));
  await store.transaction((tx) => tx.put(skip(2, 200)));
  const found = await store.transaction((tx) => tx.get('skip', skip(2, 100).id));
  mustEqual(found?.createdAt, 100, 'createdAt of the first');
}

async function rollsBack({ store, jobs }: StoreUnderTest): Promise<void> {
  await mustThrow(
    () =>
      store.transaction(async (tx) => {
        await tx.put(skip(2, 100));
        await tx.append(digest(5), [event(1)], 0);
        await tx.putChunk(digest(6), Uint8Array.of(1));
        await tx.enqueue(jobOf('evaluate', digest(7)));
        throw new RangeError('stop');
      }),
    'work that throws',
  );
  const left = await store.transaction(async (tx) => [
    await tx.get('skip', skip(2, 100).id),
    await tx.events(digest(5)),
    await tx.getChunk(digest(6)),
  ]);
  mustEqual(left, [null, [], null], 'contents after a rollback');
  mustEqual((await jobs()).length, 0, 'jobs after a rollback');
}

async function lists({ store }: StoreUnderTest): Promise<void> {
  const made = [skip(2, 300), skip(3, 100), skip(4, 200), skip(5, 200), skip(6, 50, digest(9))];
  await store.transaction(async (tx) => {
    for (const one of made) await tx.put(one);
  });
  const children = await store.transaction((tx) => tx.children('skip', digest(1)));
  mustEqual(
    children.map((c) => c.createdAt),
    [100, 200, 200, 300],
    'children by time',
  );
  const byNewest = [...made].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const first = await store.transaction((tx) => tx.newest('skip', 2));
  mustEqual(
    first.map((c) => c.id),
    byNewest.slice(0, 2).map((c) => c.id),
    'first page',
  );
  const last = first[first.length - 1] ?? skip(2, 300);
  const second = await store.transaction((tx) =>
    tx.newest('skip', 10, { createdAt: last.createdAt, id: last.id }),
  );
  mustEqual(
    second.map((c) => c.id),
    byNewest.slice(2).map((c) => c.id),
    'second page',
  );
}

async function appends({ store }: StoreUnderTest): Promise<void> {
  const stream = digest(5);
  await store.transaction((tx) => tx.append(stream, [event(1), event(2)], 0));
  await store.transaction((tx) => tx.append(stream, [event(3)], 2));
  mustEqual(
    await store.transaction((tx) => tx.events(stream)),
    [event(1), event(2), event(3)],
    'events in order',
  );
  const error = await mustThrow(
    () => store.transaction((tx) => tx.append(stream, [event(4)], 2)),
    'append at a passed length',
  );
  mustEqual([error['code'], error['retryable']], ['DB-202', true], 'code of a lost append');
}

async function refusesConcurrent({ store }: StoreUnderTest): Promise<void> {
  const stream = digest(5);
  const write = (at: number): Promise<void> => store.transaction((tx) => tx.append(stream, [event(at)], 0));
  const results = await Promise.allSettled([write(1), write(2)]);
  mustEqual(results.filter((r) => r.status === 'fulfilled').length, 1, 'writers that won');
  mustEqual((await store.transaction((tx) => tx.events(stream))).length, 1, 'events kept');
}

async function keepsChunks({ store }: StoreUnderTest): Promise<void> {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  await store.transaction((tx) => tx.putChunk(digest(6), bytes));
  await store.transaction((tx) => tx.putChunk(digest(6), bytes));
  mustEqual([...((await store.transaction((tx) => tx.getChunk(digest(6)))) ?? [])], [...bytes], 'chunk');
  mustEqual(await store.transaction((tx) => tx.getChunk(digest(7))), null, 'an unknown chunk');
}

async function handsOver({ store, jobs }: StoreUnderTest): Promise<void> {
  const job = jobOf('tally', digest(7), { mark: 'close', notBefore: 1_700_000_000 });
  await store.transaction((tx) => tx.enqueue(job));
  await store.transaction((tx) => tx.enqueue(job));
  const found = (await jobs()).map(({ queue, id, artefact, notBefore }) => ({
    queue,
    id,
    artefact,
    notBefore,
  }));
  mustEqual(found, [job], 'jobs handed over');
}

async function seesOwnWrites({ store }: StoreUnderTest): Promise<void> {
  const one = skip(2, 100);
  const seen = await store.transaction(async (tx) => {
    await tx.put(one);
    await tx.append(digest(5), [event(1)], 0);
    await tx.append(digest(5), [event(2)], 1);
    return [(await tx.get('skip', one.id))?.id, (await tx.events(digest(5))).length];
  });
  mustEqual(seen, [one.id, 2], 'own writes');
}
